import { FACTS } from '../facts/index.js';
import type { FactDefinition } from '../facts/definition.js';

/** Every file and glob that a fact reads, as the probe names them. */
export function getPaths({ origin }: FactDefinition): readonly string[] {
  if (origin.via === 'command') return [];
  if (origin.via !== 'glob') return origin.paths;
  return origin.directories.flatMap((directory) => origin.patterns.map((pattern) => `${directory}/${pattern}`));
}

/** `/proc/sys/kernel/panic` → `/proc/sys/kernel`; undefined above `/proc`. */
export function getParent(path: string): string | undefined {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : undefined;
}

function ancestors(path: string): readonly string[] {
  const parent = getParent(path);
  return parent === undefined ? [] : [parent, ...ancestors(parent)];
}

/** Directories that may have to bear witness that something is not there. */
export const DIRECTORIES: readonly string[] = [...new Set(FACTS.flatMap(getPaths).flatMap(ancestors))]
  .filter((directory) => !directory.includes('*'))
  .sort();

/**
 * What shows that a file system is mounted where it should be, so that a file that is missing there is missing in the
 * kernel. Longest directory first.
 */
export const MOUNT_PROOFS: readonly { readonly below: string; readonly proof: string }[] = [
  { below: '/proc/sys/kernel', proof: '/proc/sys/kernel/ostype' },
  { below: '/proc/sys/vm', proof: '/proc/sys/vm/overcommit_memory' },
  { below: '/proc/sys', proof: '/proc/sys/kernel/ostype' },
  { below: '/proc', proof: '/proc/version' },
  { below: '/sys', proof: '/sys/module/kernel/parameters' },
];
