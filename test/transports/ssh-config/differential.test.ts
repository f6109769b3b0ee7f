import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryCase } from './arbitrary-config.js';
import { askOurs, askReal, difference } from './real-ssh.js';

/** KERNWARD_DIFFERENTIAL=5000 compares so many, from a new seed each time; KERNWARD_SEED repeats one. */
const asked = process.env['KERNWARD_DIFFERENTIAL'];
const RUNS = Number(asked ?? 300);
const SEED = Number(process.env['KERNWARD_SEED'] ?? (asked === undefined ? 20_261_123 : Date.now() % 2 ** 31));

void test(`our answer is that of ssh -G, for ${RUNS} generated configurations`, (context) => {
  const counts = { decided: 0, refused: 0, left: 0 };
  fc.assert(
    fc.property(arbitraryCase, (generated) => {
      const real = askReal(generated);
      const ours = askOurs(generated);
      if (ours.says === 'error') counts.refused++;
      else if (ours.value.undecidable.length > 0) counts.left++;
      else counts.decided++;
      const found = difference(real, ours);
      if (found !== undefined) throw new Error(found);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  context.diagnostic(`seed ${SEED}: ${JSON.stringify(counts)}`);
  assert.ok(counts.decided > RUNS / 4, `too few were decided: ${JSON.stringify(counts)}`);
});
