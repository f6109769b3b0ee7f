import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Result } from '../../src/model/verdict.js';
import { type Interval, isBefore, type Moment, observe } from '../../src/history/intervals.js';

const DAY = 86_400_000;
function moment(day: number): Moment {
  return { run: day, ms: day * DAY, runId: `r${String(day).padStart(4, '0')}` };
}

/** A day's letter: p pass, f fail, e error, u unknown, n notapplicable, s notselected, w a fail with a waiver, . not asked. */
const WORDS: Readonly<Record<string, Result>> = {
  p: 'pass',
  f: 'fail',
  e: 'error',
  u: 'unknown',
  n: 'notapplicable',
  s: 'notselected',
  w: 'fail',
};

function observedOf(letter: string) {
  return {
    result: WORDS[letter] ?? 'pass',
    severity: 'high' as const,
    waiver: letter === 'w' ? 'W-1' : '',
  };
}

/** The days put in, in this order. */
function chainOf(days: string, order: readonly number[] = days.split('').map((_, day) => day)): readonly Interval[] {
  let chain: readonly Interval[] = [];
  const there: number[] = [];
  for (const day of order) {
    const letter = days[day] ?? '.';
    if (letter === '.') continue;
    const next = there.filter((other) => other > day).sort((a, b) => a - b)[0];
    const change = observe(chain, observedOf(letter), moment(day), next === undefined ? undefined : moment(next));
    if (change.kind === 'from') chain = [...chain.slice(0, change.index), ...change.intervals];
    there.push(day);
  }
  return chain;
}

function show({ result, from, to, sinceMs, held }: Interval): string {
  return `${result} ${from.run}-${to?.run ?? ''} since ${sinceMs / DAY}${held === undefined ? '' : `, before that ${held.result} since ${held.sinceMs / DAY}`}`;
}

const CASES: readonly (readonly [days: string, ...intervals: readonly string[]])[] = [
  ['pppp', 'pass 0- since 0'],
  ['ppff', 'pass 0-2 since 0', 'fail 2- since 2, before that pass since 0'],
  [
    'ffeef',
    'fail 0-2 since 0',
    'error 2-4 since 2, before that fail since 0',
    'fail 4- since 0, before that fail since 0',
  ],
  [
    'fup',
    'fail 0-1 since 0',
    'unknown 1-2 since 1, before that fail since 0',
    'pass 2- since 2, before that fail since 0',
  ],
  [
    'feu',
    'fail 0-1 since 0',
    'error 1-2 since 1, before that fail since 0',
    'unknown 2- since 2, before that fail since 0',
  ],
  ['f..f.f', 'fail 0- since 0'],
  ['f..p', 'fail 0-3 since 0', 'pass 3- since 3, before that fail since 0'],
  ['ffww', 'fail 0-2 since 0', 'fail 2- since 0, before that fail since 0'],
  [
    'fnf',
    'fail 0-1 since 0',
    'notapplicable 1-2 since 1, before that fail since 0',
    'fail 2- since 2, before that notapplicable since 1',
  ],
  ['ef', 'error 0-1 since 0', 'fail 1- since 1'],
];

for (const [days, ...intervals] of CASES)
  test(`${days} becomes ${intervals.length} intervals`, () => assert.deepEqual(chainOf(days).map(show), intervals));

const arbitraryDays = fc.string({ unit: fc.constantFrom(...Object.keys(WORDS), '.', '.', 'f', 'p'), maxLength: 12 });
const shuffled = arbitraryDays.chain((days) =>
  fc.tuple(
    fc.constant(days),
    fc.shuffledSubarray(
      days.split('').map((_, day) => day),
      { minLength: days.length },
    ),
  ),
);

test('a chain says of every day what was seen, and of no other', () => {
  fc.assert(
    fc.property(arbitraryDays, (days) => {
      const chain = chainOf(days);
      for (const [day, letter] of days.split('').entries()) {
        if (letter === '.') continue;
        const covering = chain.filter(
          ({ from, to }) => !isBefore(moment(day), from) && (to === undefined || isBefore(moment(day), to)),
        );
        assert.deepEqual(
          covering.map(({ result, severity, waiver }) => ({ result, severity, waiver })),
          [observedOf(letter)],
        );
      }
    }),
  );
});

test('intervals follow each other without a gap, each different from the one before', () => {
  fc.assert(
    fc.property(shuffled, ([days, order]) => {
      const chain = chainOf(days, order);
      for (const [index, interval] of chain.entries()) {
        const next = chain[index + 1];
        assert.deepEqual(interval.to, next?.from);
        if (next !== undefined) assert.notDeepEqual([interval.result, interval.waiver], [next.result, next.waiver]);
      }
    }),
  );
});

test('in whatever order the days are put in, the chain is the same', () => {
  fc.assert(fc.property(shuffled, ([days, order]) => assert.deepEqual(chainOf(days, order), chainOf(days))));
});

test('failing since is the first fail after the last pass, whatever hid it meanwhile', () => {
  fc.assert(
    fc.property(arbitraryDays, (days) => {
      for (const interval of chainOf(days)) {
        if (interval.result !== 'fail') continue;
        const seen = days
          .split('')
          .map((letter, day) => ({ letter, day }))
          .filter(({ letter, day }) => letter !== '.' && day <= interval.from.run);
        const lastOther = seen.findLast(({ letter }) => 'pns'.includes(letter))?.day ?? -1;
        const first = seen.find(({ letter, day }) => day > lastOther && 'fw'.includes(letter))?.day;
        assert.equal(interval.sinceMs, (first ?? Number.NaN) * DAY);
      }
    }),
  );
});
