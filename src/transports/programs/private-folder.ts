import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEEPER } from './keeper.js';

/** A folder for temporary files that only the user may look into; it goes with this process, however that one ends. */
export function makePrivateFolder(prefix: string): string {
  const folder = join(tmpdir(), `${prefix}${randomBytes(6).toString('hex')}`);
  KEEPER.made(folder);
  // Fails where somebody was there before: nothing that is found is used.
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}
