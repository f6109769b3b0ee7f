import { memoize } from '../language/memoize.js';

/** What a fact can be, once read: a number is an integer within ±(2^53 − 1) in the fact's own unit. */
export type Value = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/**
 * Why a fact that may well have a value could not be had.
 *
 * `denied`, `timed-out`, `malformed` and `truncated` come from a probe's output. `undetermined` is a derived fact whose
 * inputs were read but do not decide it; `not-collected` is a fact that the probe which made these readings did not ask
 * for (readings saved by an older kernward).
 */
export const UNREADABLE_CAUSES = [
  'denied',
  'timed-out',
  'malformed',
  'truncated',
  'undetermined',
  'not-collected',
] as const;
export type UnreadableCause = (typeof UNREADABLE_CAUSES)[number];

/** The three things a fact can be. A value is never a word for "we do not know". */
export type Reading<V extends Value = Value> =
  /** `raw`: the bytes it was parsed from, or, for a derived fact, how it was derived in plain words. */
  | { readonly state: 'known'; readonly value: V; readonly raw: string }
  /**
   * The host has no such knob. `witness` is what proves it: `/proc/sys/kernel can be searched and has no such file`.
   */
  | { readonly state: 'absent'; readonly witness: string }
  | { readonly state: 'unreadable'; readonly cause: UnreadableCause; readonly detail: string };

/** A fact's name, e.g. `sysctl.kernel.hung_task_panic`. Closed: `facts/` and `kernel/` define all of them. */
export type FactId = string;

/** The readings of one host, by fact id. A map, so that no name from a host can reach a prototype (see ordered-readings.ts). */
export type Readings = ReadonlyMap<FactId, Reading>;

/** Reads a fact of one host; of a fact that nobody collected too there is a reading, which says so. */
export type ReadFact = (id: FactId) => Reading;

/** Readings by fact: those of a host, or those with a rule's parameters before them. */
export type ReadingLookup = Pick<Readings, 'get'>;

export function known<V extends Value>(value: V, raw: string): Reading<V> {
  return { state: 'known', value, raw };
}
export function absent(witness: string): Reading<never> {
  return { state: 'absent', witness };
}
export function unreadable(cause: UnreadableCause, detail: string): Reading<never> {
  return {
    state: 'unreadable',
    cause,
    detail,
  };
}

/**
 * What is said of a fact that the readings do not hold at all: its absence from them witnesses nothing. One object for
 * each fact: of most hosts the packages are not asked for.
 */
export const notCollected = memoize((id: FactId): Reading<never> =>
  unreadable('not-collected', `${id} was not asked for`),
);
