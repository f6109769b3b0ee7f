import { isMapping } from '../settings.js';
import type { Mapping } from '../settings.js';
import type { Path } from '../../text/yaml.js';

export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly path: Path;
}

/**
 * The entries of a mapping, those of YAML 1.1's merge key `<<` first, so that the mapping's own come later and win.
 * @see https://yaml.org/type/merge.html
 */
export const entriesOf = (mapping: Mapping, path: Path): readonly Entry[] => {
  const merged = mapping['<<'];
  const sources = Array.isArray(merged) ? merged.toReversed() : [merged];
  return [
    ...sources.filter(isMapping).flatMap((source) => entriesOf(source, [...path, '<<'])),
    ...Object.entries(mapping).flatMap(([key, value]) => (key === '<<' && merged !== null && typeof merged === 'object' ? [] : [{ key, value, path: [...path, key] }])),
  ];
};
