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
   * The turn of the next item, which now counts as under way; `later`: none may begin before another is done; `over`:
   * there is none left.
   */
  readonly next: () => Slot<T> | 'later' | 'over';
  readonly done: (turn: Slot<T>) => void;
}

const NOTHING: ReadonlySet<string> = new Set();

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
 * its turn also where it needs several places at once.
 */
export function openTurns<T>(items: Iterable<T>, { mostOf, namesOf }: Limits<T>): Turns<T> {
  const source = items[Symbol.iterator]();
  const aside: Slot<T>[] = [];
  const underWay = new Map<string, number>();
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
  const keptFor = (): ReadonlySet<string> => (overtaken >= PATIENCE ? new Set(aside[0]?.names) : NOTHING);
  const fits = ({ names }: Slot<T>, kept: ReadonlySet<string>): boolean =>
    names.every((name) => (underWay.get(name) ?? 0) + (kept.has(name) ? 1 : 0) < (mostOf(name) ?? 1));
  const begin = (turn: Slot<T>): Slot<T> => {
    for (const name of turn.names) underWay.set(name, (underWay.get(name) ?? 0) + 1);
    return turn;
  };

  /** Of those that stand aside, the first that fits; what is kept is kept for the first of them. */
  const fromAside = (kept: ReadonlySet<string>): Slot<T> | undefined => {
    const place = aside.findIndex((turn, index) => fits(turn, index === 0 ? NOTHING : kept));
    if (place === 0) overtaken = -1;
    return place < 0 ? undefined : aside.splice(place, 1)[0];
  };
  /** The next of the source that fits; those before it stand aside. */
  const fromSource = (kept: ReadonlySet<string>): Slot<T> | undefined => {
    while (aside.length < LOOK_AHEAD) {
      const turn = take();
      if (turn === undefined || fits(turn, kept)) return turn;
      aside.push(turn);
    }
    return undefined;
  };

  return {
    next: () => {
      const kept = keptFor();
      const turn = fromAside(kept) ?? fromSource(kept);
      if (turn === undefined) return aside.length === 0 ? 'over' : 'later';
      overtaken = aside.length === 0 ? 0 : overtaken + 1;
      return begin(turn);
    },
    done: ({ names }) => {
      for (const name of names) underWay.set(name, (underWay.get(name) ?? 1) - 1);
    },
  };
}
