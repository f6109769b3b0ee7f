/** The time that one host has, all its tries together. */
export interface HostTime {
  /** Aborts when it is over, or when the run has ended. */
  readonly signal: AbortSignal;
  readonly tookMs: () => number;
  readonly leftMs: () => number;
  /**
   * Rests between two tries. The pause counts, and what the rest takes beyond it does not: the host waits for a place then, because
   * others are asked, as it did before its first try. So a run that is full turns no answer into `host-timed-out`; and since a host
   * that has rested comes before all that were not asked, it waits at most for those that are under way, whose own time ends.
   *
   * @param pauseMs less than is left
   */
  readonly rest: (pauseMs: number, rest: (pauseMs: number) => Promise<void>) => Promise<void>;
  readonly stop: () => void;
}

/** @param run aborts when the run ends */
export function startHostTime(hostMs: number, run: AbortSignal): HostTime {
  const bound = new AbortController();
  const interrupt = (): void => bound.abort(run.reason);
  run.addEventListener('abort', interrupt, { once: true });
  const expire = (): void => bound.abort(new DOMException(`${hostMs} ms`, 'TimeoutError'));
  const startedAt = performance.now();
  let waitedMs = 0;
  const tookMs = (): number => Math.round(performance.now() - startedAt - waitedMs);
  const leftMs = (): number => hostMs - tookMs();
  let timer = setTimeout(expire, hostMs);
  return {
    signal: bound.signal,
    tookMs,
    leftMs,
    rest: async (pauseMs, rest) => {
      clearTimeout(timer);
      const from = performance.now();
      await rest(pauseMs);
      waitedMs += Math.max(0, performance.now() - from - pauseMs);
      timer = setTimeout(expire, leftMs());
    },
    stop: () => {
      clearTimeout(timer);
      run.removeEventListener('abort', interrupt);
    },
  };
}
