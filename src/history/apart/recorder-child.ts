import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../../language/defined.js';
import { claimTargets, releaseTargets } from '../claims.js';
import { openHistory, type History } from '../database/open-history.js';
import { flapsBefore } from '../flaps.js';
import { isBefore, type Moment } from '../intervals.js';
import { storable } from '../row-ids.js';
import { recordRun } from '../record-run.js';
import type { RecordableHost, RecordableRun } from '../recordable.js';
import { runAhead } from '../run-ahead.js';
import { trendUpTo } from '../trend.js';
import { hostsThen, keepTold, lastTold, type LastTold, runNumber, type ToldRun } from '../told.js';
import { WHY_NOT } from '../why-not.js';
import type { FromRecorder, ToRecorder } from './messages.js';

/**
 * Records a run and remembers who was told of it, and may fail in any way: a history is a file that somebody else may have had in his hands, SQLite's
 * calls hold a thread for as long as they like, and a binding may end its whole process. Who started it reads what it
 * says, and ends it.
 */

const ALIVE_MS = 1000;

function say(message: FromRecorder): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function aliveAfterQueries(): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < ALIVE_MS) return;
    last = performance.now();
    say({ kind: 'alive' });
  };
}

async function* heardFrom(input: NodeJS.ReadableStream): AsyncGenerator<ToRecorder> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) yield JSON.parse(line);
}

/** @throws where they end without their end: who sent them has gone, and half a run is none */
async function* hostsIn(messages: AsyncGenerator<ToRecorder>): AsyncGenerator<RecordableHost> {
  for (;;) {
    const { done, value } = await messages.next();
    if (done === true) throw new Error('the run has gone before all of it was there');
    if (value.kind === 'end') return;
    if (value.kind === 'host') yield value.host;
  }
}

async function record(history: History, run: RecordableRun, messages: AsyncGenerator<ToRecorder>): Promise<void> {
  const hosts: string[] = [];
  const noted = async function* (): AsyncGenerator<RecordableHost> {
    for await (const host of hostsIn(messages)) {
      hosts.push(host.host);
      yield host;
    }
  };
  const recorded = await recordRun(history.db, { ...run, hosts: noted() });
  if (recorded.kind !== 'recorded') {
    say({ kind: 'failed', why: WHY_NOT[recorded.kind] });
    return;
  }
  const trend = await trendUpTo(history.db, run.header);
  for (const host of hosts)
    say({ kind: 'since', host, ms: run.header.rules.map(({ id }) => recorded.since.of(host, id) ?? null) });
  say({ kind: 'noted', trend, ...defined({ ahead: await runAhead(history.db, Date.now()) }) });
}

/** Of all processes that have a history open, this one. */
const OWNER = randomUUID();
const CLAIM_AGAIN_MS = 200;

/** Waits while another run tells one of them: what it tells is no news afterwards. */
async function claim({ db }: History, run: ToldRun, targets: readonly string[], claimMs: number): Promise<void> {
  while (!(await claimTargets(db, run, targets, { owner: OWNER, claimMs }, Date.now()))) await sleep(CLAIM_AGAIN_MS);
}

/** Of two runs within one second the intervals have an order, too. */
function momentOf({ runId, startedAt }: Pick<ToldRun, 'runId' | 'startedAt'>): Moment {
  return { run: 0, runId: storable(runId), ms: Date.parse(startedAt) };
}

/**
 * Whether a target was told of a run that has not begun yet: a clock was wrong, and who believed it would tell nothing until then.
 * Where the clock still is, the run of now is no earlier.
 */
function isOfFuture(last: LastTold | undefined, run: ToldRun): boolean {
  return last !== undefined && Date.parse(last.startedAt) > Math.max(Date.now(), Date.parse(run.startedAt));
}

/** Says what each target was told last, and once for each run that it was told of how the hosts were then. */
async function recall({ db }: History, run: ToldRun, targets: readonly string[]): Promise<void> {
  const number = await runNumber(db, run);
  if (number === undefined) {
    say({ kind: 'failed', why: 'it does not have the run: kernward history add records it' });
    return;
  }
  const told = new Map<string, number>();
  const nowMs = Date.parse(run.startedAt);
  for (const target of targets) {
    const found = await lastTold(db, target, run);
    const last = isOfFuture(found, run) ? undefined : found;
    const thenMs = Date.parse(last?.startedAt ?? '');
    const isPast = last !== undefined && !isBefore(momentOf(last), momentOf(run));
    if (last !== undefined && !isPast) told.set(last.runId, thenMs);
    say({ kind: 'told', target, isPast, ...defined({ last }) });
  }
  for (const [runId, thenMs] of told)
    for (const each of await hostsThen(db, { run: number, ms: nowMs }, thenMs)) say({ kind: 'then', runId, ...each });
  say({ kind: 'recalled' });
}

async function listen(history: History, messages: AsyncGenerator<ToRecorder>): Promise<void> {
  for (;;) {
    const { done, value } = await messages.next();
    if (done === true) return;
    if (value.kind === 'run') await record(history, value.run, messages);
    else if (value.kind === 'recall') {
      await claim(history, value.run, value.targets, value.claimMs);
      await recall(history, value.run, value.targets);
    } else if (value.kind === 'flaps') {
      for (const each of await flapsBefore(history.db, Date.parse(value.startedAt))) say({ kind: 'flap', ...each });
      say({ kind: 'flaps-said' });
    } else if (value.kind === 'keep') {
      await keepTold(history.db, value.run, value.told);
      await releaseTargets(history.db, OWNER);
      say({ kind: 'kept' });
    } else throw new Error('the first thing to be told is the run');
  }
}

async function serve(file: string): Promise<void> {
  try {
    const { value: history, diagnostics } = await openHistory(file, { create: true, onQuery: aliveAfterQueries() });
    if (history === undefined) {
      say({ kind: 'refused', diagnostics });
      return;
    }
    say({ kind: 'opened' });
    try {
      await listen(history, heardFrom(process.stdin));
    } finally {
      // Who started it may have gone without a word: nobody waits for it.
      await releaseTargets(history.db, OWNER).catch(() => undefined);
      await history.close();
    }
  } catch (thrown) {
    say({ kind: 'failed', why: reason(thrown) });
  } finally {
    process.stdin.destroy();
  }
}

// Who reads it has gone: there is nobody to be told.
process.stdout.on('error', () => process.exit(1));
if (process.argv[2] === 'serve') void serve(process.argv[3] ?? '');
