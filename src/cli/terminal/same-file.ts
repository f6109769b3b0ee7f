import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * What a path leads to: equal for two paths, over whatever links, that lead to one file.
 *
 * @returns undefined where there can be no file to write over: a device, a pipe, a folder, or nothing that can be looked at
 */
export function fileIdentity(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    if (found === undefined) return join(realpathSync(dirname(path)), basename(path));
    return found.isFile() ? `${found.dev}:${found.ino}` : undefined;
  } catch {
    return undefined; // who writes there, or reads it, says what is wrong
  }
}
