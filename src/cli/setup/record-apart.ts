import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { defined } from '../../language/defined.js';
import type { FromRecorder, ToRecorder } from '../../history/apart/messages.js';
import { recordableHost, recordableRun } from '../../history/recordable.js';
import { openSinces, withSince } from '../../history/since-times.js';
import type { RunAhead } from '../../history/run-ahead.js';
import type { LastTold, Told, ToldRun } from '../../history/told.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Remembered } from '../../model/news.js';
import type { Report } from '../../model/report.js';
import type { Verdict } from '../../model/verdict.js';
import type { Flaps, PastChanges } from '../../verdict/flapping.js';
import { myTurn } from '../../run/schedule/turns.js';
import { PACKAGE_ROOT } from '../../run/shipped/package-root.js';
import { killGroup } from '../../transports/programs/kill-group.js';
import { ownProgram } from '../../transports/programs/own-program.js';
import { startProgram } from '../../transports/programs/start-program.js';
import { callOutAfter } from './call-out.js';
import { RECORDER_BOUNDS, withHeap } from './history-bounds.js';

const CHILD = ownProgram('recorder-child', join(PACKAGE_ROOT, 'dist', 'recorder-child.js'));

/** How long a history may hold a run up. */
export interface Patience {
  /** One query, with the minute that a run waits for another that writes. */
  readonly queryMs: number;
  /** All of opening it, and all of recording. */
  readonly wholeMs: number;
}

const PATIENCE: Patience = { queryMs: 120_000, wholeMs: 900_000 };

/** What targets were told before, by their names: `up-to-date` where nothing is left to tell, undefined where nothing was told. */
type Recalled = ReadonlyMap<string, Remembered | 'up-to-date' | undefined>;

/** A history that another process holds open. */
export interface HistoryApart {
  /** What flaps before a run that starts then. */
  readonly flaps: (startedAt: string) => Promise<Flaps>;
  /** Records a report and gives it back with what the history knows of it. */
  readonly record: (report: Report, signal?: AbortSignal) => Promise<Report>;
  /** The newest run of the history, where that is of the future; known when a run is recorded. */
  readonly ahead: () => RunAhead | undefined;
  /**
   * What each of the targets was told before a run that is recorded. They are claimed: another process that recalls one
   * waits until `keep`, for `claimMs` at most.
   */
  readonly recall: (
    run: ToldRun,
    targets: readonly string[],
    claimMs: number,
    signal?: AbortSignal,
  ) => Promise<Recalled>;
  /** Remembers what targets know now, and gives them all back. */
  readonly keep: (run: ToldRun, told: readonly Told[]) => Promise<void>;
  readonly close: () => void;
}

export type OpenedApart =
  | { readonly history: HistoryApart }
  /** What the user got wrong. */
  | { readonly diagnostics: readonly Diagnostic[] };

/** By host, which rules failed and which were decided when a target was told last. */
type HostsThen = Map<string, { readonly failing: ReadonlySet<string>; readonly decided: ReadonlySet<string> }>;

function remembered({ runId, startedAt, gate, summaryAt }: LastTold, then: HostsThen): Remembered {
  const of = ({ host }: Verdict) => then.get(host);
  return {
    run: { runId, startedAt },
    gate,
    summaryAt,
    wasFailing: (verdict) => of(verdict)?.failing.has(verdict.rule) === true,
    wasDecided: (verdict) => of(verdict)?.decided.has(verdict.rule) === true,
  };
}

async function recalled(next: () => Promise<FromRecorder>): Promise<Recalled> {
  const targets = new Map<string, LastTold | 'up-to-date' | undefined>();
  const then = new Map<string, HostsThen>();
  for (;;) {
    const message = await next();
    if (message.kind === 'told') targets.set(message.target, message.isPast ? 'up-to-date' : message.last);
    else if (message.kind === 'then') {
      const hosts = then.get(message.runId) ?? new Map();
      then.set(message.runId, hosts);
      hosts.set(message.host, { failing: new Set(message.failing), decided: new Set(message.decided) });
    } else if (message.kind === 'recalled')
      return new Map(
        [...targets].map(([target, last]) => [
          target,
          typeof last === 'object' ? remembered(last, then.get(last.runId) ?? new Map()) : last,
        ]),
      );
  }
}

function start(file: string, child: string): ChildProcessWithoutNullStreams {
  const env = withHeap(process.env, RECORDER_BOUNDS.heapMb);
  return startProgram(process.execPath, [child, 'serve', file], { cwd: process.cwd(), env, bounds: RECORDER_BOUNDS });
}

/** Calls out where nothing was heard for too long, or where it takes too long as a whole. */
function startWatch(patience: Patience, callOut: (why: Error) => void) {
  const watch = (): (() => void) =>
    callOutAfter(patience.queryMs, () =>
      callOut(new Error(`a query has taken more than ${patience.queryMs / 1000} s`)),
    );
  let isStopped = false;
  let takeBack = watch();
  const takeBackWhole = callOutAfter(patience.wholeMs, () =>
    callOut(new Error(`it has taken more than ${patience.wholeMs / 1000} s`)),
  );
  return {
    heard: () => {
      takeBack();
      // The last words of a child that was ended come after the end: a timer for them would hold the process.
      if (!isStopped) takeBack = watch();
    },
    stop: () => {
      isStopped = true;
      takeBack();
      takeBackWhole();
    },
  };
}

/**
 * Opens a history in a process of its own, which may hang in SQLite or be ended by it: what is to be told is here, and
 * nobody waits for it longer than `patience`. It ends with this process, however that one ends.
 *
 * @throws what the machine refused, or that it took too long
 */
export async function openApart(file: string, patience: Patience = PATIENCE, program = CHILD): Promise<OpenedApart> {
  const child = start(file, program);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  child.stdin.on('error', () => undefined); // why it reads no more is told by its end
  const messages: AsyncIterator<string> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // Nobody reads any more. Said at once: until the pipe hears of it, who writes in a loop would keep it from hearing.
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, by) => {
      isOver = true;
      const lastWords = complaint.trim().split('\n').at(-1) ?? '';
      resolve(`the process that holds it ended with ${by ?? code}${lastWords === '' ? '' : `: ${lastWords}`}`);
    });
  });

  /** What the work gives, unless the child is too slow for it, or the signal comes first; then the child is ended. */
  const watched = async <T>(
    work: (next: () => Promise<FromRecorder>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const stopped = new AbortController();
    const watch = startWatch(patience, (why) => stopped.abort(why));
    const interrupt = (): void => stopped.abort(new Error('the run was interrupted meanwhile'));
    if (signal?.aborted === false) signal.addEventListener('abort', interrupt, { once: true });
    const gaveUp = new Promise<never>((_, reject) => {
      stopped.signal.addEventListener('abort', () => reject(stopped.signal.reason), { once: true });
    });
    const next = async (): Promise<FromRecorder> => {
      for (;;) {
        const { done, value } = await messages.next();
        watch.heard();
        if (done === true) throw new Error(await ended);
        const message: FromRecorder = JSON.parse(value);
        if (message.kind === 'failed') throw new Error(message.why);
        if (message.kind !== 'alive') return message;
      }
    };
    try {
      return await Promise.race([work(next), gaveUp]);
    } catch (thrown) {
      isOver = true;
      killGroup(child);
      throw thrown;
    } finally {
      watch.stop();
      signal?.removeEventListener('abort', interrupt);
    }
  };

  const send = async (message: ToRecorder): Promise<void> => {
    if (!child.stdin.write(`${JSON.stringify(message)}\n`)) await Promise.race([once(child.stdin, 'drain'), ended]);
  };
  const sendAll = async (report: Report): Promise<void> => {
    await send({ kind: 'run', run: recordableRun(report) });
    for (const host of report.hosts) {
      if (isOver || child.stdin.destroyed) return;
      // A process that takes everything at once is waited for by nobody.
      await myTurn();
      await send({ kind: 'host', host: recordableHost(host) });
    }
    await send({ kind: 'end' });
  };

  let ahead: RunAhead | undefined;
  const opened = await watched((next) => next());
  if (opened.kind === 'refused') return { diagnostics: opened.diagnostics };
  return {
    history: {
      flaps: (startedAt) =>
        watched(async (next) => {
          await send({ kind: 'flaps', startedAt });
          const found = new Map<string, Map<string, PastChanges>>();
          for (;;) {
            const message = await next();
            if (message.kind === 'flap')
              found.set(message.host, (found.get(message.host) ?? new Map()).set(message.rule, message));
            else if (message.kind === 'flaps-said') return (host, rule) => found.get(host)?.get(rule);
          }
        }),
      record: (report, signal) =>
        watched(async (next) => {
          const rules = report.header.rules.map(({ id }) => id);
          const sinces = openSinces(rules);
          const sent = sendAll(report);
          sent.catch(() => undefined); // awaited below, unless the child says first what is wrong
          for (;;) {
            const message = await next();
            if (message.kind === 'since')
              for (const [index, rule] of rules.entries()) {
                const ms = message.ms[index];
                if (ms !== null && ms !== undefined) sinces.set(message.host, rule, ms);
              }
            else if (message.kind === 'noted') {
              await sent;
              ahead = message.ahead;
              return withSince({ ...report, summary: { ...report.summary, trend: message.trend } }, sinces);
            }
          }
        }, signal),
      ahead: () => ahead,
      recall: ({ runId, startedAt, inventory, limit }, targets, claimMs, signal) =>
        watched(async (next) => {
          await send({ kind: 'recall', run: { runId, startedAt, inventory, ...defined({ limit }) }, targets, claimMs });
          return recalled(next);
        }, signal),
      keep: ({ runId, startedAt, inventory, limit }, told) =>
        watched(async (next) => {
          await send({ kind: 'keep', run: { runId, startedAt, inventory, ...defined({ limit }) }, told });
          await next();
        }),
      close: () => killGroup(child),
    },
  };
}
