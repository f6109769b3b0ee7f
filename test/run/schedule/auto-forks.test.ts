import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AutoForks, firstForks, type Passage, nextForks } from '../../../src/run/schedule/auto-forks.js';

const MOST = 1024;
const ROOM: Passage = { ms: 250, busy: 0.3, wasFull: true, ended: 100 };

function after(intervals: readonly Passage[], most = MOST, first: AutoForks = firstForks(most)): number {
  return intervals.reduce((now, interval) => nextForks(now, interval, most), first).forks;
}
function times(interval: Passage, count: number): readonly Passage[] {
  return Array.from({ length: count }, () => interval);
}

const cases: readonly (readonly [what: string, intervals: readonly Passage[], forks: number, most?: number])[] = [
  ['nothing was seen yet', [], 64],
  ['descriptors carry fewer', [], 10, 10],
  ['half of the forks ended a host, and there is room', [{ ...ROOM, ended: 32 }], 128],
  [
    'fewer than half ended one: the next are not begun before it is known what these cost',
    [{ ...ROOM, ended: 31 }],
    64,
  ],
  ['the second half ends in the next interval', times({ ...ROOM, ended: 16 }, 2), 128],
  ['nobody answers: after a second it is known that waiting costs nothing', times({ ...ROOM, ended: 0 }, 4), 128],
  ['nobody answers for less than a second', times({ ...ROOM, ended: 0 }, 3), 64],
  ['not every fork was in use', [{ ...ROOM, wasFull: false }], 64],
  ['the loop has something to do', [{ ...ROOM, busy: 0.8 }], 64],
  ['it never rests, and there are no more than usual', [{ ...ROOM, busy: 1 }], 64],
  ['it never rests after it grew', [ROOM, { ...ROOM, busy: 1 }], 102],
  ['it never rests, whoever waits', [ROOM, ...times({ ...ROOM, busy: 1 }, 100)], 64],
  ['it never rests, and few were carried anyway', times({ ...ROOM, busy: 1 }, 100), 10, 10],
  ['there is room for ever', times({ ...ROOM, ended: 1000 }, 100), MOST],
  ['there is room, up to what descriptors carry', times({ ...ROOM, ended: 1000 }, 100), 200, 200],
  ['it was too much, and then there was room again', [ROOM, { ...ROOM, busy: 1 }, ROOM], 153],
  ['there was no room once, and they grow with care from then on', [{ ...ROOM, busy: 0.9 }, ROOM, ROOM], 144],
  ['it had much to do before anybody had shown what he costs', [{ ...ROOM, busy: 0.9, ended: 1 }, ROOM], 128],
];

for (const [what, intervals, forks, most] of cases)
  test(`auto forks where ${what}`, () => assert.equal(after(intervals, most), forks));

const interval = fc.record({
  ms: fc.integer({ min: 1, max: 5000 }),
  busy: fc.double({ min: 0, max: 1, noNaN: true }),
  wasFull: fc.boolean(),
  ended: fc.nat(2000),
});

test('never more than is carried, never fewer than one, twice as many at most, and once there was no room half as many again', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 60 }), fc.integer({ min: 1, max: 3000 }), (intervals, most) => {
      let now = firstForks(most);
      let metLimit = false;
      for (const each of intervals) {
        const next = nextForks(now, each, most);
        assert.ok(Number.isInteger(next.forks) && next.forks >= 1 && next.forks <= most, `${next.forks} of ${most}`);
        metLimit ||= now.metLimit;
        assert.ok(
          next.forks <= Math.ceil(now.forks * (metLimit ? 1.5 : 2)) && next.forks >= Math.floor(now.forks * 0.8),
        );
        assert.ok(next.metLimit || !metLimit, 'it forgot that it met the limit');
        if (next.forks > now.forks) assert.ok(each.wasFull && each.busy < 0.8, 'it grew without need or room');
        if (next.forks < now.forks) assert.ok(each.busy > 0.98 && next.forks >= 64, 'it shrank without load');
        now = next;
      }
    }),
  );
});
