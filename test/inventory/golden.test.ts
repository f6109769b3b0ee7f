import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';

function golden(name: string): string {
  return join('test', 'inventory', 'golden', name);
}

void test('everything that is wrong with an inventory, as a person reads it', () => {
  const text = readFileSync(golden('mistakes.yaml'), 'utf8');
  const { diagnostics } = loadInventory([{ file: 'mistakes.yaml', text }], { profiles: ['stay-up', 'fail-fast'] });
  const rendered = renderDiagnostics(diagnostics, { colour: false });
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden('mistakes.txt'), rendered);
  assert.equal(rendered, readFileSync(golden('mistakes.txt'), 'utf8'));
});
