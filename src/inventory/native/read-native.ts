import { overwriteFields, overwriteSecrets, overwritten } from '../../text/yaml/overwrite-secrets.js';
import { checkSchema } from '../../text/schema.js';
import { readYaml } from '../../text/yaml/load.js';
import type { YamlSource } from '../../text/yaml/load.js';
import { InventorySchema } from './schema.js';
import { readEntries } from './read-entries.js';
import type { Entries } from './read-entries.js';
import { findSecrets, secretDiagnostic, withoutSecrets } from './secrets.js';
import type { Secret } from './secrets.js';

const NOTHING: Omit<Entries, 'diagnostics'> = { defaults: new Map(), groups: [], hosts: [] };

/** Every scalar below a path, as ranges of the text. */
function scalarRanges(
  source: YamlSource,
  value: unknown,
  path: readonly (string | number)[],
): readonly { readonly start: number; readonly end: number }[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, held]) => scalarRanges(source, held, [...path, key]));
  const span = source.spanOf(path);
  return span === undefined ? [] : [span];
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (parent, segment) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, segment) : undefined),
    value,
  );
}

/** The same source, in which neither value nor excerpts can give a secret away. */
function discreet(source: YamlSource, secrets: readonly Secret[], text: string): YamlSource {
  if (secrets.length === 0) return source;
  const ranges = secrets.flatMap(({ path }) => scalarRanges(source, valueAt(source.value, path), path));
  const again = readYaml(text, source.file, { show: () => overwritten(overwriteFields(text), ranges) }).value ?? source;
  return { ...again, value: withoutSecrets(source.value, secrets) };
}

/** One file: what it says, and everything that is wrong with it. */
export function readInventoryFile(rawText: string, file: string): Entries {
  const text = rawText.startsWith('\ufeff') ? rawText.slice(1) : rawText;
  const read = readYaml(text, file, { show: () => overwriteSecrets(text) });
  if (read.value === undefined) return { ...NOTHING, diagnostics: read.diagnostics };
  const secrets = findSecrets(read.value.value);
  const source = discreet(read.value, secrets, text);
  const checked = checkSchema(InventorySchema, source);
  const entries = readEntries(source);
  return {
    ...entries,
    diagnostics: [
      ...secrets.map((secret) => secretDiagnostic(secret, source)),
      ...checked.diagnostics,
      ...entries.diagnostics,
    ],
  };
}
