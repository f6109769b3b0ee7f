import type { FileSection } from '../facts/definition.js';
import { FACTS, PACKAGE_FACTS } from '../facts/index.js';
import { memoize } from '../language/memoize.js';
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
  readonly patterns: readonly RegExp[];
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
  return { paths, patterns };
});

/**
 * A path among those that answered which no fact asks for: one byte of it was lost or changed on the way, and the file that
 * it belongs to is missing from whatever is made of several.
 */
export function foreignPath(section: FileSection, { contents }: FileTable): string | undefined {
  const { paths, patterns } = askedIn(section);
  for (const [path] of contents) if (!paths.has(path) && !patterns.some((pattern) => pattern.test(path))) return path;
  return undefined;
}
