import type { Result, Severity } from '../model/verdict.js';

/**
 * A run's place in time. Two runs may start in one second: then their ids decide, so that the order is the same
 * everywhere.
 */
export interface Moment {
  readonly run: number;
  readonly ms: number;
  readonly runId: string;
}

export function isBefore(a: Moment, b: Moment): boolean {
  return a.ms < b.ms || (a.ms === b.ms && a.runId < b.runId);
}

/** What a run saw of a rule on a host; an interval lasts as long as it stays the same. */
export interface ObservedResult {
  readonly result: Result;
  readonly severity: Severity;
  /** Id of the waiver in force; empty: none. */
  readonly waiver: string;
}

interface Held {
  readonly result: Result;
  readonly sinceMs: number;
}

/** From the run that saw it first, until the run that saw something else; open where `to` is undefined. */
export interface Interval extends ObservedResult {
  readonly from: Moment;
  readonly to: Moment | undefined;
  /**
   * Since when the result is this one. `error` and `unknown` do not end a result, they only hide it: a host that
   * failed, did not answer and fails again has failed since the first time.
   */
  readonly sinceMs: number;
  /**
   * The decided result that was known when it began, be it by the interval before it or by one before interruptions.
   */
  readonly held: Held | undefined;
  /**
   * Number of the reason's text, as the run that opened the interval had it; null where it has none, or is still to be
   * given one. A reason holds values that change with every run, so another reason opens no interval.
   */
  readonly because: number | null;
}

function isDecided(result: Result): boolean {
  return result !== 'error' && result !== 'unknown';
}

function isSame(a: ObservedResult, b: ObservedResult): boolean {
  return a.result === b.result && a.severity === b.severity && a.waiver === b.waiver;
}

/** The last decided result by the end of an interval. */
function heldAfter(interval: Interval | undefined): Held | undefined {
  return interval === undefined || !isDecided(interval.result)
    ? interval?.held
    : { result: interval.result, sinceMs: interval.sinceMs };
}

type Piece = ObservedResult & Pick<Interval, 'from' | 'to' | 'because'>;

function after(previous: Interval | undefined, { result, severity, waiver, because, from, to }: Piece): Interval {
  const held = heldAfter(previous);
  const goesOn = isDecided(result) ? held?.result === result : previous?.result === result;
  const sinceMs = (isDecided(result) ? held?.sinceMs : previous?.sinceMs) ?? from.ms;
  return { result, severity, waiver, because, from, to, sinceMs: goesOn ? sinceMs : from.ms, held };
}

/** Neighbours that are the same become one. */
function merged(pieces: readonly Piece[]): Piece[] {
  const kept: Piece[] = [];
  for (const piece of pieces) {
    const last = kept.at(-1);
    if (last !== undefined && isSame(last, piece)) kept[kept.length - 1] = { ...last, to: piece.to };
    else kept.push(piece);
  }
  return kept;
}

/** What changes in a chain: nothing of it, or everything from an index on. */
export type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'from'; readonly index: number; readonly intervals: readonly Interval[] };

const NONE: Change = { kind: 'none' };

/**
 * Puts what a run saw into the chain of a host and a rule. The run may be older than others: then it splits the
 * interval that it falls into, up to the next run that saw the host and the rule.
 *
 * @param chain the intervals of this host and rule, in order, without gaps; those before the one that the run falls
 *   into may be left out
 * @param nextRun the first run after this one that saw this host and this rule
 */
export function observe(
  chain: readonly Interval[],
  observed: ObservedResult,
  run: Moment,
  nextRun: Moment | undefined,
): Change {
  const index = chain.findLastIndex(({ from }) => isBefore(from, run));
  const covering = chain[index];
  if (covering !== undefined && isSame(covering, observed)) return NONE;
  const rest = chain.slice(index + 1);
  const end = covering === undefined ? rest[0]?.from : covering.to;
  const until = nextRun !== undefined && (end === undefined || isBefore(nextRun, end)) ? nextRun : end;
  const pieces: Piece[] = [
    { ...observed, from: run, to: until, because: null },
    ...(covering !== undefined && until !== undefined && until !== end ? [{ ...covering, from: until, to: end }] : []),
    ...rest,
  ];
  const first = Math.max(index, 0);
  const intervals: Interval[] = covering === undefined ? [] : [{ ...covering, to: run }];
  for (const piece of merged(pieces)) intervals.push(after(intervals.at(-1), piece));
  return { kind: 'from', index: first, intervals };
}
