import { isMapping } from '../language/is-mapping.js';
import type { FactDescription, FactType } from '../model/fact.js';
import { UNREADABLE_CAUSES } from '../model/reading.js';
import { PolicySchema } from './schema.js';

/** What a case may say of a fact, for an editor: which values there are, and that it may be absent or unreadable. */
function caseValue(type: FactType): object {
  switch (type.kind) {
    case 'int':
      return { type: 'integer' };
    case 'bool':
      return { type: 'boolean' };
    case 'string':
      return { type: 'string' };
    case 'enum':
      return { enum: [...type.values] };
    case 'list':
      return { type: 'array', items: { type: 'string' } };
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } };
    default:
      return type satisfies never;
  }
}

const NOT_KNOWN = [
  { const: 'absent' },
  {
    type: 'object',
    properties: { unreadable: { enum: [...UNREADABLE_CAUSES] } },
    required: ['unreadable'],
    additionalProperties: false,
  },
];

function withFactNames(name: string, value: Record<string, unknown>): Record<string, unknown> {
  if (name === 'facts' && 'patternProperties' in value && !('propertyNames' in value))
    return { description: value['description'], $ref: '#/$defs/facts' };
  const isCondition = (name === 'requires' || name === 'appliesTo') && value['type'] === 'string';
  return isCondition ? { ...value, allOf: [{ $ref: '#/$defs/condition' }] } : value;
}

function walk(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => walk('', item));
  return isMapping(value) ? withFactNames(name, walkRecord(value)) : value;
}

function walkRecord(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, walk(key, part)]));
}

/**
 * The schema of policy files with the names of facts in it, so that an editor completes them in cases and in conditions,
 * those that a policy declares too. It checks what kernward checks, and no more.
 */
export function policySchemaWith(facts: readonly FactDescription[]): object {
  const byName = facts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const properties = Object.fromEntries(
    byName.map(({ id, title, type }) => [
      id,
      { description: title, anyOf: [caseValue(type), { $ref: '#/$defs/notKnown' }] },
    ]),
  );
  const examples = byName.map(({ id }) => id);
  return {
    ...walkRecord(JSON.parse(JSON.stringify(PolicySchema))),
    $defs: { facts: { type: 'object', properties }, notKnown: { anyOf: NOT_KNOWN }, condition: { examples } },
  };
}
