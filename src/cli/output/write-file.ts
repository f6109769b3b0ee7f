import { dirname } from 'node:path';
import { writeFileAtomically } from '../../run/output-file.js';
import type { Chunks } from '../../run/chunks.js';
import { makeFolder } from '../../transports/make-folder.js';
import { EXIT, Stop } from '../terminal/exit.js';

const PRIVATE_FOLDER = 0o700;
const FOLDER_MODE = 0o755;

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
    if (inNewFolder) makeFolder(dirname(file), mode === undefined ? PRIVATE_FOLDER : FOLDER_MODE);
    await writeFileAtomically(file, chunks, mode);
  } catch (thrown) {
    throw new Stop(
      EXIT.internal,
      `${file} could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
}
