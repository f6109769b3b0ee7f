import { writeFileSync } from 'node:fs';
import { whyNotWritable } from '../terminal/check-writable.js';
import { usage } from '../terminal/exit.js';

/** Never over a file that is there. */
export function writeNew(file: string, text: string): void {
  const why = whyNotWritable(file);
  if (why !== undefined) usage(`${file}: ${why}`);
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    usage(`${file}: ${code === 'EEXIST' ? 'it is there already' : String(thrown)}`);
  }
}
