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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The schema of policy files with the names of facts in it, so that an editor completes them in cases and in conditions,
 * those that a policy declares too. It checks what kernward checks, and no more.
 */
export function policySchemaWith(facts: readonly FactDescription[]): unknown {
  const byName = facts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const properties = Object.fromEntries(
    byName.map(({ id, title, type }) => [id, { description: title, anyOf: [caseValue(type), ...NOT_KNOWN] }]),
  );
  const examples = byName.map(({ id }) => id);
  const added = (name: string, value: unknown): unknown => {
    if (!isRecord(value)) return value;
    if (name === 'facts' && 'patternProperties' in value && !('propertyNames' in value)) {
      const { type, description } = value;
      return { type, description, properties };
    }
    const isCondition = (name === 'requires' || name === 'appliesTo') && value['type'] === 'string';
    return isCondition ? { ...value, examples } : value;
  };
  const walk = (name: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk('', item));
    if (!isRecord(value)) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, walk(key, part)]));
    return added(name, inner);
  };
  return walk('', JSON.parse(JSON.stringify(PolicySchema)));
}
