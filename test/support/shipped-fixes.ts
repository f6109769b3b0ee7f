import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFixes } from '../../src/kernel/fixes/load.js';
import type { TextFile } from '../../src/text/text-file.js';
import type { KnownFix } from '../../src/kernel/fixes/schema.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';

const FOLDER = 'policies/kernel-fixes';

export function fixFiles(): readonly TextFile[] {
  return readdirSync(join(process.cwd(), FOLDER))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ file: `${FOLDER}/${name}`, text: readFileSync(join(process.cwd(), FOLDER, name), 'utf8') }));
}

export function shippedFixes(): readonly KnownFix[] {
  const { value, diagnostics } = loadFixes(fixFiles());
  assert.deepEqual(diagnostics, [], renderDiagnostics(diagnostics, { colour: false }));
  assert.ok(value !== undefined);
  return value;
}

export function shippedFix(id: string): KnownFix {
  const found = shippedFixes().find(({ fix }) => fix === id);
  assert.ok(found !== undefined, `no fix is called ${id}`);
  return found;
}
