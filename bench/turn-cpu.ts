/**
 * What one turn of the event loop computes at most. Wall clock says on a busy machine what the others do; this is CPU of
 * this thread.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** CPU of this thread. What collects garbage beside it is in `process.cpuUsage`, and holds nobody up. */
export interface ThreadClock {
  readonly ms: () => number;
  readonly close: () => void;
}

/** The first field of /proc/PID/task/TID/schedstat is what the thread was on a CPU, in ns (Documentation/scheduler/sched-stats.rst). */
export function openThreadClock(): ThreadClock {
  let file: number;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return {
      ms: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1000;
      },
      close: () => undefined,
    };
  }
  const bytes = Buffer.alloc(96);
  return {
    ms: () => Number.parseInt(bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)), 10) / 1e6,
    close: () => closeSync(file),
  };
}

export interface Turn {
  readonly ms: number;
  /** What this thread had computed before it, in ms. */
  readonly after: number;
}

export interface Turns {
  /** The longest so far, the longest first. */
  readonly longest: () => readonly Turn[];
  /** Forgets what was. */
  readonly restart: () => void;
  readonly stop: () => void;
}

const KEPT = 8;

/** Looks once in every turn, and makes none: an immediate without a reference runs only where there is a turn anyway. */
export function watchTurns(clock: ThreadClock = openThreadClock()): Turns {
  let longest: readonly Turn[] = [];
  let before = clock.ms();
  let next: NodeJS.Immediate;
  const look = (): void => {
    const now = clock.ms();
    const turn = { ms: now - before, after: before };
    if (longest.length < KEPT || turn.ms > (longest.at(-1)?.ms ?? 0))
      longest = [...longest, turn].toSorted((a, b) => b.ms - a.ms).slice(0, KEPT);
    before = now;
    next = setImmediate(look).unref();
  };
  next = setImmediate(look).unref();
  return {
    longest: () => longest,
    restart: () => {
      longest = [];
      before = clock.ms();
    },
    stop: () => {
      clearImmediate(next);
      clock.close();
    },
  };
}
