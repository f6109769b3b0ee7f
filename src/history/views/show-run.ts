import type { Kysely } from 'kysely';
import { DRIFTS } from '../../model/verdict.js';
import type { Tables } from '../database/tables.js';
import { inSeconds } from '../since-times.js';
import { daysBetweenMs } from './days.js';
import { RUN_COLUMNS, runCells } from './list.js';
import type { Run } from './runs.js';
import { transitionDrift, turnsIn } from './transitions.js';
import { days, text, time, type View, type ViewPart } from './view.js';

const ORDER: readonly string[] = [...DRIFTS, 'first-seen-failing', 'changed'];

async function changesPart(db: Kysely<Tables>, run: Run): Promise<ViewPart> {
  const atMs = Number(run.started_ms);
  const transitions = await turnsIn(db, { run: { run: run.run, ms: atMs }, onlyTurns: true });
  const rows = transitions
    .map((turn) => ({ turn, drift: transitionDrift(turn) }))
    .sort((a, b) => ORDER.indexOf(a.drift) - ORDER.indexOf(b.drift))
    .map(({ turn, drift }) => [
      drift,
      turn.host,
      turn.rule,
      turn.severity,
      turn.before ?? '',
      turn.result,
      turn.waiver,
      turn.beforeSinceMs === undefined ? null : inSeconds(turn.beforeSinceMs),
      turn.beforeSinceMs === undefined ? null : daysBetweenMs(turn.beforeSinceMs, atMs),
      turn.because,
    ]);
  return {
    id: 'changes',
    title: 'What changed',
    columns: [
      text('drift'),
      text('host'),
      text('rule'),
      text('severity'),
      text('before'),
      text('result'),
      text('waiver', ''),
      time('before_since', ''),
      days('before_days', 'it was for'),
      text('because'),
    ],
    rows,
    none: 'nothing changed since the run before',
  };
}

/** A run, and what it saw change. */
export async function showView(db: Kysely<Tables>, run: Run): Promise<View> {
  return {
    head: [`run ${run.run_id} of ${inSeconds(Number(run.started_ms))}, kernward ${run.kernward}: ${run.verdict}`],
    parts: [await changesPart(db, run), { id: 'run', title: 'The run', columns: RUN_COLUMNS, rows: [runCells(run)] }],
  };
}
