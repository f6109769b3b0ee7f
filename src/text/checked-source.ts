import type { Diagnostic, Position } from '../model/diagnostic.js';
import { memoize } from '../language/memoize.js';
import type { Place, YamlSource } from './yaml/source.js';
import { bareRecord } from './yaml/value.js';

/** What JSON made of a mapping has a prototype, and what YAML made of it has none. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const record = bareRecord<unknown>();
  for (const [key, member] of Object.entries(value)) record[key] = bare(member);
  return record;
}

/** Files are read more than once a run: for the facts that they declare, and for their rules. */
const bareOnce = memoize(bare);

function positionWhenRead(file: string, find: () => Position): Position {
  const found = memoize(find);
  return {
    file,
    get line() {
      return found().line;
    },
    get column() {
      return found().column;
    },
  };
}

function placeWhenRead(file: string, find: () => Place): Place {
  const found = memoize(find);
  return {
    at: positionWhenRead(file, () => found().at ?? { file, line: 1, column: 1 }),
    get excerpt() {
      return found().excerpt ?? '';
    },
    get length() {
      return found().length ?? 1;
    },
  };
}

/**
 * A source whose value is known already. Where in the text it stands is read from the text when somebody reads a
 * position, which nobody does who only judges hosts.
 *
 * @param read reads the text, which is known to be sound
 */
export function checkedSource(
  file: string,
  value: unknown,
  read: () => { readonly value: YamlSource | undefined; readonly diagnostics: readonly Diagnostic[] },
): YamlSource {
  const source = memoize((): YamlSource => {
    const { value: whole } = read();
    if (whole === undefined)
      throw new Error(`${file} was read without mistakes when kernward was built, and now has some`);
    return whole;
  });
  return {
    file,
    value: bareOnce(value),
    isChecked: true,
    positionOf: (path, part) => positionWhenRead(file, () => source().positionOf(path, part)),
    placeOf: (path, part) => placeWhenRead(file, () => source().placeOf(path, part)),
    spanOf: (path) => source().spanOf(path),
    writtenAt: (path) => source().writtenAt(path),
    excerptAt: (line) => source().excerptAt(line),
  };
}
