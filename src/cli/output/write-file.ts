import { dirname } from 'node:path';
import { writeFileAtomically } from '../../run/output-file.js';
import type { Chunks } from '../../run/chunks.js';
import { errorText } from '../../transports/error-detail.js';
import { makeFolder } from '../../transports/make-folder.js';
import { EXIT, Stop } from '../terminal/exit.js';

/** Of a folder that is made for files: others may look into it where a mode of the files was asked for, which then says who may read them. */
export function folderMode(mode: number | undefined): number {
  return mode === undefined ? 0o700 : 0o755;
}

/**
 * Writes a file that a command was asked for.
 *
 * @param mode of the file, in place of the old one's, or of 0600 for a new one
 * @param inNewFolder its folder is made where there is none, for its owner alone unless a mode of the file was asked for
 *
 * @throws Stop with the file and the reason (a full disk, a link of somebody else's), for the exit code 4
 */
export async function writeFileOrStop(
  file: string,
  chunks: Chunks,
  mode?: number,
  { inNewFolder = false } = {},
): Promise<void> {
  try {
    if (inNewFolder) makeFolder(dirname(file), folderMode(mode));
    await writeFileAtomically(file, chunks, mode);
  } catch (thrown) {
    throw new Stop(EXIT.internal, `${file} could not be written: ${errorText(thrown)}`);
  }
}
