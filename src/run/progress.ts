import type { HostId } from '../model/host.js';
import { clean } from '../text/clean.js';

/** How far a run is. */
export interface ProgressCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Hosts that are being asked; the one that was begun first first. */
  readonly asking: readonly HostId[];
}

/** Names at the end of the line. */
const MAX_NAMES = 3;
const MAX_NAME = 40;

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function waitsFor(asking: readonly HostId[]): string {
  const names = asking.slice(0, MAX_NAMES).map((name) => clean(name, MAX_NAME));
  const more = asking.length - names.length;
  return `waits for ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * One line: done, not reached, then rate and time left by the rate of the whole run so far. Where nobody is left to
 * begin with, how long the last ones take is not known: they are named, and no time is given.
 */
export function progressLine({ total, done, failed, asking }: ProgressCounts, elapsedMs: number): string {
  const start = `${done}/${total} hosts, ${failed} not reached`;
  if (asking.length > 0 && done + asking.length === total) return `${start}, ${waitsFor(asking)}`;
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  if (rate === 0 || done === total) return start;
  return `${start}, ${rate.toFixed(1)}/s, ${duration((total - done) / rate)} left`;
}

export interface Progress {
  /** A host is asked from now on. */
  readonly begin?: (host: HostId) => void;
  readonly advance: (reached: boolean, host: HostId) => void;
  readonly stop: () => void;
}

/**
 * Shows the line on a terminal, at most five times a second, and takes it away at the end; anywhere else it is silent.
 */
export function startProgress(total: number, stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet || !stream.isTTY) return { advance: () => undefined, stop: () => undefined };
  const startedAt = performance.now();
  let done = 0;
  let failed = 0;
  const asking = new Set<HostId>();
  const draw = (): void => {
    const line = progressLine({ total, done, failed, asking: [...asking] }, performance.now() - startedAt);
    stream.write(`\r${line.slice(0, Math.max(1, (stream.columns ?? 80) - 1))}\x1b[K`);
  };
  const timer = setInterval(draw, 200);
  return {
    begin: (host) => {
      asking.add(host);
    },
    advance: (reached, host) => {
      asking.delete(host);
      done += 1;
      if (!reached) failed += 1;
    },
    stop: () => {
      clearInterval(timer);
      stream.write('\r\x1b[K');
    },
  };
}
