import { createDiagnosticSink, toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYamlFile, type YamlSource } from '../../text/yaml/load.js';
import { validateFixes, validateFollowUps } from './validate.js';
import { KernelFixSchema, type KnownFix } from './schema.js';

interface Read {
  readonly source: YamlSource;
  readonly fix: KnownFix;
}

function duplicates(read: readonly Read[]): readonly Diagnostic[] {
  const first = new Map<string, YamlSource>();
  return read.flatMap(({ source, fix }) => {
    const earlier = first.get(fix.fix);
    if (earlier === undefined) {
      first.set(fix.fix, source);
      return [];
    }
    const help = `give it an id of its own; the other one is in ${earlier.file}`;
    return [
      {
        code: 'fix/duplicate-id',
        severity: 'error',
        message: `two known fixes are called ${fix.fix}`,
        ...source.placeOf(['fix']),
        help,
      } as const,
    ];
  });
}

/** A file that cannot be read has its fix all the same: to follow up with it is no error. */
function idsOf(files: readonly TextFile[], read: readonly Read[]): readonly string[] {
  const names = files.map(({ file }) => (file.split('/').at(-1) ?? '').replace(/\.ya?ml$/, ''));
  return [...new Set([...names, ...read.map(({ fix }) => fix.fix)])].sort();
}

function followUps(files: readonly TextFile[], read: readonly Read[]): readonly Diagnostic[] {
  const fixes = read.map(({ fix }) => fix);
  const ids = idsOf(files, read);
  return read.flatMap(({ fix, source }) => validateFollowUps(fix, source, fixes, ids));
}

/** The known fixes, one a file, sorted by id; everything that is wrong with every file at once. */
export function loadFixes(files: readonly TextFile[]): Loaded<readonly KnownFix[]> {
  const diagnostics = createDiagnosticSink();
  const read = files.flatMap((file): readonly Read[] => {
    const source = diagnostics.take(readYamlFile(file));
    const fix = source && diagnostics.take(checkSchema(KernelFixSchema, source));
    if (source === undefined || fix === undefined) return [];
    diagnostics.addAll(validateFixes(fix, source));
    return [{ source, fix }];
  });
  diagnostics.addAll(duplicates(read));
  diagnostics.addAll(followUps(files, read));
  const fixes = read.map(({ fix }) => fix).sort((a, b) => (a.fix < b.fix ? -1 : 1));
  return toLoaded(fixes, diagnostics.all());
}
