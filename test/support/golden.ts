import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Compares a whole output with the file, byte by byte. `UPDATE_GOLDEN=1` writes the file: its diff is what is reviewed. */
export function matchesGolden(path: string, actual: string): void {
  const file = join(process.cwd(), path);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  assert.equal(actual, readFileSync(file, 'utf8'), `${path} differs; UPDATE_GOLDEN=1 writes it again`);
}
