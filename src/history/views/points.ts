import type { Kysely } from 'kysely';
import type { Gate, GroupSummary } from '../../model/report.js';
import type { Severity } from '../../model/verdict.js';
import type { Tables } from '../database/tables.js';
import { idsIn } from '../id-ranges.js';
import { inSeconds } from '../since-times.js';
import { hostsAtGate } from '../../report/status-words.js';
import { worstOfRun } from '../run-row.js';
import type { Run } from './runs.js';

/** A run in a trend, seen through one gate. `null`: not known. */
export interface Point {
  readonly run: string;
  readonly at: string;
  readonly hosts: number;
  /** By the gate that the run had itself. */
  readonly compliant: number | null;
  readonly failing: number | null;
  readonly unreachable: number | null;
  readonly fails: Readonly<Record<Severity, number>> | undefined;
}

function headOf(run: Run) {
  return { run: run.run_id, at: inSeconds(Number(run.started_ms)) };
}

/** Hosts that fail a gate: known of a run that had it, and of one that counted hosts by their worst fail. */
function failingAt(
  gate: Pick<Gate, 'failOn'>,
  run: Run,
  failing: number,
  byWorst: GroupSummary['hostsByWorstFail'],
): number | null {
  if (byWorst !== undefined) return hostsAtGate(byWorst, gate);
  return run.fail_on === gate.failOn ? failing : null;
}

export function ofFleet(runs: readonly Run[], gate: Pick<Gate, 'failOn'>): readonly Point[] {
  return runs.map((run) => ({
    ...headOf(run),
    hosts: run.hosts,
    compliant: run.fail_on === gate.failOn ? run.compliant : null,
    failing: failingAt(gate, run, run.failing, worstOfRun(run)),
    unreachable: run.unreachable,
    fails: { critical: run.critical, high: run.high, medium: run.medium, low: run.low, info: run.info },
  }));
}

/** Summaries of an older kernward have the same four, and the rest in other words. */
function notCompliant({ failing, undecided, unchecked, unreachable }: GroupSummary['statuses']): number {
  return failing + undecided + unchecked + unreachable;
}

/** Every group that the summaries of these runs counted, by run. */
async function groupsOf(
  db: Kysely<Tables>,
  runs: readonly Run[],
): Promise<ReadonlyMap<number, readonly GroupSummary[]>> {
  const wanted = [...new Set(runs.map(({ groups_text }) => groups_text))];
  const found = new Map<number, readonly GroupSummary[]>();
  for (const text of wanted) {
    const row = await db.selectFrom('texts').select('body').where('text', '=', text).executeTakeFirst();
    const groups: readonly GroupSummary[] = JSON.parse(row?.body ?? '[]');
    found.set(text, groups);
  }
  return found;
}

/** A group as each run counted it; a run that has no host of it is left out. */
export async function ofGroup(
  db: Kysely<Tables>,
  runs: readonly Run[],
  group: string,
  gate: Pick<Gate, 'failOn'>,
): Promise<{ readonly points: readonly Point[]; readonly known: readonly string[] }> {
  const groups = await groupsOf(db, runs);
  const points = runs.flatMap((run) => {
    const found = groups.get(run.groups_text)?.find((each) => each.group === group);
    if (found === undefined) return [];
    const { hosts, statuses, fails, hostsByWorstFail } = found;
    return [
      {
        ...headOf(run),
        hosts,
        compliant: run.fail_on === gate.failOn ? hosts - notCompliant(statuses) : null,
        failing: failingAt(gate, run, statuses.failing, hostsByWorstFail),
        unreachable: statuses.unreachable,
        fails,
      },
    ];
  });
  return { points, known: [...new Set([...groups.values()].flat().map((each) => each.group))] };
}

/**
 * How many of the hosts that a run asked failed the rule, waived or not. Runs that did not judge by it are left out,
 * and runs that asked only some of their hosts (`--rerun`).
 */
export async function ofRule(
  db: Kysely<Tables>,
  runs: readonly Run[],
  rule: { readonly rule: number },
  inGroup: ReadonlySet<number> | undefined,
): Promise<readonly Point[]> {
  const intervals = await db
    .selectFrom('verdicts')
    .select(['host', 'from_run', 'to_run', 'from_ms', 'to_ms', 'result'])
    .where('rule', '=', rule.rule)
    .where('result', '=', 'fail')
    .execute();
  const failing = intervals.map(({ host, from_ms, to_ms, from_run, to_run }) => ({
    host,
    from_run,
    to_run,
    fromMs: Number(from_ms),
    toMs: to_ms === null ? Number.POSITIVE_INFINITY : Number(to_ms),
  }));
  const place = new Map(runs.map((run, index) => [run.run, index]));
  return runs.flatMap((run, index) => {
    const asked = idsIn(run.asked);
    if (!idsIn(run.judged).has(rule.rule) || asked.size < run.hosts) return [];
    const hosts = inGroup === undefined ? asked.size : [...inGroup].filter((host) => asked.has(host)).length;
    const at = Number(run.started_ms);
    // Of two runs in one second the order of the runs decides.
    const began = ({ fromMs, from_run }: (typeof failing)[number]): boolean =>
      fromMs < at || (fromMs === at && (place.get(from_run) ?? -1) <= index);
    const goesOn = ({ toMs, to_run }: (typeof failing)[number]): boolean =>
      at < toMs || (at === toMs && index < (to_run === null ? runs.length : (place.get(to_run) ?? -1)));
    const fails = failing.filter(
      (each) =>
        asked.has(each.host) && (inGroup === undefined || inGroup.has(each.host)) && began(each) && goesOn(each),
    ).length;
    return [{ ...headOf(run), hosts, compliant: null, failing: fails, unreachable: null, fails: undefined }];
  });
}
