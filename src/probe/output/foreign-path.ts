import type { FileSection } from '../../facts/definition.js';
import { FACTS, PACKAGE_FACTS } from '../../facts/index.js';
import { memoize } from '../../language/memoize.js';
import { detached } from '../../text/detached.js';
import type { FileTable } from './files.js';

/** `*` within one part of a path, as the shell that expanded it: no slash, and not a `*` that matched nothing. */
export const globPattern = memoize(
  (pattern: string): RegExp =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[.+?^$()[\]{}|\\]/g, '\\$&'))
        .join('[^/*]*')}$`,
    ),
);

interface Asked {
  readonly paths: ReadonlySet<string>;
  /** Whether one of the patterns matches. */
  readonly isMatched: (path: string) => boolean;
}

/** Of all that a fleet has of such files; of more all are forgotten. */
const MOST_PATHS = 4096;
/** What is longer is nobody's name of a file that is asked for, and is not remembered. */
const LONGEST_PATH = 256;

function matcher(patterns: readonly RegExp[]): (path: string) => boolean {
  const known = new Map<string, boolean>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const isMatched = patterns.some((pattern) => pattern.test(path));
    if (path.length > LONGEST_PATH) return isMatched;
    if (known.size >= MOST_PATHS) known.clear();
    known.set(detached(path), isMatched);
    return isMatched;
  };
}

const askedIn = memoize((section: FileSection): Asked => {
  const paths = new Set<string>();
  const patterns: RegExp[] = [];
  for (const { origin } of [...FACTS, ...PACKAGE_FACTS]) {
    if (origin.via === 'command' || origin.section !== section) continue;
    if (origin.via === 'glob')
      for (const directory of origin.directories)
        for (const pattern of origin.patterns) patterns.push(globPattern(`${directory}/${pattern}`));
    else for (const path of origin.paths) paths.add(path);
  }
  return { paths, isMatched: matcher(patterns) };
});

/**
 * A path among those that answered which no fact asks for: one byte of it was lost or changed on the way, and the file that
 * it belongs to is missing from whatever is made of several.
 */
export function foreignPath(section: FileSection, { contents }: FileTable): string | undefined {
  const { paths, isMatched } = askedIn(section);
  for (const path of contents.paths) if (!paths.has(path) && !isMatched(path)) return path;
  return undefined;
}

/** Those of which some fact asks by a pattern. */
export function matchedPaths(section: FileSection, all: Iterable<string>): readonly string[] {
  const { isMatched } = askedIn(section);
  const matched: string[] = [];
  for (const path of all) if (isMatched(path)) matched.push(path);
  return matched;
}
