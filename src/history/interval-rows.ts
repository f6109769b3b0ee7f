import type { Insertable, Selectable } from 'kysely';
import type { Interval, Moment } from './intervals.js';
import type { VerdictRow } from './database/tables.js';
import { runTime } from './run-times.js';

export function toInterval(row: Selectable<VerdictRow>, moments: ReadonlyMap<number, Moment>): Interval {
  return {
    result: row.result,
    severity: row.severity,
    waiver: row.waiver,
    because: row.because_text,
    from: runTime(moments, row.from_run, row.from_ms),
    to: row.to_run === null ? undefined : runTime(moments, row.to_run, row.to_ms ?? 0),
    sinceMs: Number(row.since_ms),
    held: row.held_result === null ? undefined : { result: row.held_result, sinceMs: Number(row.held_since_ms) },
  };
}

export function toRow(host: number, rule: number, interval: Interval): Insertable<VerdictRow> {
  return {
    host,
    rule,
    from_run: interval.from.run,
    from_ms: interval.from.ms,
    to_run: interval.to?.run ?? null,
    to_ms: interval.to?.ms ?? null,
    result: interval.result,
    severity: interval.severity,
    waiver: interval.waiver,
    since_ms: interval.sinceMs,
    held_result: interval.held?.result ?? null,
    held_since_ms: interval.held?.sinceMs ?? null,
    because_text: interval.because,
  };
}
