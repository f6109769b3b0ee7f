import { isMapping } from '../../language/is-mapping.js';
import type { Mapping } from '../../language/is-mapping.js';
import type { Path, YamlSource } from '../../text/yaml/load.js';

export interface Entry {
  readonly key: string;
  readonly value: unknown;
  /** The path of the mapping. */
  readonly outer: Path;
}

export function pathOfEntry({ outer, key }: Entry): Path {
  return outer.concat(key);
}

const INDEX = /^(?:0|[1-9]\d*)$/;

/** The keys as the text has them: JavaScript puts those that are whole numbers first, and groups may be called `42`. */
export function getKeys(mapping: Mapping, path: Path, { positionOf }: YamlSource): readonly string[] {
  const keys = Object.keys(mapping);
  if (keys.length < 2 || !INDEX.test(keys[0] ?? '')) return keys;
  const placed = keys.map((key) => ({ key, at: positionOf([...path, key], 'key') }));
  return placed.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column).map(({ key }) => key);
}

/**
 * The entries of a mapping, those of YAML 1.1's merge key `<<` first, so that the mapping's own come later and win.
 * @param isWanted the other keys are left out
 * @see https://yaml.org/type/merge.html
 */
export function toEntries(
  mapping: Mapping,
  path: Path,
  source: YamlSource,
  isWanted: (key: string) => boolean = () => true,
): readonly Entry[] {
  const entryOf = (key: string): Entry => ({ key, value: mapping[key], outer: path });
  if (!Object.hasOwn(mapping, '<<')) return getKeys(mapping, path, source).filter(isWanted).map(entryOf);
  const merged = mapping['<<'];
  const sources = Array.isArray(merged) ? merged.toReversed() : [merged];
  return [
    ...sources.filter(isMapping).flatMap((inner) => toEntries(inner, [...path, '<<'], source, isWanted)),
    ...getKeys(mapping, path, source).flatMap((key) =>
      !isWanted(key) || (key === '<<' && merged !== null && typeof merged === 'object') ? [] : [entryOf(key)],
    ),
  ];
}
