import { objectionTo } from '../../facts/declared/may-be-read.js';
import type { FactDescription, FactType } from '../../model/fact.js';
import { clean } from '../../text/clean.js';
import { isReadOnlySysctl } from '../read-only-sysctls.js';
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

interface Known {
  readonly facts: ReadonlyMap<string, FactDescription>;
  /** What stands before a dot of their names. */
  readonly groups: ReadonlySet<string>;
}

/** What stands before each dot of a name. */
function groupsOf(id: string): readonly string[] {
  const parts = id.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

function isTaken(id: string, { facts, groups }: Known): boolean {
  return facts.has(id) || groups.has(id) || groupsOf(id).some((group) => facts.has(group));
}

function toRule(setting: Comparison, known: Known): Made | { readonly why: string } {
  const parts = setting.path.split('/');
  if (setting.value.length > LONGEST_VALUE || !/^[\x20-\x7e\t]+$/.test(setting.value))
    return { why: 'its value is no plain text' };
  const isNameable = parts.length > 1 && parts.every((part) => PART.test(part));
  const id = isNameable
    ? `sysctl.${parts.join('.')}`
    : `sysctl.${parts.map((part) => part.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9])/, '_')).join('.')}`;
  const path = `/proc/sys/${setting.path}`;
  const fact = isNameable ? known.facts.get(id) : undefined;
  const objection = fact === undefined ? objectionTo(path, []) : undefined;
  if (objection !== undefined) return { why: objection.message };
  if (fact === undefined && isTaken(id, known)) return { why: `the name ${id} is taken` };
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

/** One parameter, and what is asked of it: several bounds are one rule. */
interface Wanted {
  readonly id: string;
  readonly path: string;
  readonly comparisons: readonly Comparison[];
  readonly requires: readonly string[];
}

function remediationText(path: string, name: string, exact: string): string {
  return isReadOnlySysctl(path)
    ? `{ summary: ${quoted(`${name} cannot be set: the kernel only tells it.`)} }`
    : `{ summary: ${quoted(`Set ${name}.`)}, sysctl: { ${quoted(name)}: ${IS_INT.test(exact) ? exact : quoted(exact)} } }`;
}

function ruleText({ id, path, comparisons, requires }: Wanted): readonly string[] {
  const name = path.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
  const asked = comparisons.map(({ operator, value }) => `${operator === '==' ? 'is' : operator} ${value}`);
  const exact = comparisons.find(({ operator }) => operator === '==')?.value;
  return [
    `  - id: ${id}`,
    `    title: ${quoted(clean(`${name} ${asked.join(' and ')}`, 190))}`,
    '    severity: medium',
    `    requires: ${quoted(requires.join(' && '))}`,
    ...(exact === undefined ? [] : [`    remediation: ${remediationText(path, name, exact)}`]),
  ];
}

/** As many bounds of one parameter as anybody means. */
const MOST_BOUNDS = 8;

/** Both, where they go together; what is asked for exactly stands alone. */
function withBound(before: Wanted | undefined, next: Wanted): Wanted | undefined {
  if (before === undefined) return next;
  const comparisons = [...before.comparisons, ...next.comparisons];
  return before.path !== next.path ||
    comparisons.length > MOST_BOUNDS ||
    comparisons.some(({ operator }) => operator === '==')
    ? undefined
    : { ...before, comparisons, requires: [...before.requires, ...next.requires] };
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
  const given: Known = {
    facts: new Map(known.map((fact) => [fact.id, fact])),
    groups: new Set(known.flatMap(({ id }) => groupsOf(id))),
  };
  const facts = new Map<string, string>();
  const rules = new Map<string, Wanted>();
  const notTaken = [...left];
  for (const setting of settings) {
    const made = toRule(setting, given);
    if ('why' in made) {
      notTaken.push({ line: setting.line, why: made.why });
      continue;
    }
    const { path } = setting;
    const id = kebab(`${policy}-${path}`).slice(0, 100).replace(/-+$/, '');
    const declared = facts.get(made.id);
    const rule = withBound(rules.get(id), { id, path, comparisons: [setting], requires: [made.requires] });
    if (rule === undefined || (declared !== undefined && declared !== made.declaration)) {
      notTaken.push({ line: setting.line, why: `${made.id} is compared in an earlier line too` });
      continue;
    }
    if (made.declaration !== undefined) facts.set(made.id, made.declaration);
    rules.set(id, rule);
  }
  const text = [
    `policy: ${policy}`,
    `title: ${quoted(clean(`What ${from} asks for`, 190))}`,
    ...(facts.size === 0 ? [] : ['facts:', ...facts.values()]),
    ...(rules.size === 0 ? [] : ['rules:', ...[...rules.values()].flatMap(ruleText)]),
  ];
  return { text: `${text.join('\n')}\n`, rules: rules.size, left: notTaken.toSorted((a, b) => a.line - b.line) };
}
