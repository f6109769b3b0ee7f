import assert from 'node:assert/strict';
import { test } from 'node:test';
import { largeInventories } from '../../bench/large-inventories.js';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { cpuMsOf } from '../support/cpu-time.js';

const FEW = 1500;
const TIMES = 4;

function load(file: string, text: string, hosts: number): void {
  const { value, diagnostics } = loadInventory([{ file, text }], { profiles: [] });
  assert.deepEqual(diagnostics, []);
  assert.equal(value?.hosts.length, hosts);
}

/** What is collected of other tests' garbage is in one of them at most. */
function least(work: () => void): number {
  return Math.min(cpuMsOf(work), cpuMsOf(work));
}

const few = largeInventories(FEW).filter(({ text }) => text.length > FEW * 40);
const many = largeInventories(FEW * TIMES);
for (const { form, file, text } of few)
  void test(`${form}: four times as many hosts take about four times the work`, () => {
    const long = many.find((other) => other.form === form)?.text ?? '';
    load(file, text, FEW); // compiled
    const one = Math.max(
      30,
      least(() => load(file, text, FEW)),
    );
    const four = least(() => load(file, long, FEW * TIMES));
    assert.ok(four <= one * TIMES * 2, `${FEW} hosts took ${one} ms of CPU, and ${FEW * TIMES} took ${four} ms`);
  });
