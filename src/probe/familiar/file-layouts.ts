import { isShared } from './lists.js';

/** Which files hosts told of in a section, and what they said of those that they could not read. */
export interface FileLayout {
  /** In the order in which they came, each once. */
  readonly paths: readonly string[];
  /** Where in `paths` a path stands. */
  readonly places: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
  readonly errors: readonly string[];
  /** Hosts share it that are alike in all of that. */
  readonly isKept: boolean;
}

/** Sections by kinds of machines, in the same fleet. Of more the oldest goes. */
export const MOST_LAYOUTS = 48;
export const MOST_PATHS = 256;
/** Longer ones may be a place in all that the host said. */
const LONGEST_PATH = 256;

function isSame({ paths }: FileLayout, others: readonly string[]): boolean {
  if (paths.length !== others.length) return false;
  for (let at = 0; at < paths.length; at += 1) if (paths[at] !== others[at]) return false;
  return true;
}

export interface Layouts {
  /** The one that is kept. `paths` may hold one twice, and then it is none. */
  readonly find: (
    paths: readonly string[],
    notes: readonly string[],
    errors: readonly string[],
  ) => FileLayout | undefined;
  /**
   * @param paths each once
   * @param wereEachOnce whether the host told of none twice: only such a layout is found again
   */
  readonly make: (
    paths: readonly string[],
    notes: readonly string[],
    errors: readonly string[],
    wereEachOnce: boolean,
  ) => FileLayout;
}

/** Hosts that are set up alike tell of the same files in the same order: that is one object for all of them. */
export function familiarLayouts(): Layouts {
  const kept: FileLayout[] = [];
  return {
    find: (paths, notes, errors) => {
      for (const layout of kept)
        if (layout.notes === notes && layout.errors === errors && isSame(layout, paths)) return layout;
      return undefined;
    },
    make: (paths, notes, errors, wereEachOnce) => {
      const isKept =
        wereEachOnce &&
        paths.length <= MOST_PATHS &&
        paths.every((path) => path.length <= LONGEST_PATH) &&
        isShared(notes) &&
        isShared(errors);
      const places = new Map<string, number>();
      for (const path of paths) places.set(path, places.size);
      const layout = { paths, places, notes, errors, isKept };
      if (!isKept) return layout;
      if (kept.length >= MOST_LAYOUTS) kept.shift();
      kept.push(layout);
      return layout;
    },
  };
}
