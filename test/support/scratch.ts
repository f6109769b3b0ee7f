import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test's own; who makes it removes it. */
export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'kernward-test-'));
}
