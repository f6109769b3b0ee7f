import { compliantHosts } from '../report/status-words.js';
import type { RecordableRun } from './recordable.js';
import type { Moment } from './intervals.js';
import type { RunRow } from './database/tables.js';
import { storable } from './row-ids.js';
import type { Insertable, Selectable } from 'kysely';
import type { Severity } from '../model/verdict.js';

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
    fail_on: header.gate.failOn,
    compliant: compliantHosts(summary.statuses),
    lesser: summary.statuses.lesser,
    clean: summary.statuses.clean,
    failing: summary.statuses.failing,
    undecided: summary.statuses.undecided,
    unchecked: summary.statuses.unchecked,
    unreachable: summary.statuses.unreachable,
    ...summary.fails,
    worst_critical: summary.hostsByWorstFail?.critical ?? null,
    worst_high: summary.hostsByWorstFail?.high ?? null,
    worst_medium: summary.hostsByWorstFail?.medium ?? null,
    worst_low: summary.hostsByWorstFail?.low ?? null,
    worst_info: summary.hostsByWorstFail?.info ?? null,
    waived: summary.waived,
    groups_text: groupsText,
  };
}

/** Hosts by the severity of their worst fail in a run; undefined: an older kernward did not count them. */
export function worstOfRun(row: Selectable<RunRow>): Readonly<Record<Severity, number>> | undefined {
  const { worst_critical: critical, worst_high: high, worst_medium: medium, worst_low: low, worst_info: info } = row;
  return critical === null || high === null || medium === null || low === null || info === null
    ? undefined
    : { critical, high, medium, low, info };
}
