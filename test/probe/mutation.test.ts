import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  flips,
  judgeOutput,
  MUTATIONS,
  mutated,
  otherByte,
  RECORDED,
  type Flip,
  type Mutation,
} from '../support/mutate.js';

/**
 * One byte added, changed or lost, or one line lost, anywhere in what the probe printed, never turns a rule that fails into
 * one that passes or is not about the host. The one thing that cannot be told is a byte of a value that makes another value
 * of the same form: that is what a host prints that has that value. Those are counted, and nothing else may flip.
 *
 * `KERNWARD_MUTATE=all` (npm run mutate) tries every byte of every recording; otherwise it is a sample.
 */

const isAll = process.env['KERNWARD_MUTATE'] === 'all';
/** In a sample every this many bytes, from a place that the seed chooses. */
const STEP = isAll ? 1 : 397;

/** xorshift32: the same bytes for the same seed. */
function diceFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const LINE_FEED = 0x0a;

/** Where a mutation is tried: at every byte, or at the beginning of every line. */
function placesOf(output: Buffer, mutation: Mutation, dice: () => number): readonly number[] {
  const all =
    mutation === 'line lost'
      ? [0, ...[...output.keys()].filter((at) => output[at - 1] === LINE_FEED)]
      : [...output.keys()];
  const step = mutation === 'line lost' ? Math.ceil(STEP / 40) : STEP;
  const first = Math.floor(dice() * step);
  return all.filter((_, index) => index % step === first % step);
}

function toWords(mutation: Mutation, at: number, { rule, to, by }: Flip): string {
  return `${mutation} at ${at}: ${rule} becomes ${to} by ${by.join('; ')}`;
}

const seed = fc.readConfigureGlobal()?.seed ?? 1;

for (const [index, { name, output }] of RECORDED.entries())
  void test(`${name}: no fail is lost on the way`, (context) => {
    const dice = diceFrom(seed + index);
    const before = judgeOutput(output);
    const lost: string[] = [];
    let tried = 0;
    let otherValues = 0;
    for (const mutation of MUTATIONS)
      for (const at of placesOf(output, mutation, dice)) {
        tried += 1;
        const found = flips(before, mutated(output, mutation, at, otherByte(output[at] ?? 0, dice)));
        if (found.some(({ anotherValue }) => anotherValue)) otherValues += 1;
        lost.push(...found.filter(({ anotherValue }) => !anotherValue).map((flip) => toWords(mutation, at, flip)));
      }
    context.diagnostic(
      `${tried} mutations of ${output.length} bytes, ${before.fails.length} rules that fail: ${lost.length} lost, ${otherValues} made another value`,
    );
    assert.deepEqual(lost, []);
  });
