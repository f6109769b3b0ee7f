import type { Kysely } from 'kysely';
import { GATE_STATES, type GateState } from '../model/news.js';
import type { HostId } from '../model/host.js';
import type { ReportHeader } from '../model/report.js';
import type { RuleId } from '../model/verdict.js';
import type { Tables } from './database/tables.js';
import { storable } from './row-ids.js';
import { inSeconds } from './since-times.js';

/** What decides which runs a target is told the differences of. */
export type ToldRun = Pick<ReportHeader, 'runId' | 'startedAt' | 'inventory' | 'limit'>;

/** The run that a target was told of last. */
export interface LastTold {
  readonly runId: string;
  readonly startedAt: string;
  readonly gate: GateState;
  readonly summaryAt: string;
}

/** Of a host: which rules failed then and have since, and which were decided then and are not now. */
export interface HostThen {
  readonly host: HostId;
  readonly failing: readonly RuleId[];
  readonly decided: readonly RuleId[];
}

/** Only runs that agree in these can be compared. */
export function scopeOf({ inventory, limit }: ToldRun): string {
  return storable(JSON.stringify([inventory, limit ?? null]));
}

function toGate(text: string): GateState {
  const gate = GATE_STATES.find((each) => each === text);
  if (gate === undefined)
    throw new Error(`the history says of a gate that it was ${JSON.stringify(text.slice(0, 60))}`);
  return gate;
}

/** Undefined: it was told nothing yet, of this inventory and this limit. */
export async function lastTold(db: Kysely<Tables>, target: string, run: ToldRun): Promise<LastTold | undefined> {
  const row = await db
    .selectFrom('told')
    .selectAll()
    .where('target', '=', storable(target))
    .where('scope', '=', scopeOf(run))
    .executeTakeFirst();
  return (
    row && {
      runId: row.run_id,
      startedAt: inSeconds(Number(row.started_ms)),
      gate: toGate(row.gate),
      summaryAt: inSeconds(Number(row.summary_ms)),
    }
  );
}

/** The number of the run; undefined: the history does not have it, and says nothing of what is new in it. */
export async function runNumber(db: Kysely<Tables>, { runId }: ToldRun): Promise<number | undefined> {
  const row = await db.selectFrom('runs').select('run').where('run_id', '=', storable(runId)).executeTakeFirst();
  return row?.run;
}

/** Whether an interval covers a moment. */
const COVERS = { began: '<=', goesOn: '>' } as const;

/**
 * How what a run sees was when an earlier one looked.
 *
 * @param now the run of now, and when it began; the intervals that it is in are asked
 * @param thenMs when the earlier one began. Of two runs within one second the intervals tell only what the later one began
 */
export async function hostsThen(
  db: Kysely<Tables>,
  { run, ms: nowMs }: { readonly run: number; readonly ms: number },
  thenMs: number,
): Promise<readonly HostThen[]> {
  const isSameMoment = thenMs === nowMs;
  const hosts = new Map<HostId, { host: HostId; failing: RuleId[]; decided: RuleId[] }>();
  const of = (host: HostId) => {
    const found = hosts.get(host) ?? { host, failing: [], decided: [] };
    hosts.set(host, found);
    return found;
  };
  const now = db
    .selectFrom('verdicts as v')
    .innerJoin('hosts as h', 'h.host', 'v.host')
    .innerJoin('rules as r', 'r.rule', 'v.rule')
    .select(['h.name as host', 'r.id as rule'])
    .where('v.from_ms', COVERS.began, nowMs)
    .where((is) => is.or([is('v.to_ms', 'is', null), is('v.to_ms', COVERS.goesOn, nowMs)]))
    .where('v.waiver', '=', '');
  const failing = await now
    .where('v.result', '=', 'fail')
    .where((is) => (isSameMoment ? is('v.from_run', '!=', run) : is('v.since_ms', '<=', thenMs)))
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('verdicts as w')
            .select('w.host')
            .whereRef('w.host', '=', 'v.host')
            .whereRef('w.rule', '=', 'v.rule')
            .where('w.from_ms', COVERS.began, thenMs)
            .where((at) => at.or([at('w.to_ms', 'is', null), at('w.to_ms', COVERS.goesOn, thenMs)]))
            .where('w.waiver', '!=', ''),
        ),
      ),
    )
    .execute();
  for (const { host, rule } of failing) of(host).failing.push(rule);
  const lost = await now
    .where('v.result', 'in', ['error', 'unknown'])
    .where((is) =>
      is.exists(
        is
          .selectFrom('verdicts as w')
          .select('w.host')
          .whereRef('w.host', '=', 'v.host')
          .whereRef('w.rule', '=', 'v.rule')
          .where('w.from_ms', COVERS.began, thenMs)
          .where((at) =>
            isSameMoment
              ? at('w.to_run', '=', run)
              : at.or([at('w.to_ms', 'is', null), at('w.to_ms', COVERS.goesOn, thenMs)]),
          )
          .where('w.result', 'in', ['pass', 'fail', 'notapplicable']),
      ),
    )
    .execute();
  for (const { host, rule } of lost) of(host).decided.push(rule);
  return [...hosts.values()];
}

/** What a target knows now. */
export interface Told {
  readonly target: string;
  readonly gate: GateState;
  /** It was told all that was open, too. */
  readonly isSummary: boolean;
}

/** All of them, or none. A target that was told nothing before begins its weeks now. */
export async function keepTold(db: Kysely<Tables>, run: ToldRun, told: readonly Told[]): Promise<void> {
  const startedMs = Date.parse(run.startedAt);
  const scope = scopeOf(run);
  await db.transaction().execute(async (trx) => {
    for (const { target, gate, isSummary } of told) {
      const before = await lastTold(trx, target, run);
      const summaryMs = isSummary || before === undefined ? startedMs : Date.parse(before.summaryAt);
      const row = { run_id: storable(run.runId), started_ms: startedMs, gate, summary_ms: summaryMs };
      if (before === undefined)
        await trx
          .insertInto('told')
          .values({ target: storable(target), scope, ...row })
          .execute();
      else
        await trx
          .updateTable('told')
          .set(row)
          .where('target', '=', storable(target))
          .where('scope', '=', scope)
          .execute();
    }
  });
}
