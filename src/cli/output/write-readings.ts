import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from '../../run/output-file.js';
import { errorText } from '../../transports/error-detail.js';
import { EXIT, Stop } from '../terminal/exit.js';

/**
 * Writes what a fleet has answered. Where its place takes it no longer, it is kept where temporary files go: asking the fleet again may
 * take an hour.
 *
 * @param lines may be gone through more than once
 * @throws Stop that says where the readings are, for the exit code 4
 */
export async function writeReadings(file: string, lines: Iterable<string>, mode?: number): Promise<void> {
  try {
    await writeFileAtomically(file, lines, mode);
  } catch (thrown) {
    const why = `readings could not be written to ${file}: ${errorText(thrown)}`;
    try {
      const kept = join(mkdtempSync(join(tmpdir(), 'kernward-readings-')), 'readings.jsonl');
      await writeFileAtomically(kept, lines, mode);
      throw new Stop(EXIT.internal, `${why}; they are kept in ${kept}`);
    } catch (second) {
      if (second instanceof Stop) throw second;
      throw new Stop(EXIT.internal, `${why}; nor to ${tmpdir()}: ${errorText(second)}`);
    }
  }
}
