import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFolder } from './is-folder.js';

/**
 * As `mkdirSync` with `recursive`, which in Node 20 goes round for ever where a folder that is there answers ENOENT to
 * everything that is to be made in it, as /proc does.
 *
 * @throws what the file system says
 */
export function makeFolder(folder: string, mode = 0o777): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (thrown) {
    // Somebody else made it in the meantime.
    if (!isFolder(folder)) throw thrown;
  }
}
