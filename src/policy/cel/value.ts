import type { FactDescription } from '../../model/fact.js';
import {
  notCollected,
  unreadable,
  type FactId,
  type Reading,
  type UnreadableCause,
  type Value,
} from '../../model/reading.js';
import { assertNever } from './assert-never.js';

/**
 * What an expression can compute with: CEL's bool, int, string, list and map. Nothing here has a prototype of interest.
 */
export type CelValue = boolean | bigint | string | readonly CelValue[] | ReadonlyMap<string, CelValue>;

/**
 * One reason why an expression has no value. `what` is a fact, or a part of one as it is written: `cmdline["panic"]`.
 */
export type UndecidedReason =
  | { readonly kind: 'unreadable'; readonly what: string; readonly cause: UnreadableCause; readonly detail: string }
  | { readonly kind: 'absent'; readonly what: string; readonly witness: string }
  /** The facts could be read, the computation has no answer: division by zero, `int("x")`, too much work. */
  | { readonly kind: 'fault'; readonly detail: string };

/** Stands where a value would; passes through every operator that does not decide without it. */
export interface Undecided {
  readonly doubts: readonly UndecidedReason[];
}

export function isList(value: CelValue | undefined): value is readonly CelValue[] {
  return Array.isArray(value);
}
export function isMap(value: CelValue | undefined): value is ReadonlyMap<string, CelValue> {
  return value instanceof Map;
}

export function isUndecided(result: CelValue | Undecided): result is Undecided {
  return typeof result === 'object' && 'doubts' in result;
}

export function fault(detail: string): Undecided {
  return { doubts: [{ kind: 'fault', detail }] };
}

function subjectOf(doubt: UndecidedReason): string {
  return doubt.kind === 'fault' ? doubt.detail : doubt.what;
}

function sameDoubt(a: UndecidedReason, b: UndecidedReason): boolean {
  return a.kind === b.kind && subjectOf(a) === subjectOf(b);
}

/** The doubts of both, each once, in the order in which they were met. */
export function bothUndecided(a: Undecided, b: Undecided): Undecided {
  return {
    doubts: [...a.doubts, ...b.doubts.filter((doubt) => !a.doubts.some((other) => sameDoubt(doubt, other)))],
  };
}

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/** CEL's int is 64 bits wide; what does not fit is a fault, as the CEL specification says of overflow. */
export function asInt(value: bigint): CelValue | Undecided {
  return value < MIN_INT || value > MAX_INT ? fault('integer overflow') : value;
}

/** Keys sorted, so that the order in which a host names them never shows. */
function asMap(record: object): ReadonlyMap<string, CelValue> {
  return new Map(
    Object.entries(record)
      .map(([key, value]): [string, string] => [key, String(value)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The value as CEL sees it; `undefined` where it is not of the fact's type (saved readings, a probe's bug). */
function celValueOf(value: Value, { type }: FactDescription): CelValue | undefined {
  switch (type.kind) {
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'enum':
      return typeof value === 'string' && type.values.includes(value) ? value : undefined;
    case 'list':
      return Array.isArray(value) ? value.map(String) : undefined;
    case 'map':
      return typeof value === 'object' && !Array.isArray(value) ? asMap(value) : undefined;
    default:
      return assertNever(type);
  }
}

function formatType({ type }: FactDescription): string {
  return type.kind === 'enum' ? `one of ${type.values.join(', ')}` : `of type ${type.kind}`;
}

/**
 * What reading a fact gives: its value, or why there is none.
 *
 * @returns also the reading itself, which says what it is even where there was none, or a value of another type
 */
export function readFact(
  fact: FactDescription,
  reading: Reading | undefined,
): { readonly reading: Reading; readonly result: CelValue | Undecided } {
  // The second is what a reader says of a fact that its readings do not hold, and what is said of the kernel package of a next boot.
  if (reading === undefined || reading === notCollected(fact.id))
    return readFact(fact, unreadable('not-collected', 'these readings do not have it'));
  switch (reading.state) {
    case 'absent':
      return { reading, result: { doubts: [{ kind: 'absent', what: fact.id, witness: reading.witness }] } };
    case 'unreadable':
      return {
        reading,
        result: { doubts: [{ kind: 'unreadable', what: fact.id, cause: reading.cause, detail: reading.detail }] },
      };
    case 'known': {
      const result = celValueOf(reading.value, fact);
      return result === undefined
        ? readFact(fact, unreadable('malformed', `the value is not ${formatType(fact)}`))
        : { reading, result };
    }
    default:
      return assertNever(reading);
  }
}

/** In words, for a sentence. Not cleaned: whoever prints it does. */
export function showCelValue(value: CelValue): string {
  if (typeof value !== 'object') return String(value);
  const parts = isMap(value)
    ? [...value].map(([key, item]) => `${key}=${showCelValue(item)}`)
    : value.map(showCelValue);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

export type FactTable = ReadonlyMap<FactId, FactDescription>;
