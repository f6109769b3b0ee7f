import type { FactDescription, FactType } from '../model/fact.js';
import type { FactDefinition } from './definition.js';
import { SUBJECTS } from './index.js';
import { readFrom } from './source-description.js';

function typeWords(type: FactType): string {
  switch (type.kind) {
    case 'int':
      return `integer${type.min === undefined ? '' : `, at least ${type.min}`}${type.max === undefined ? '' : `, at most ${type.max}`}`;
    case 'bool':
      return 'true or false';
    case 'string':
      return 'text';
    case 'enum':
      return `one of ${type.values.map((value) => `\`${value}\``).join(', ')}`;
    case 'list':
      return 'list of texts';
    case 'map':
      return 'names to texts';
    default:
      return type satisfies never;
  }
}

function source(text: string): string {
  return text.startsWith('https://') ? text.replace(/^(\S+)/, '<$1>') : text;
}

function section(fact: FactDescription & Partial<FactDefinition>, readLine: string): string {
  return [
    `### \`${fact.id}\``,
    '',
    `${fact.title}.${fact.note === undefined ? '' : ` ${fact.note}`}`,
    '',
    `* value: ${typeWords(fact.type)}${fact.unit === undefined ? '' : ` (${fact.unit})`}`,
    `* ${readLine}`,
    ...(fact.since === undefined ? [] : [`* since: ${fact.since}`]),
    ...(fact.bootParameter === undefined ? [] : [`* at boot: \`${fact.bootParameter}\``]),
    `* known from: ${fact.sources.map(source).join('; ')}`,
    '',
  ].join('\n');
}

/**
 * docs/reference/facts.md: every fact with its unit, where it is read, since when, and how that is known.
 *
 * @param derived facts that are computed from others; they get a chapter of their own
 */
export function factsPage(derived: readonly FactDescription[] = []): string {
  return [
    '# Facts',
    '',
    'Generated from `src/facts/`; `npm run generate` writes it.',
    '',
    'A fact is read once by the probe and is one of three things: **known**, with its value; **absent**, the host has no such',
    'thing, and something proves it (a directory that can be searched and does not hold it); **unreadable**, with the cause:',
    '`denied`, `timed-out`, `malformed`, `truncated`, `undetermined`, `not-collected`. A file that is missing without proof is',
    'unreadable. Integers are exact within ±(2^53 − 1); a larger one is `malformed`, out of range. `vm.compact_memory` and',
    '/proc/sysrq-trigger can only be written, so there is no fact to read.',
    '',
    ...SUBJECTS.flatMap(({ title, facts }) => [
      `## ${title}`,
      '',
      ...facts.map((fact) => section(fact, `read from: ${readFrom(fact)}`)),
    ]),
    ...(derived.length === 0
      ? []
      : ['## Derived', '', ...derived.map((fact) => section(fact, 'computed from other facts'))]),
  ].join('\n');
}
