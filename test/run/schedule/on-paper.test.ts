import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { busyForks, evenShare, inTheirOrder, type Paper } from '../../../bench/on-paper.js';

function paper(hosts: string, over: Partial<Paper> = {}): Paper {
  return {
    isSilent: hosts.split('').map((host) => host === 's'),
    forks: 1,
    answerS: 1,
    trySilentS: 3,
    pauseS: 0.5,
    computedS: 0,
    ...over,
  };
}

const TABLE: readonly (readonly [hosts: string, over: Partial<Paper>, share: number, inOrder: number])[] = [
  ['', {}, 0, 0],
  ['a', {}, 1, 1],
  ['aaaa', { forks: 2 }, 2, 2],
  ['aaa', { forks: 2 }, 1.5, 2],
  ['s', {}, 6, 6.5],
  // Its fork is another's in the pause, whose end the second try then waits for.
  ['sa', {}, 7, 7],
  ['as', { forks: 2 }, 3.5, 6.5],
  // The last fork is idle while the silent one, which was begun last, is asked twice.
  ['aaas', { forks: 2 }, 4.5, 7.5],
  ['ssss', { forks: 4 }, 6, 6.5],
  ['aaaa', { forks: Number.POSITIVE_INFINITY, computedS: 8 }, 8, 9],
  ['aaas', { forks: Number.POSITIVE_INFINITY, computedS: 6 }, 6, 7],
];

for (const [hosts, over, share, inOrder] of TABLE)
  test(`${hosts === '' ? 'no host' : hosts} with ${JSON.stringify(over)}`, () => {
    assert.equal(evenShare(paper(hosts, over)), share);
    assert.equal(inTheirOrder(paper(hosts, over)), inOrder);
  });

test('as many forks as are busy: with one fewer there is nothing to compute at times', () => {
  assert.equal(busyForks(paper('aaaa', { computedS: 4 })), 1);
  assert.equal(busyForks(paper('aaas', { computedS: 2 })), 5);
  assert.equal(busyForks(paper('aaaa', { computedS: 400 })), 1);
  assert.equal(busyForks(paper('aaaa')), Number.POSITIVE_INFINITY);
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 30 }),
      (isSilent, computedS) => {
        const terms = paper('', { isSilent, computedS });
        const forks = busyForks(terms);
        assert.equal(evenShare({ ...terms, forks }), computedS);
        if (forks > 1) assert.ok(evenShare({ ...terms, forks: forks - 1 }) > computedS);
      },
    ),
  );
});

test('no order takes less than an even share, and more forks never take longer where nobody is silent', () => {
  const anyPaper = fc.record({
    isSilent: fc.array(fc.boolean(), { maxLength: 60 }),
    forks: fc.integer({ min: 1, max: 20 }),
    computedS: fc.integer({ min: 0, max: 30 }),
  });
  fc.assert(
    fc.property(anyPaper, (over) => {
      const each = paper('', { ...over, computedS: over.isSilent.includes(false) ? over.computedS : 0 });
      assert.ok(inTheirOrder(each) >= evenShare(each) - 1e-9);
      const plain = { ...each, isSilent: each.isSilent.map(() => false) };
      assert.ok(inTheirOrder({ ...plain, forks: plain.forks + 1 }) <= inTheirOrder(plain) + 1e-9);
    }),
  );
});
