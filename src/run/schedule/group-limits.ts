/** What bounds items beside the number of forks: how many may be under way that count towards one name. */
export interface Limits<T> {
  /**
   * At least 1, and it may change; undefined: the name has no limit, and never gets one.
   */
  readonly mostOf: (name: string) => number | undefined;
  /** The names that an item counts towards; those without a limit do not matter. */
  readonly namesOf: (item: T) => readonly string[];
}

export interface Slot<T> {
  readonly item: T;
  readonly index: number;
  /** The names with a limit that it counts towards. */
  readonly names: readonly string[];
}

/** Says whose turn it is; forgets nobody and lets nobody wait for ever. */
export interface Turns<T> {
  /**
   * The turn of the next item, which now counts as under way; `later`: none may begin before another is done or rests;
   * `over`: there is none left but those that rest.
   */
  readonly next: () => Slot<T> | 'later' | 'over';
  readonly done: (turn: Slot<T>) => void;
  /** It is under way no longer until it has its turn again. */
  readonly rest: (turn: Slot<T>) => void;
  /** It has rested, and wants its turn again: before whoever did not begin, as far as its limits allow. */
  readonly back: (turn: Slot<T>) => void;
}

/** How many count towards each name. */
type Counts = Map<string, number>;

function count(counts: Counts, names: readonly string[], by: number): void {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + by);
}

/** How many items may stand aside because a limit of theirs is met, while later ones overtake them. */
const LOOK_AHEAD = 1024;

/**
 * How often the item that has stood aside longest is overtaken before a place is kept free for it under each of its
 * limits.
 */
const PATIENCE = 64;

/**
 * Items in their order, except that one whose limit is met stands aside and blocks nobody else. Who has stood aside
 * longest is looked at first, and after a while nobody may take the last place of what it needs, so that it comes to
 * its turn also where it needs several places at once. For those that come back from a rest places are kept from the first
 * moment.
 */
export function openTurns<T>(items: Iterable<T>, { mostOf, namesOf }: Limits<T>): Turns<T> {
  const source = items[Symbol.iterator]();
  const aside: Slot<T>[] = [];
  /** Those that have rested, in the order in which they want their turns. */
  const returning: Slot<T>[] = [];
  const underWay: Counts = new Map();
  const resting: Counts = new Map();
  let taken = 0;
  let overtaken = 0;
  let isDry = false;

  const limited = (names: readonly string[]): readonly string[] =>
    names.length === 0 ? names : [...new Set(names)].filter((name) => mostOf(name) !== undefined);
  const take = (): Slot<T> | undefined => {
    const result = isDry ? undefined : source.next();
    if (result === undefined || result.done === true) {
      isDry = true;
      return undefined;
    }
    return {
      item: result.value,
      index: taken++,
      names: limited(namesOf(result.value)),
    };
  };
  const fits = ({ names }: Slot<T>, kept: Counts): boolean =>
    names.every((name) => (underWay.get(name) ?? 0) + (kept.get(name) ?? 0) < (mostOf(name) ?? 1));

  /** Of those that come back, the first that fits. What those before it need is kept for them, from it and from all others. */
  const fromReturning = (kept: Counts): Slot<T> | undefined => {
    for (const [place, turn] of returning.entries()) {
      if (fits(turn, kept)) return returning.splice(place, 1)[0];
      count(kept, turn.names, 1);
    }
    return undefined;
  };
  /** Keeps places for the first of those that stand aside, also from those that rest and would come back before it. */
  const keepForFirst = (kept: Counts): Counts => {
    const names = aside[0]?.names;
    if (names === undefined || overtaken < PATIENCE) return kept;
    const more = new Map(kept);
    count(more, names, 1);
    for (const name of names) count(more, [name], resting.get(name) ?? 0);
    return more;
  };
  /** Of those that stand aside, the first that fits. */
  const fromAside = (kept: Counts, keptWithFirst: Counts): Slot<T> | undefined => {
    const place = aside.findIndex((turn, index) => fits(turn, index === 0 ? kept : keptWithFirst));
    if (place === 0) overtaken = -1;
    return place < 0 ? undefined : aside.splice(place, 1)[0];
  };
  /** The next of the source that fits; those before it stand aside. */
  const fromSource = (kept: Counts): Slot<T> | undefined => {
    while (aside.length < LOOK_AHEAD) {
      const turn = take();
      if (turn === undefined || fits(turn, kept)) return turn;
      aside.push(turn);
    }
    return undefined;
  };
  const fromNew = (kept: Counts): Slot<T> | undefined => {
    const keptWithFirst = keepForFirst(kept);
    const turn = fromAside(kept, keptWithFirst) ?? fromSource(keptWithFirst);
    if (turn !== undefined) overtaken = aside.length === 0 ? 0 : overtaken + 1;
    return turn;
  };

  return {
    next: () => {
      const kept: Counts = new Map();
      const turn = fromReturning(kept) ?? fromNew(kept);
      if (turn === undefined) return aside.length === 0 && returning.length === 0 ? 'over' : 'later';
      count(underWay, turn.names, 1);
      return turn;
    },
    done: ({ names }) => count(underWay, names, -1),
    rest: ({ names }) => {
      count(underWay, names, -1);
      count(resting, names, 1);
    },
    back: (turn) => {
      count(resting, turn.names, -1);
      returning.push(turn);
    },
  };
}
