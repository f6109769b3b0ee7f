import { isMapping } from '../../language/is-mapping.js';
import { readYaml } from '../../text/yaml/load.js';
import { pathOf, type Imported, type Comparison } from './comparison.js';

const OPERATORS: ReadonlyMap<string, Comparison['operator']> = new Map([
  ['gt', '>'],
  ['ge', '>='],
  ['lt', '<'],
  ['le', '<='],
  ['equal', '=='],
]);

/** `value: 1`, or `value: { gt: 1 }`. */
function comparisonOf(value: unknown): Pick<Comparison, 'operator' | 'value'> | undefined {
  if (typeof value === 'string' || typeof value === 'number') return { operator: '==', value: String(value) };
  if (!isMapping(value)) return undefined;
  const [first, ...others] = Object.entries(value);
  const [word, operand] = first ?? ['', undefined];
  const operator = OPERATORS.get(word);
  return others.length > 0 || operator === undefined || (typeof operand !== 'string' && typeof operand !== 'number')
    ? undefined
    : { operator, value: String(operand) };
}

/**
 * `kernel-param:` of a goss file, as far as it is plain; what else stands in the file is told.
 *
 * @see https://goss.readthedocs.io/en/stable/gossfile/#kernel-param
 */
export function fromGoss(text: string, file: string): Imported {
  const source = readYaml(text, file).value;
  if (source === undefined || !isMapping(source.value))
    return { settings: [], left: [{ line: 1, why: 'it is no YAML mapping' }] };
  const settings: Comparison[] = [];
  const left: { line: number; why: string }[] = [];
  for (const [kind, entries] of Object.entries(source.value)) {
    const at = (...path: readonly string[]): number => source.positionOf([kind, ...path], 'key').line;
    if (kind !== 'kernel-param' || !isMapping(entries)) {
      left.push({ line: at(), why: `${kind} is not about kernel parameters` });
      continue;
    }
    for (const [name, entry] of Object.entries(entries)) {
      const { value, ...others } = isMapping(entry) ? entry : {};
      const comparison = comparisonOf(value);
      const more = Object.keys(others).filter((key) => key !== 'title' && key !== 'meta' && key !== 'name');
      if (comparison === undefined || more.length > 0)
        left.push({ line: at(name), why: `${name} asks for more than a plain value` });
      else settings.push({ path: pathOf(name), ...comparison, line: at(name) });
    }
  }
  return { settings, left };
}
