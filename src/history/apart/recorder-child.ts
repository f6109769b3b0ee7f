import { createInterface } from 'node:readline';
import { openHistory, type History } from '../database/open-history.js';
import { recordRun } from '../record-run.js';
import type { RecordableHost } from '../recordable.js';
import { trendUpTo } from '../trend.js';
import { WHY_NOT } from '../why-not.js';
import type { FromRecorder, ToRecorder } from './messages.js';

/**
 * Records one run, and may fail in any way: a history is a file that somebody else may have had in his hands, SQLite's
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

async function recordFrom(history: History, messages: AsyncGenerator<ToRecorder>): Promise<void> {
  const first = await messages.next();
  if (first.done === true) return; // nothing was to be recorded
  if (first.value.kind !== 'run') throw new Error('the first thing to be told is the run');
  const { run } = first.value;
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
  say({ kind: 'noted', trend });
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
      await recordFrom(history, heardFrom(process.stdin));
    } finally {
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
