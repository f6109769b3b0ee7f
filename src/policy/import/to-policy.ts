import { objectionTo } from '../../facts/declared/may-be-read.js';
import type { FactDescription, FactType } from '../../model/fact.js';
import { clean } from '../../text/clean.js';
import type { Imported, Comparison } from './comparison.js';

/** A policy as text, and what of the file is not in it. */
export interface ImportedPolicy {
  readonly text: string;
  readonly rules: number;
  readonly left: Imported['left'];
}

const PART = /^(?!(?:in|true|false|null|cel|google)$)[A-Za-z_][A-Za-z0-9_]*$/;
const LONGEST_VALUE = 200;

function kebab(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

interface Made {
  readonly id: string;
  /** Undefined: kernward has the fact. */
  readonly declaration: string | undefined;
  readonly requires: string;
}

const IS_INT = /^-?(?:0|[1-9][0-9]{0,14})$/;

function typeFor(value: string): FactType {
  if (IS_INT.test(value)) return { kind: 'int' };
  return /\s/.test(value) ? { kind: 'list' } : { kind: 'string' };
}

/** Why the comparison cannot be made, or the condition. */
function conditionOf(
  id: string,
  { kind }: FactType,
  { operator, value }: Comparison,
): { readonly why: string } | string {
  if (kind === 'int')
    return IS_INT.test(value) ? `${id} ${operator} ${value}` : { why: `${id} is a number, and this is not one` };
  if (operator !== '==' && operator !== '!=') return { why: `${id} is a text: it is not less or more than another` };
  if (kind === 'list') return `${id} ${operator} [${value.split(/\s+/).map(quoted).join(', ')}]`;
  return kind === 'string' || kind === 'enum'
    ? `${id} ${operator} ${quoted(value)}`
    : { why: `${id} is of another type (${kind})` };
}

function toRule(setting: Comparison, known: ReadonlyMap<string, FactDescription>): Made | { readonly why: string } {
  const parts = setting.path.split('/');
  if (setting.value.length > LONGEST_VALUE || !/^[\x20-\x7e\t]+$/.test(setting.value))
    return { why: 'its value is no plain text' };
  const isNameable = parts.length > 1 && parts.every((part) => PART.test(part));
  const id = isNameable
    ? `sysctl.${parts.join('.')}`
    : `sysctl.${parts.map((part) => part.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9])/, '_')).join('.')}`;
  const path = `/proc/sys/${setting.path}`;
  const fact = isNameable ? known.get(id) : undefined;
  const objection = fact === undefined ? objectionTo(path, []) : undefined;
  if (objection !== undefined) return { why: objection.message };
  if (
    fact === undefined &&
    [...known.keys()].some((each) => each === id || each.startsWith(`${id}.`) || id.startsWith(`${each}.`))
  )
    return { why: `the name ${id} is taken` };
  const type = fact?.type ?? typeFor(setting.value);
  const requires = conditionOf(id, type, setting);
  if (typeof requires !== 'string') return requires;
  const place = isNameable ? '' : `path: ${quoted(path)}, `;
  const words = type.kind === 'list' ? ', parse: words' : '';
  return {
    id,
    requires,
    declaration: fact === undefined ? `  ${id}: { ${place}type: ${type.kind}${words} }` : undefined,
  };
}

function ruleText(policy: string, { path, operator, value }: Comparison, { requires }: Made): readonly string[] {
  const name = path.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
  return [
    `  - id: ${kebab(`${policy}-${path}`).slice(0, 100).replace(/-+$/, '')}`,
    `    title: ${quoted(clean(`${name} ${operator === '==' ? 'is' : operator} ${value}`, 190))}`,
    '    severity: medium',
    `    requires: ${quoted(requires)}`,
    ...(operator === '=='
      ? [
          `    remediation: { summary: ${quoted(`Set ${name}.`)}, sysctl: { ${quoted(name)}: ${IS_INT.test(value) ? value : quoted(value)} } }`,
        ]
      : []),
  ];
}

/**
 * A rule for each setting, with the facts that it needs.
 *
 * @param known the facts that need no declaration
 */
export function toPolicy(
  { settings, left }: Imported,
  policy: string,
  from: string,
  known: readonly FactDescription[],
): ImportedPolicy {
  const byId = new Map(known.map((fact) => [fact.id, fact]));
  const facts = new Map<string, string>();
  const rules = new Map<string, readonly string[]>();
  const notTaken = [...left];
  for (const setting of settings) {
    const made = toRule(setting, byId);
    if ('why' in made) {
      notTaken.push({ line: setting.line, why: made.why });
      continue;
    }
    const [id = '', ...rest] = ruleText(policy, setting, made);
    const declared = facts.get(made.id);
    if (rules.has(id) || (declared !== undefined && declared !== made.declaration)) {
      notTaken.push({ line: setting.line, why: `${made.id} is compared in an earlier line too` });
      continue;
    }
    if (made.declaration !== undefined) facts.set(made.id, made.declaration);
    rules.set(id, rest);
  }
  const text = [
    `policy: ${policy}`,
    `title: ${quoted(clean(`What ${from} asks for`, 190))}`,
    ...(facts.size === 0 ? [] : ['facts:', ...facts.values()]),
    ...(rules.size === 0 ? [] : ['rules:', ...[...rules].flatMap(([id, rest]) => [id, ...rest])]),
  ];
  return { text: `${text.join('\n')}\n`, rules: rules.size, left: notTaken.toSorted((a, b) => a.line - b.line) };
}
