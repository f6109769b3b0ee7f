import { isMapping } from '../language/is-mapping.js';
import type { FactDescription } from '../model/fact.js';
import { absent, known, unreadable, UNREADABLE_CAUSES, type Reading, type Value } from '../model/reading.js';
import { suggest } from '../text/suggest.js';

/** A reading that a case states, or what is wrong with it. */
type Stated = { readonly reading: Reading } | { readonly problem: string; readonly help?: string };

const SAID = 'the case says so';

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  return isMapping(value) && Object.values(value).every((item) => typeof item === 'string');
}

function give(value: Value): Stated {
  return {
    reading: known(value, typeof value === 'object' ? JSON.stringify(value) : String(value)),
  };
}

function stateUnreadable(cause: unknown): Stated {
  const found = UNREADABLE_CAUSES.find((name) => name === cause);
  if (found !== undefined) return { reading: unreadable(found, SAID) };
  const near = suggest(String(cause), UNREADABLE_CAUSES);
  return {
    problem: `${JSON.stringify(cause)} is no cause of an unreadable fact`,
    help: near === undefined ? `the causes are ${UNREADABLE_CAUSES.join(', ')}` : `did you mean ${near}?`,
  };
}

function stateInt(value: unknown, { min, max }: { readonly min?: number; readonly max?: number }): Stated {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    return { problem: `${JSON.stringify(value)} is not a whole number` };
  if (min !== undefined && value < min) return { problem: `${value} is less than it can be: ${min}` };
  return max !== undefined && value > max ? { problem: `${value} is more than it can be: ${max}` } : give(value);
}

function stateEnum(value: unknown, values: readonly string[]): Stated {
  if (typeof value === 'string' && values.includes(value)) return give(value);
  const near = suggest(String(value), [...values, 'absent']);
  return {
    problem: `${JSON.stringify(value)} is none of its values`,
    help: `${near === undefined ? '' : `did you mean ${near}? `}it is one of ${values.join(', ')}`,
  };
}

function stateValue(value: unknown, { type }: FactDescription): Stated {
  if (type.kind === 'int') return stateInt(value, type);
  if (type.kind === 'enum') return stateEnum(value, type.values);
  if (type.kind === 'bool')
    return typeof value === 'boolean' ? give(value) : { problem: `${JSON.stringify(value)} is not true or false` };
  if (type.kind === 'list') return isTexts(value) ? give(value) : { problem: 'this is not a list of texts' };
  if (type.kind === 'map')
    return isTextMap(value)
      ? give({ ...value })
      : { problem: 'this is not a mapping of texts', help: 'write a number in quotes: "5"' };
  return typeof value === 'string'
    ? give(value)
    : { problem: `${JSON.stringify(value)} is not a text`, help: `write it in quotes: "${String(value)}"` };
}

/** A value that the fact or parameter can have, or what is wrong with it. */
export function stateKnown(value: unknown, fact: FactDescription): Stated {
  const stated = stateValue(value, fact);
  return 'problem' in stated ? { ...stated, problem: `${fact.id}: ${stated.problem}` } : stated;
}

/** What a case says of a fact: the bare word `absent`, `{ unreadable: CAUSE }`, or a value that the fact can have. */
export function stateFact(value: unknown, fact: FactDescription): Stated {
  if (value === 'absent') return { reading: absent(SAID) };
  if (isMapping(value) && 'unreadable' in value && Object.keys(value).length === 1)
    return stateUnreadable(value['unreadable']);
  return stateKnown(value, fact);
}
