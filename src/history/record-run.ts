import type { Kysely, Transaction } from 'kysely';
import type { ConnectFailureCode } from '../model/outcome.js';
import type { Result } from '../model/verdict.js';
import type { Recordable, RecordableHost } from './recordable.js';
import { type Change, type Interval, isBefore, type Moment, observe } from './intervals.js';
import type { Tables } from './database/tables.js';
import { toRanges } from './id-ranges.js';
import { toInterval } from './interval-rows.js';
import { type Asking, askingsIn, inOrder, momentsIn } from './run-times.js';
import { hostNumbers, ruleNumbers, storable } from './row-ids.js';
import { prunedBeforeMs } from './metadata.js';
import { runRow } from './run-row.js';
import { openSinces, type Sinces } from './since-times.js';
import { textNumbers } from './text-ids.js';
import { writeChanges, type ChainChange } from './write-changes.js';
import { append } from '../text/append.js';

/** Hosts whose intervals are in memory together. */
const HOSTS_AT_ONCE = 200;

/** What somebody has to act on; its reason is kept. */
const NEEDS_A_REASON: ReadonlySet<Result> = new Set(['fail', 'error', 'unknown']);

export type Recorded =
  | { readonly kind: 'recorded'; readonly run: number; readonly changed: number; readonly since: Sinces }
  | { readonly kind: 'already-there' }
  | { readonly kind: 'too-old'; readonly prunedBeforeMs: number }
  | { readonly kind: 'no-time' };

/**
 * The run ended before the host answered. That says nothing of the host: it is left as it was, as if it had not been
 * selected.
 */
const RUN_ENDED: ReadonlySet<string | undefined> = new Set([
  'interrupted',
  'run-deadline',
  'shard-missing',
  'thread-lost',
] satisfies ConnectFailureCode[]);

function hasSaid({ failure }: RecordableHost): boolean {
  return !RUN_ENDED.has(failure?.code);
}

/**
 * An earlier run asked it, and `--rerun` only carried what that one saw: it is in the history by that run, or not at
 * all.
 */
function isCarried({ fromRun }: RecordableHost): boolean {
  return fromRun !== undefined;
}

async function* heard(hosts: Recordable['hosts'], size: number): AsyncGenerator<readonly RecordableHost[]> {
  let held: RecordableHost[] = [];
  for await (const host of hosts) {
    if (!hasSaid(host)) continue;
    held.push(host);
    if (held.length === size) {
      yield held;
      held = [];
    }
  }
  if (held.length > 0) yield held;
}

type Chains = ReadonlyMap<number, ReadonlyMap<number, readonly Interval[]>>;

/** The intervals of these hosts, by host and rule: the open ones, or all where the run is older than others. */
async function chainsOf(
  trx: Transaction<Tables>,
  hosts: readonly number[],
  moments: ReadonlyMap<number, Moment>,
  onlyOpen: boolean,
): Promise<Chains> {
  const query = trx.selectFrom('verdicts').selectAll().where('host', 'in', hosts);
  const rows = await (onlyOpen ? query.where('to_run', 'is', null) : query).execute();
  const chains = new Map<number, Map<number, Interval[]>>();
  for (const row of rows) {
    const ofHost = chains.get(row.host) ?? new Map<number, Interval[]>();
    chains.set(row.host, ofHost);
    const chain = ofHost.get(row.rule);
    if (chain === undefined) ofHost.set(row.rule, [toInterval(row, moments)]);
    else chain.push(toInterval(row, moments));
  }
  if (!onlyOpen)
    for (const ofHost of chains.values())
      for (const chain of ofHost.values()) chain.sort((a, b) => inOrder(a.from, b.from));
  return chains;
}

function observedOf({ result, severity, waiver }: RecordableHost['verdicts'][number]) {
  return {
    result,
    severity,
    waiver: storable(waiver?.id ?? ''),
  };
}

/** What the interval that a verdict stands in says of its start. */
function sinceMsOf(chain: readonly Interval[], change: Change, run: Moment): number {
  const interval =
    change.kind === 'none'
      ? chain.findLast(({ from }) => isBefore(from, run))
      : change.intervals.find(({ from }) => from.run === run.run);
  if (interval === undefined) throw new Error('a verdict stands in no interval');
  return interval.sinceMs;
}

interface Recording {
  readonly run: Moment;
  /** Kept runs after this one, in order. Nearly always none. */
  readonly later: readonly Asking[];
  readonly moments: ReadonlyMap<number, Moment>;
}

/** One transaction: the run is in the history as a whole, or not at all. */
async function record(trx: Transaction<Tables>, { header, hosts, summary }: Recordable, ms: number): Promise<Recorded> {
  const runId = storable(header.runId);
  const there = await trx.selectFrom('runs').select('run').where('run_id', '=', runId).executeTakeFirst();
  if (there !== undefined) return { kind: 'already-there' };
  const pruned = await prunedBeforeMs(trx);
  if (ms < pruned) return { kind: 'too-old', prunedBeforeMs: pruned };

  const before = await momentsIn(trx);
  const run: Moment = { run: Math.max(0, ...before.keys()) + 1, ms, runId };
  const isNewest = ![...before.values()].some((other) => isBefore(run, other));
  const later = isNewest ? [] : (await askingsIn(trx)).filter((other) => isBefore(run, other));
  const recording: Recording = { run, later, moments: new Map([...before, [run.run, run]]) };

  const ids = await hostNumbers(trx, isNewest);
  const rules = await ruleNumbers(trx, header.rules, isNewest);
  const texts = await textNumbers(trx);
  const since = openSinces(header.rules.map(({ id }) => id));
  const askedIds: number[] = [];
  let changed = 0;
  let known = 0;
  for await (const some of heard(hosts, HOSTS_AT_ONCE)) {
    known += some.length;
    const numbered = some.map((report) => ({ report, host: ids.numberOf(report) }));
    await ids.save();
    const numbers = numbered.map(({ host }) => host);
    append(
      askedIds,
      numbered.flatMap(({ report, host }) => (isCarried(report) ? [] : [host])),
    );
    const chains = await chainsOf(trx, numbers, recording.moments, isNewest);
    const changes: ChainChange[] = [];
    for (const { report, host } of numbered) {
      for (const verdict of report.verdicts) {
        const rule = rules.get(verdict.rule);
        if (rule === undefined) throw new Error(`the report judges by ${verdict.rule}, which its header does not have`);
        const chain = chains.get(host)?.get(rule) ?? [];
        if (isCarried(report)) {
          const interval = chain.findLast(({ from }) => isBefore(from, run));
          if (interval?.result === verdict.result) since.set(report.host, verdict.rule, interval.sinceMs);
          continue;
        }
        const nextRun = later.find((other) => other.asked.has(host) && other.judged.has(rule));
        const change = observe(chain, observedOf(verdict), run, nextRun);
        since.set(report.host, verdict.rule, sinceMsOf(chain, change, run));
        if (change.kind === 'from')
          changes.push({
            host,
            rule,
            chain,
            change,
            because: NEEDS_A_REASON.has(verdict.result) ? verdict.because : undefined,
          });
      }
    }
    changed += changes.length;
    await writeChanges(trx, run, changes, texts);
  }
  const groups = JSON.stringify(summary.groups);
  const groupsText = (await texts.of(new Set([groups]))).get(groups) ?? 0;
  await trx
    .insertInto('runs')
    .values(
      runRow({ header, summary }, run, {
        asked: toRanges(askedIds),
        judged: toRanges(rules.values()),
        groupsText,
        isWhole: known === summary.hosts,
      }),
    )
    .execute();
  return { kind: 'recorded', run: run.run, changed, since };
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** Writes a run into the history: where it stands in time is its own `startedAt`, whenever it is added. */
export async function recordRun(db: Kysely<Tables>, report: Recordable): Promise<Recorded> {
  const ms = TIME.test(report.header.startedAt) ? Date.parse(report.header.startedAt) : Number.NaN;
  if (Number.isNaN(ms)) return { kind: 'no-time' };
  return db.transaction().execute((trx) => record(trx, report, ms));
}
