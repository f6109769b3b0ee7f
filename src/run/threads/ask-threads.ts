import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host, HostId } from '../../model/host.js';
import type { RuleId } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { raceAbort } from '../../transports/connect/race-abort.js';
import { isOverSsh } from '../../transports/create-transports.js';
import { errorText } from '../../transports/error-detail.js';
import type { Loan } from '../../transports/loan/lend.js';
import type { PastChanges } from '../../verdict/flapping.js';
import { createHostReaders, type HostReader } from '../spool/encode-host.js';
import type { AskedHost, FromThread, ThreadWork, ToThread } from './messages.js';
import { startThread } from './start-thread.js';

/** What came of a host in a thread. `read`: of one that was judged there, what makes a report of its text, now and later. */
export type HostFromThread = AskedHost & { readonly read?: HostReader['read'] };

/** A host that no thread lived to answer for, and why. */
interface LostHost {
  readonly kind: 'lost';
  readonly why: string;
}

/** Threads that hosts are asked in. Whose turn it is, how many at once and when the run ends is decided by whoever calls. */
export interface AskThreads {
  /** Never rejects but for a bug. Undefined: there is no thread any more, or the run has ended before the host was asked. */
  readonly ask: (host: Host, place: number) => Promise<HostFromThread | LostHost | undefined>;
  /** Ends what is under way when the signal aborts. Once. */
  readonly follow: (signal: AbortSignal) => void;
  /** Which share of the time since it was called last the busiest thread computed, from 0 to 1. */
  readonly load: () => number;
  readonly close: () => Promise<void>;
}

export interface AskThreadsOptions {
  readonly threads: number;
  readonly loan: Loan | undefined;
  readonly flapsOf?: (host: HostId) => ReadonlyMap<RuleId, PastChanges>;
  readonly warn: (sentence: string) => void;
}

/** One host that a thread was told to ask. */
interface UnderWay {
  readonly host: Host;
  readonly place: number;
  readonly isSecond: boolean;
  readonly resolve: (asked: HostFromThread | LostHost | undefined) => void;
  readonly reject: (why: Error) => void;
}

/** The place of a thread, which another one takes when it is lost. */
interface Seat {
  worker: Worker | undefined;
  /** What the thread that sits there was told of targets. */
  known: Set<number>;
  readonly underWay: Map<number, UnderWay>;
  /** Set while hosts of a lost thread are asked again, a few at a time: nobody else is asked here meanwhile. */
  mending: Promise<void> | undefined;
  /** How much it had computed when it was last asked. */
  used: EventLoopUtilization | undefined;
  /** How many threads were lost here since one has answered. */
  losses: number;
  isGivenUp: boolean;
}

/** A seat whose threads were lost so often, and none has answered, is left empty. */
const MOST_LOSSES = 8;
/** For sessions to say goodbye. */
const CLOSE_MS = 2000;

function emptySeat(): Seat {
  return {
    used: undefined,
    worker: undefined,
    known: new Set(),
    underWay: new Map(),
    mending: undefined,
    losses: 0,
    isGivenUp: false,
  };
}

function isFree({ isGivenUp, mending }: Seat): boolean {
  return !isGivenUp && mending === undefined;
}

function isThere(seat: Seat): boolean {
  return isFree(seat) && seat.worker !== undefined;
}

function tell(worker: Worker, message: ToThread): void {
  worker.postMessage(message, []);
}

function tellEnd(worker: Worker, { reason }: AbortSignal): void {
  const isError = reason instanceof Error || reason instanceof DOMException;
  tell(worker, { kind: 'abort', name: isError ? reason.name : 'AbortError', message: errorText(reason) });
}

/** Resolves when the thread is ready to be asked; rejects with what ended it before. */
function untilReady(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const heard = (message: FromThread): void => {
      if (message.kind !== 'ready') return;
      worker.off('message', heard);
      resolve();
    };
    worker.on('message', heard);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
}

/**
 * Starts threads, and waits until they are there.
 *
 * Hosts behind one jump host are asked by one thread, which alone has connections to it; any other is asked where fewest are
 * under way. A thread that is lost, whatever ended it, takes nothing with it that was answered. Those that it was asking are
 * asked again in another, where nobody else is asked meanwhile: a few at a time, and where that one is lost too, each of these few
 * by itself. So the host that ends threads is known, takes no other with it, and the others do not wait for each other one by one.
 *
 * @returns undefined where none could be started; it was warned of
 */
export async function openAskThreads(
  work: ThreadWork,
  { threads, loan, flapsOf, warn }: AskThreadsOptions,
): Promise<AskThreads | undefined> {
  const seats = Array.from({ length: threads }, emptySeat);
  const seatOfTie = new Map<string, Seat>();
  const openReader = work.judged && createHostReaders();
  let ended: AbortSignal | undefined;
  let isClosing = false;

  const answerCall = async (
    worker: Worker,
    { call, name, given }: Extract<FromThread, { kind: 'call' }>,
  ): Promise<void> => {
    try {
      const asked: unknown = loan === undefined ? undefined : Reflect.get(loan.lender, name);
      if (typeof asked !== 'function') throw new Error(`there is no ${name} to be lent`);
      tell(worker, { kind: 'answer', call, value: await Reflect.apply(asked, undefined, given) });
    } catch (thrown) {
      tell(worker, { kind: 'refused', call, message: errorText(thrown) });
    }
  };

  const settle = (seat: Seat, place: number): UnderWay | undefined => {
    const host = seat.underWay.get(place);
    seat.underWay.delete(place);
    return host;
  };

  const hear = (seat: Seat, worker: Worker, reader: HostReader | undefined, message: FromThread): void => {
    switch (message.kind) {
      case 'asked':
        seat.losses = 0;
        if (message.parts !== undefined) reader?.learn(message.parts);
        settle(seat, message.place)?.resolve({ ...message, ...(reader && { read: reader.read }) });
        break;
      case 'broken':
        settle(seat, message.place)?.reject(new Error(message.message));
        break;
      case 'call':
        void answerCall(worker, message);
        break;
      case 'ready':
        break;
    }
  };

  const give = (
    seat: Seat,
    host: Host,
    place: number,
    isSecond: boolean,
  ): Promise<HostFromThread | LostHost | undefined> =>
    new Promise((resolve, reject) => {
      const { worker, known, underWay } = seat;
      if (worker === undefined) {
        resolve({ kind: 'lost', why: 'there is no thread any more' });
        return;
      }
      underWay.set(place, { host, place, isSecond, resolve, reject });
      const flaps = flapsOf?.(host.name);
      const lent = loan !== undefined && isOverSsh(host) ? loan.lend(host, known) : undefined;
      tell(worker, {
        kind: 'ask',
        place,
        host,
        ...(lent === undefined ? {} : { lent }),
        ...(flaps === undefined ? {} : { flaps }),
      });
    });

  /** @throws why there is none */
  const start = async (seat: Seat): Promise<void> => {
    const worker = startThread(work);
    const reader = openReader?.();
    let why: string | undefined;
    const ready = untilReady(worker);
    worker.on('message', (message: FromThread) => hear(seat, worker, reader, message));
    worker.on('error', (error: unknown) => {
      why = clean(errorText(error), 300);
    });
    worker.on('exit', (code) => {
      if (seat.worker === worker) lose(seat, why ?? `it ended with ${code}`);
    });
    await ready;
    seat.worker = worker;
    seat.known = new Set();
    seat.used = undefined;
    if (ended?.aborted === true) tellEnd(worker, ended);
  };

  const emptiest = (of: readonly Seat[]): Seat | undefined =>
    of.reduce<Seat | undefined>(
      (least, seat) => (least === undefined || seat.underWay.size < least.underWay.size ? seat : least),
      undefined,
    );

  /** Starts a thread in place of a lost one. @returns why there is none now */
  const startAgain = async (seat: Seat): Promise<string | undefined> => {
    if (seat.worker !== undefined) return undefined;
    if (seat.losses >= MOST_LOSSES) return 'too many threads were lost one after the other';
    try {
      await start(seat);
      return undefined;
    } catch (thrown) {
      seat.losses = MOST_LOSSES;
      return `no other could be started: ${errorText(thrown)}`;
    }
  };

  /** Asks these together, in a thread that asks nobody else where one can be had. @returns those with which it was lost, and why */
  const askTogether = async (
    seat: Seat,
    few: readonly UnderWay[],
    lostBy: string,
  ): Promise<readonly (readonly [UnderWay, why: string])[]> => {
    const missing = await startAgain(seat);
    const other = missing === undefined ? seat : emptiest(seats.filter(isThere));
    const asked = few.map(async (each): Promise<string | undefined> => {
      if (ended?.aborted === true || isClosing) {
        each.resolve(undefined);
        return undefined;
      }
      if (other === undefined) return missing === undefined ? lostBy : `${lostBy}; and ${missing}`;
      try {
        const answer = await give(other, each.host, each.place, true);
        if (answer?.kind === 'lost') return answer.why;
        each.resolve(answer);
      } catch (thrown) {
        each.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
      return undefined;
    });
    const whys = await Promise.all(asked);
    return few.flatMap((each, at) => {
      const why = whys[at];
      return why === undefined ? [] : [[each, why] as const];
    });
  };

  const askAgain = async (seat: Seat, again: readonly UnderWay[], lostBy: string): Promise<void> => {
    const size = Math.max(1, Math.floor(Math.sqrt(again.length)));
    for (let from = 0; from < again.length; from += size) {
      const few = again.slice(from, from + size);
      const lost = await askTogether(seat, few, lostBy);
      for (const [each, why] of lost) {
        const alone = few.length === 1 ? lost : await askTogether(seat, [each], why);
        for (const [host, reason] of alone) host.resolve({ kind: 'lost', why: reason });
      }
    }
    // Those that were asked last may have ended this thread, too.
    if (!isClosing && ended?.aborted !== true) await startAgain(seat);
    if (seat.worker === undefined) seat.isGivenUp = true;
  };

  const lose = (seat: Seat, why: string): void => {
    seat.worker = undefined;
    seat.losses += 1;
    const lost = [...seat.underWay.values()];
    seat.underWay.clear();
    for (const { isSecond, resolve } of lost) if (isSecond) resolve({ kind: 'lost', why });
    if (isClosing) return;
    const again = lost.filter(({ isSecond }) => !isSecond);
    if (again.length > 0 || lost.length === 0)
      warn(`a thread was lost: ${why}; ${again.length} ${again.length === 1 ? 'host is' : 'hosts are'} asked again`);
    seat.mending ??= askAgain(seat, again, why).finally(() => {
      seat.mending = undefined;
    });
  };

  /** Where a host is to be asked: it may have to wait there. */
  const seatFor = (host: Host): Seat | undefined => {
    const tie = loan !== undefined && isOverSsh(host) ? loan.tieOf(host) : undefined;
    const bound = tie === undefined ? undefined : seatOfTie.get(tie);
    if (bound !== undefined && !bound.isGivenUp) return bound;
    const seat = emptiest(seats.filter(isFree)) ?? seats.find(({ isGivenUp }) => !isGivenUp);
    if (tie !== undefined && seat !== undefined) seatOfTie.set(tie, seat);
    return seat;
  };

  const opened: AskThreads = {
    ask: async (host, place) => {
      for (;;) {
        const seat = seatFor(host);
        if (seat === undefined || ended?.aborted === true) return undefined;
        if (seat.mending === undefined) return give(seat, host, place, false);
        await (ended === undefined ? seat.mending : raceAbort(seat.mending, ended));
      }
    },
    follow: (signal) => {
      ended = signal;
      const end = (): void => {
        for (const { worker } of seats) if (worker !== undefined) tellEnd(worker, signal);
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    },
    load: () =>
      Math.max(
        0,
        ...seats.map((seat) => {
          const now = seat.worker?.performance.eventLoopUtilization();
          if (now === undefined || seat.worker === undefined) return 0;
          const { utilization } = seat.worker.performance.eventLoopUtilization(now, seat.used);
          seat.used = now;
          return utilization;
        }),
      ),
    close: async () => {
      isClosing = true;
      await Promise.all(
        seats.map(async (seat) => {
          // A thread that is being started in place of a lost one would outlive the run.
          await seat.mending;
          const { worker } = seat;
          if (worker === undefined) return;
          const gone = new Promise<void>((resolve) => {
            worker.once('exit', () => resolve());
          });
          tell(worker, { kind: 'close' });
          const late = new AbortController();
          await Promise.race([gone, sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
          late.abort();
          await worker.terminate();
        }),
      );
    },
  };
  const started = await Promise.allSettled(seats.map(start));
  const failed = started.find((each) => each.status === 'rejected');
  for (const seat of seats) if (seat.worker === undefined) seat.isGivenUp = true;
  if (failed !== undefined) warn(`a thread could not be started: ${errorText(failed.reason)}`);
  return seats.some(({ worker }) => worker !== undefined) ? opened : undefined;
}
