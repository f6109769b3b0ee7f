import type { EventLoopUtilization } from 'node:perf_hooks';
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
import { startThread, type Thread } from './start-thread.js';

/** What came of a host in a thread. `read`: of one that was judged there, what makes a report of its text, now and later. */
export type HostFromThread = AskedHost & { readonly read?: HostReader['read'] };

/** A host that no thread lived to answer for. */
interface LostHost {
  readonly kind: 'lost';
  /** What ended the threads that asked it, in a sentence. */
  readonly detail: string;
}

type Answer = HostFromThread | LostHost | undefined;

/** Threads that hosts are asked in. Whose turn it is, how many at once and when the run ends is decided by whoever calls. */
export interface AskThreads {
  /**
   * Never rejects but for a bug. Undefined: there is no thread any more, or the run has ended before the host was asked.
   *
   * @param rest waits so long between two tries, and longer where others have the host's place; not there: it keeps its place
   */
  readonly ask: (host: Host, place: number, rest?: (waitMs: number) => Promise<void>) => Promise<Answer>;
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
  /** Aborts when somebody stops the run. */
  readonly stopped?: AbortSignal;
  /** Starts one, or throws. Default: a thread of this process. */
  readonly startOne?: (work: ThreadWork) => Thread;
}

/** One host that a thread was told to ask. */
interface UnderWay {
  readonly host: Host;
  readonly place: number;
  readonly rest: ((waitMs: number) => Promise<void>) | undefined;
  /** Where it is asked again: to be told what ended that thread, too. */
  readonly lostAgain: ((why: string) => void) | undefined;
  readonly resolve: (asked: Answer) => void;
  readonly reject: (why: Error) => void;
}

/** The place of a thread, which another one takes when it is lost. */
interface Seat {
  worker: Thread | undefined;
  /** One that is not ready yet. */
  starting: Thread | undefined;
  /** Reads what the thread that sits there tells. */
  reader: HostReader | undefined;
  /** What the thread that sits there was told of targets. */
  known: Set<number>;
  /** Those that rest are none of them. */
  readonly underWay: Map<number, UnderWay>;
  /** Set while hosts of a lost thread are asked again, a few at a time: nobody else is asked here meanwhile. */
  mending: Promise<void> | undefined;
  /** How much it had computed when it was last asked. */
  used: EventLoopUtilization | undefined;
  /** How many threads were lost here since one has answered. */
  losses: number;
  /** Why nobody sits here any more. */
  givenUp: string | undefined;
}

/** A seat whose threads were lost so often, and none has answered, is left empty. */
const MOST_LOSSES = 8;
/** For sessions to say goodbye. */
const CLOSE_MS = 2000;

function emptySeat(): Seat {
  return {
    used: undefined,
    worker: undefined,
    starting: undefined,
    reader: undefined,
    known: new Set(),
    underWay: new Map(),
    mending: undefined,
    losses: 0,
    givenUp: undefined,
  };
}

function isFree({ givenUp, mending }: Seat): boolean {
  return givenUp === undefined && mending === undefined;
}

function emptiest(seats: readonly Seat[]): Seat | undefined {
  return seats.reduce<Seat | undefined>(
    (least, seat) => (least === undefined || seat.underWay.size < least.underWay.size ? seat : least),
    undefined,
  );
}

function tell(worker: Thread, message: ToThread): void {
  worker.postMessage(message, []);
}

function tellEnd(worker: Thread, { reason }: AbortSignal): void {
  const isError = reason instanceof Error || reason instanceof DOMException;
  tell(worker, { kind: 'abort', name: isError ? reason.name : 'AbortError', message: errorText(reason) });
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/**
 * Starts threads, and waits until they are there.
 *
 * Hosts behind one jump host are asked by one thread, which alone has connections to it; any other is asked where fewest are
 * under way. A thread that is lost, whatever ended it, takes nothing with it that was answered. Those that it was asking are
 * asked again in another, where nobody else is asked meanwhile: a few at a time, and where that one is lost too, each of these few
 * by itself. So the host that ends threads is known, takes no other with it, and the others do not wait for each other one by one.
 * Where no thread can be started in place of the lost one they are asked in another, and where there is none, they are told.
 * When the run has ended or is closed, none is started any more.
 *
 * @returns undefined where none could be started; it was warned of
 */
export async function openAskThreads(
  work: ThreadWork,
  { threads, loan, flapsOf, warn, stopped, startOne = startThread }: AskThreadsOptions,
): Promise<AskThreads | undefined> {
  const seats = Array.from({ length: threads }, emptySeat);
  const seatOfTie = new Map<string, Seat>();
  const openReader = work.judged && createHostReaders(threads);
  let isClosing = false;
  let ended = stopped;
  const isOver = (): boolean => isClosing || ended?.aborted === true;

  const answerCall = async (
    worker: Thread,
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

  const hear = (seat: Seat, worker: Thread, message: FromThread): void => {
    const { reader } = seat;
    switch (message.kind) {
      case 'asked':
        seat.losses = 0;
        if (message.parts !== undefined) reader?.learn(message.parts);
        settle(seat, message.place)?.resolve({ ...message, ...(reader && { read: reader.read }) });
        break;
      case 'rests':
        void rest(seat, worker, message);
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

  /** @throws what keeps it from being told */
  const give = (seat: Seat, worker: Thread, asked: UnderWay): void => {
    const { host, place } = asked;
    const keepsPlace = asked.rest === undefined;
    const flaps = flapsOf?.(host.name);
    const lent = loan !== undefined && isOverSsh(host) ? loan.lend(host, seat.known) : undefined;
    const mayShare = seat.reader?.mayShare() ?? 0;
    tell(worker, {
      kind: 'ask',
      place,
      host,
      ...(mayShare === 0 ? {} : { mayShare }),
      ...(keepsPlace && { keepsPlace }),
      ...(lent === undefined ? {} : { lent }),
      ...(flaps === undefined ? {} : { flaps }),
    });
    seat.underWay.set(place, asked);
  };

  /** @throws why there is none */
  const start = (seat: Seat): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = startOne(work);
      let why: string | undefined;
      seat.starting = worker;
      worker.on('message', (message) => {
        if (message.kind !== 'ready') {
          hear(seat, worker, message);
          return;
        }
        // Not when the promise is settled: what ends the thread may be heard before.
        seat.starting = undefined;
        seat.worker = worker;
        seat.reader = openReader?.();
        seat.known = new Set();
        seat.used = undefined;
        if (ended?.aborted === true) tellEnd(worker, ended);
        resolve();
      });
      worker.on('error', (error) => {
        why ??= clean(errorText(error), 300);
      });
      worker.on('messageerror', (error) => {
        // Nobody knows which host it was about.
        why ??= `what it said could not be read: ${clean(errorText(error), 300)}`;
        void worker.terminate();
      });
      worker.on('exit', (code) => {
        const reason = why ?? `it ended with ${code}`;
        if (seat.worker === worker) lose(seat, reason);
        if (seat.starting === worker) seat.starting = undefined;
        reject(new Error(reason));
      });
    });

  /** Leaves a seat empty from now on. */
  const giveUp = (seat: Seat, why: string): void => {
    seat.givenUp = why;
    const left = seats.filter(({ givenUp }) => givenUp === undefined).length;
    if (!isOver()) warn(`a lost thread is not replaced: ${why}; ${left} of ${threads} are left`);
  };

  /** Starts a thread in place of a lost one, unless the run is over. */
  const startAgain = async (seat: Seat): Promise<void> => {
    while (seat.worker === undefined && seat.givenUp === undefined && !isOver()) {
      if (seat.losses >= MOST_LOSSES) {
        giveUp(seat, `${seat.losses} were lost one after the other, and none answered`);
        break;
      }
      try {
        await start(seat);
      } catch (thrown) {
        giveUp(seat, `no other could be started: ${errorText(thrown)}`);
      }
    }
  };

  /** Where a host is to be asked: it may have to wait there. */
  const seatFor = (host: Host): Seat | undefined => {
    const tie = loan !== undefined && isOverSsh(host) ? loan.tieOf(host) : undefined;
    const bound = tie === undefined ? undefined : seatOfTie.get(tie);
    if (bound !== undefined && bound.givenUp === undefined) return bound;
    const seat = emptiest(seats.filter(isFree)) ?? seats.find(({ givenUp }) => givenUp === undefined);
    if (tie !== undefined && seat !== undefined) seatOfTie.set(tie, seat);
    return seat;
  };

  /**
   * A thread for a host, which may have to be waited for: that of its jump host. Whoever waits for the seat of another has lost his
   * own for good, and nobody waits for him: no two wait for each other.
   *
   * @returns undefined where there is none any more, or the run is over
   */
  const threadFor = async (host: Host): Promise<readonly [Seat, Thread] | undefined> => {
    for (;;) {
      const seat = seatFor(host);
      if (seat === undefined || isOver()) return undefined;
      const { worker, mending } = seat;
      if (mending === undefined && worker !== undefined) return [seat, worker];
      if (mending === undefined) throw new Error('nobody has the seat of a thread');
      await (ended === undefined ? mending : raceAbort(mending, ended));
    }
  };

  const askInOne = async (asked: UnderWay): Promise<void> => {
    try {
      const there = await threadFor(asked.host);
      if (there === undefined) asked.resolve(undefined);
      else give(...there, asked);
    } catch (thrown) {
      asked.reject(toError(thrown));
    }
  };

  /**
   * Has a host rest, and its thread go on with it. Where that one was lost meanwhile, by whatever it did with others, the host is asked
   * from the beginning: once, since it keeps its place then and is lost with its thread.
   */
  const rest = async (
    seat: Seat,
    worker: Thread,
    { place, waitMs }: Extract<FromThread, { kind: 'rests' }>,
  ): Promise<void> => {
    const asked = settle(seat, place);
    if (asked === undefined) return;
    await asked.rest?.(waitMs);
    if (seat.worker === worker) {
      seat.underWay.set(place, asked);
      tell(worker, { kind: 'go-on', place });
    } else await askInOne({ ...asked, rest: undefined });
  };

  /** @returns what ended the thread that was to ask it, if something did */
  const askInAnother = (there: readonly [Seat, Thread], asked: UnderWay): Promise<string | undefined> =>
    new Promise((resolve) => {
      const done = <Told>(tellIt: (told: Told) => void) => {
        return (told: Told): void => {
          tellIt(told);
          resolve(undefined);
        };
      };
      const again = {
        ...asked,
        rest: undefined,
        resolve: done(asked.resolve),
        reject: done(asked.reject),
        lostAgain: resolve,
      };
      try {
        give(...there, again);
      } catch (thrown) {
        again.reject(toError(thrown));
      }
    });

  /** Asks these together, in a thread that asks nobody else where one can be had. @returns those with which it was lost, and why */
  const askTogether = async (
    seat: Seat,
    few: readonly UnderWay[],
    lostBy: string,
  ): Promise<readonly (readonly [UnderWay, why: string])[]> => {
    await startAgain(seat);
    const asked = few.map(async (each): Promise<readonly (readonly [UnderWay, string])[]> => {
      const there = seat.worker === undefined ? await threadFor(each.host) : ([seat, seat.worker] as const);
      if (isOver()) each.resolve(undefined);
      else if (there === undefined)
        each.resolve({
          kind: 'lost',
          detail: `the thread that asked it was lost: ${lostBy}; ${seat.givenUp ?? 'there is no other'}`,
        });
      else {
        const why = await askInAnother(there, each);
        if (why !== undefined) return [[each, why]];
      }
      return [];
    });
    return (await Promise.all(asked)).flat();
  };

  const askAgain = async (seat: Seat, again: readonly UnderWay[], lostBy: string): Promise<void> => {
    const size = Math.max(1, Math.floor(Math.sqrt(again.length)));
    for (let from = 0; from < again.length; from += size) {
      const few = again.slice(from, from + size);
      for (const [each, why] of await askTogether(seat, few, lostBy)) {
        const alone = few.length === 1 ? [[each, why] as const] : await askTogether(seat, [each], why);
        for (const [host, reason] of alone)
          host.resolve({
            kind: 'lost',
            detail: `the thread that asked it was lost, and the one that asked it again: ${reason}`,
          });
      }
    }
    // Those that were asked last may have ended this thread, too.
    await startAgain(seat);
  };

  const lose = (seat: Seat, why: string): void => {
    seat.worker = undefined;
    seat.reader?.close();
    seat.reader = undefined;
    seat.losses += 1;
    const lost = [...seat.underWay.values()];
    seat.underWay.clear();
    for (const each of lost) each.lostAgain?.(why);
    const again = lost.filter(({ lostAgain }) => lostAgain === undefined);
    if (isOver()) {
      for (const { resolve } of again) resolve(undefined);
      return;
    }
    if (again.length > 0 || lost.length === 0)
      warn(`a thread was lost: ${why}; ${again.length} ${again.length === 1 ? 'host is' : 'hosts are'} asked again`);
    seat.mending ??= askAgain(seat, again, why).finally(() => {
      seat.mending = undefined;
    });
  };

  const end = (): void => {
    for (const { worker, starting } of seats) {
      if (worker !== undefined && ended !== undefined) tellEnd(worker, ended);
      // Whoever waits for it asks nobody any more.
      void starting?.terminate();
    }
  };
  const follow = (signal: AbortSignal): void => {
    ended?.removeEventListener('abort', end);
    ended = signal;
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  };

  const opened: AskThreads = {
    ask: (host, place, rest) =>
      new Promise((resolve, reject) => void askInOne({ host, place, rest, resolve, reject, lostAgain: undefined })),
    follow,
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
      ended?.removeEventListener('abort', end);
      await Promise.all(
        seats.map(async (seat) => {
          // A thread that is being started in place of a lost one would outlive the run.
          void seat.starting?.terminate();
          await seat.mending;
          const { worker } = seat;
          if (worker === undefined) return;
          const gone = new Promise<void>((resolve) => {
            worker.on('exit', () => resolve());
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
  if (stopped !== undefined) follow(stopped);
  if (isOver()) return undefined;
  const started = await Promise.allSettled(seats.map(start));
  const whys = started.map((each) => (each.status === 'rejected' ? errorText(each.reason) : undefined));
  for (const [at, seat] of seats.entries()) seat.givenUp ??= whys[at];
  const failed = whys.filter((why) => why !== undefined);
  if (failed.length > 0 && !isOver())
    warn(`${failed.length} of ${threads} threads could not be started: ${[...new Set(failed)].join('; ')}`);
  return failed.length < threads ? opened : undefined;
}
