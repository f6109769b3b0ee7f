/** How many items may be under way at once. It may change while they are worked on. */
export interface Width {
  /** At least 1. */
  readonly now: () => number;
  /** Told that every place is in use, and that another item may be waiting for one. */
  readonly isFull?: () => void;
  /** Told when there are more places than before. Gives how to end that. */
  readonly onGrowth?: (grown: () => void) => () => void;
}

/** A width that stays as it is. */
export function fixedWidth(forks: number): Width {
  const width = Math.max(1, forks);
  return { now: () => width };
}
