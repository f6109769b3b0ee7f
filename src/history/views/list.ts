import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.js';
import { inSeconds } from '../since-times.js';
import { EMPTY_HISTORY, type Run, runsIn } from './runs.js';
import { countColumn, text, time, type View, type ViewColumn } from './view.js';

const COLUMNS: readonly ViewColumn[] = [
  text('run'),
  time('started'),
  text('inventory', ''),
  text('limit'),
  countColumn('hosts'),
  countColumn('compliant'),
  countColumn('failing'),
  countColumn('undecided'),
  countColumn('unchecked', ''),
  countColumn('unreachable'),
  countColumn('critical'),
  countColumn('high'),
  countColumn('medium'),
  countColumn('low'),
  countColumn('info', ''),
  countColumn('waived'),
  text('gate', ''),
  countColumn('lesser', ''),
  countColumn('clean', ''),
  text('interrupted', ''),
  countColumn('exit_code', 'exit'),
  text('verdict', ''),
];

function inventoryOf(run: Run): string {
  const files: readonly string[] = JSON.parse(run.inventory);
  return files.join(', ');
}

export function runCells(run: Run) {
  return [
    run.run_id,
    inSeconds(Number(run.started_ms)),
    inventoryOf(run),
    run.host_limit ?? '',
    run.hosts,
    run.compliant,
    run.failing,
    run.undecided,
    run.unchecked,
    run.unreachable,
    run.critical,
    run.high,
    run.medium,
    run.low,
    run.info,
    run.waived,
    run.fail_on,
    run.lesser,
    run.clean,
    run.interrupted === 1 ? 'yes' : 'no',
    run.exit_code,
    run.verdict,
  ];
}

export const RUN_COLUMNS = COLUMNS;

/** The runs, the newest first. */
export async function listView(
  db: Kysely<Tables>,
  { sinceMs, last }: { readonly sinceMs?: number | undefined; readonly last?: number | undefined },
): Promise<View> {
  const runs = [...(await runsIn(db, sinceMs))].reverse();
  return {
    head: [],
    parts: [
      {
        id: 'runs',
        title: '',
        columns: COLUMNS,
        rows: runs.slice(0, last ?? runs.length).map(runCells),
        none: EMPTY_HISTORY,
      },
    ],
  };
}
