/** What a run cannot do without, however it is written. Times in seconds. */
export interface Paper {
  /** The hosts in their order; `true`: it says nothing, and is asked a second time. */
  readonly isSilent: readonly boolean[];
  /** Infinity: as many as there are hosts. */
  readonly forks: number;
  /** How long a host that answers holds a fork. */
  readonly answerS: number;
  /** How long each try of a silent one does. */
  readonly trySilentS: number;
  /** From its first try to its second, when others may have its fork. */
  readonly pauseS: number;
  /** All that is computed, an equal share of it for each host that answers, one after the other. */
  readonly computedS: number;
}

/** Numbers of which always the smallest is taken. */
function sortedNumbers(): {
  readonly add: (value: number) => void;
  readonly least: () => number;
  readonly take: () => number;
} {
  const sorted: number[] = [];
  return {
    add: (value) => {
      let [low, high] = [0, sorted.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sorted[middle] ?? 0) > value) low = middle + 1;
        else high = middle;
      }
      sorted.splice(low, 0, value);
    },
    least: () => sorted.at(-1) ?? Number.POSITIVE_INFINITY,
    take: () => sorted.pop() ?? Number.POSITIVE_INFINITY,
  };
}

function held({ isSilent, answerS, trySilentS }: Omit<Paper, 'forks'>): number {
  const silent = isSilent.filter(Boolean).length;
  return (isSilent.length - silent) * answerS + silent * 2 * trySilentS;
}

/** The fewest forks with which there is always something to compute, if none were ever idle: what `--forks auto` looks for. At least 1. */
export function busyForks(paper: Omit<Paper, 'forks'>): number {
  return paper.computedS === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(held(paper) / paper.computedS));
}

/** If no fork were ever idle, and nothing had to wait for what is computed: less than any order of the hosts can take. */
export function evenShare(paper: Paper): number {
  return Math.max(paper.computedS, held(paper) / paper.forks);
}

/**
 * When the last host is done, if each begins as soon as a fork is free, in their order, since nobody knows beforehand who is silent, and
 * each that answers when those before it are computed. A second try comes before any host that has not begun.
 */
export function inTheirOrder({ isSilent, forks, answerS, trySilentS, pauseS, computedS }: Paper): number {
  const answering = isSilent.filter((is) => !is).length;
  const eachS = answering === 0 ? 0 : computedS / answering;
  const free = sortedNumbers();
  const again = sortedNumbers();
  for (let fork = 0; fork < Math.min(forks, isSilent.length); fork += 1) free.add(0);
  let [computedUntil, over] = [0, 0];
  const hold = (from: number, seconds: number): number => {
    const until = from + seconds;
    free.add(until);
    over = Math.max(over, until);
    return until;
  };
  for (let next = 0; next < isSilent.length || again.least() < Number.POSITIVE_INFINITY;) {
    const now = free.take();
    if (again.least() <= now || next === isSilent.length) hold(Math.max(now, again.take()), trySilentS);
    else if (isSilent[next++] === true) again.add(hold(now, trySilentS) + pauseS);
    else {
      computedUntil = Math.max(now, computedUntil) + eachS;
      hold(computedUntil, answerS);
    }
  }
  return over;
}
