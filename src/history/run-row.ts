import type { RecordableRun } from './recordable.js';
import type { Moment } from './intervals.js';
import type { RunRow } from './database/tables.js';
import { storable } from './row-ids.js';
import type { Insertable } from 'kysely';

interface Numbers {
  readonly asked: string;
  readonly judged: string;
  readonly groupsText: number;
  /** Every selected host was asked. */
  readonly isWhole: boolean;
}

export function runRow(
  { header, summary }: RecordableRun,
  run: Moment,
  { asked, judged, groupsText, isWhole }: Numbers,
): Insertable<RunRow> {
  return {
    run: run.run,
    run_id: run.runId,
    started_ms: run.ms,
    took_ms: Math.round(summary.tookMs),
    kernward: storable(header.kernward),
    inventory: storable(JSON.stringify(header.inventory)),
    host_limit: header.limit === undefined ? null : storable(header.limit),
    exit_code: summary.exitCode,
    verdict: storable(summary.verdict),
    interrupted: summary.interrupted || !isWhole ? 1 : 0,
    asked,
    judged,
    hosts: summary.hosts,
    compliant: summary.statuses.compliant,
    failing: summary.statuses.failing,
    undecided: summary.statuses.undecided,
    unchecked: summary.statuses.unchecked,
    unreachable: summary.statuses.unreachable,
    ...summary.fails,
    waived: summary.waived,
    groups_text: groupsText,
  };
}
