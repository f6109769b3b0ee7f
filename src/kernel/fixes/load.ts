import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYamlFile, type YamlSource } from '../../text/yaml/load.js';
import { validateFixes, validateFollowUps } from './validate.js';
import { KernelFixSchema, type KnownFix } from './schema.js';

interface Read {
  readonly source: YamlSource;
  readonly fix: KnownFix;
}

function loadOne(file: TextFile): Loaded<Read> {
  const { value: source, diagnostics } = readYamlFile(file);
  if (source === undefined) return { value: undefined, diagnostics };
  const checked = checkSchema(KernelFixSchema, source);
  const fix = checked.value;
  const found = [...diagnostics, ...checked.diagnostics, ...(fix === undefined ? [] : validateFixes(fix, source))];
  return { value: fix === undefined ? undefined : { source, fix }, diagnostics: found };
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

/** A file with a mistake has its fix all the same: whoever follows up with it makes none. */
function idsOf(files: readonly TextFile[], read: readonly Read[]): readonly string[] {
  const names = files.map(({ file }) => (file.split('/').at(-1) ?? '').replace(/\.ya?ml$/, ''));
  return [...new Set([...names, ...read.map(({ fix }) => fix.fix)])].sort();
}

function followUps(files: readonly TextFile[], read: readonly Read[]): readonly Diagnostic[] {
  const fixes = read.map(({ fix }) => fix);
  const ids = idsOf(files, read);
  return read.flatMap(({ fix, source }) => validateFollowUps(fix, source, fixes, ids));
}

/** The known fixes, one a file, sorted by id; every mistake of every file at once. */
export function loadFixes(files: readonly TextFile[]): Loaded<readonly KnownFix[]> {
  const loaded = files.map(loadOne);
  const read = loaded.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const diagnostics = [...loaded.flatMap((one) => one.diagnostics), ...duplicates(read), ...followUps(files, read)];
  if (diagnostics.some(({ severity }) => severity === 'error')) return { value: undefined, diagnostics };
  return { value: read.map(({ fix }) => fix).sort((a, b) => (a.fix < b.fix ? -1 : 1)), diagnostics };
}
