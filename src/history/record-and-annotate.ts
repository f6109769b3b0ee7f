import type { Report } from '../model/report.js';
import type { History } from './database/open-history.js';
import { recordRun } from './record-run.js';
import { withSince } from './since-times.js';
import { trendUpTo } from './trend.js';

export type Noted = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly why: string };

const WHY_NOT = {
  'already-there': 'it has a run of this id already',
  'too-old': 'retention has taken away what is older than this run',
  'no-time': 'the run does not say when it started',
} as const;

/** Writes a run into the history and gives its report back with what the history knows: since when, and the trend. */
export async function noteRun(history: History, report: Report): Promise<Noted> {
  const recorded = await recordRun(history.db, report);
  if (recorded.kind !== 'recorded') return { ok: false, why: WHY_NOT[recorded.kind] };
  const trend = await trendUpTo(history.db, report.header);
  return { ok: true, report: withSince({ ...report, summary: { ...report.summary, trend } }, recorded.since) };
}
