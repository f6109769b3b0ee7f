/** How far a run is. */
export interface ProgressCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** One line: done, not reached, rate, time left. The rate is of the whole run so far. */
export function progressLine({ total, done, failed }: ProgressCounts, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const left = rate > 0 ? duration((total - done) / rate) : '?';
  return `${done}/${total} hosts, ${failed} not reached, ${rate.toFixed(1)}/s, ${left} left`;
}

export interface Progress {
  readonly advance: (reached: boolean) => void;
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
  const draw = (): void => {
    const line = progressLine({ total, done, failed }, performance.now() - startedAt);
    stream.write(`\r${line.slice(0, Math.max(1, (stream.columns ?? 80) - 1))}\x1b[K`);
  };
  const timer = setInterval(draw, 200);
  return {
    advance: (reached) => {
      done += 1;
      if (!reached) failed += 1;
    },
    stop: () => {
      clearInterval(timer);
      stream.write('\r\x1b[K');
    },
  };
}
