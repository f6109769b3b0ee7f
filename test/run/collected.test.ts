import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { known, type Reading } from '../../src/model/reading.js';
import type { Collected } from '../../src/model/report.js';
import type { Host } from '../../src/model/host.js';
import { digestOfFleet, frameLine, toExpected } from '../../src/run/collected/collected-frame.js';
import { type CollectedHeader } from '../../src/run/collected-schema.js';
import { type Expectation, mergeCollected } from '../../src/run/collected/merge-collected.js';
import { parseSaved } from '../../src/run/collected/parse-saved.js';
import { readCollected } from '../../src/run/collected/read-collected.js';
import { savedLine } from '../../src/run/collected/saved-readings.js';
import { sha256 } from '../../src/run/sha256.js';
import { hostAt } from '../support/hosts.js';

const FLEET: readonly Host[] = Array.from({ length: 7 }, (_, index) =>
  hostAt(22, { name: `h${index}`, groups: index % 2 === 0 ? ['even'] : [], labels: { zone: `z${index % 3}` } }),
);
const READINGS = new Map<string, Reading>([['uname.release', known('6.1.0-50-amd64', '6.1.0-50-amd64')]]);

function lineOf(host: Host): string {
  return savedLine(host, { host: host.name, reached: true, readings: READINGS, tookMs: 1 });
}

/** Which of the fleet's places each shard has, round and round. */
function collectionOf(shard: number, shards: number, named: boolean, said: Partial<CollectedHeader> = {}): string {
  const expected = FLEET.map((host, place) => toExpected(host, place));
  const isMine = (place: number): boolean => place % shards === shard - 1;
  const header: CollectedHeader = {
    kind: 'collected',
    schema: 1,
    kernward: '0.1.0',
    runId: '0123456789abcdef',
    startedAt: '2026-11-28T12:00:00Z',
    probe: '0'.repeat(64),
    inventory: ['inventory.yaml'],
    plan: digestOfFleet(expected, shards),
    shard,
    shards,
    fleet: FLEET.length,
    hosts: expected.filter(({ place }) => isMine(place)),
    ...(named
      ? {
          others: expected
            .filter(({ place }) => !isMine(place))
            .map((host) => ({ shard: (host.place % shards) + 1, host })),
        }
      : {}),
    ...said,
  };
  const lines = FLEET.filter((_, place) => isMine(place)).map(lineOf);
  const end = frameLine({ kind: 'end', hosts: lines.length, sha256: sha256(lines.join('')) });
  return [frameLine(header), ...lines, end].join('');
}

function merged(texts: readonly string[], plan?: Expectation) {
  const files = texts.map((text, index) =>
    readCollected(
      text.split('\n').map((line) => ({ text: line, place: line })),
      `${index}.jsonl`,
      [],
    ),
  );
  return {
    wrong: files.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)),
    ...mergeCollected(
      files.flatMap(({ sections }) => sections),
      plan,
    ),
  };
}

const WHOLE = collectionOf(1, 1, false);
const NAMES = FLEET.map(({ name }) => name);

describe('files of collect', () => {
  test('a whole one has every host, in the order of the run', () => {
    const { value, diagnostics } = merged([WHOLE]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      value?.hosts.map(({ name }) => name),
      NAMES,
    );
    const times = { oldest: '2026-11-28T12:00:00Z', newest: '2026-11-28T12:00:00Z' };
    assert.deepEqual([value?.missing.size, value?.collected], [0, { completeness: 'complete', missing: [], times }]);
  });

  test('when they were collected is known, and of what was carried into one when that was asked', () => {
    const early = { startedAt: '2026-11-20T12:00:00Z' };
    const again = { startedAt: '2026-11-28T13:00:00Z', oldest: '2026-11-21T12:00:00Z' };
    const cases: readonly (readonly [readonly string[], Collected['times']])[] = [
      [
        [collectionOf(1, 2, true), collectionOf(2, 2, true, early)],
        { oldest: '2026-11-20T12:00:00Z', newest: '2026-11-28T12:00:00Z' },
      ],
      [
        [collectionOf(1, 1, false, again)],
        { oldest: '2026-11-21T12:00:00Z', firstRun: '2026-11-28T13:00:00Z', newest: '2026-11-28T13:00:00Z' },
      ],
      [
        [collectionOf(1, 2, true), collectionOf(2, 2, true, again)],
        { oldest: '2026-11-21T12:00:00Z', newest: '2026-11-28T13:00:00Z' },
      ],
    ];
    for (const [texts, times] of cases) assert.deepEqual(merged(texts).value?.collected.times, times);
    assert.equal(merged([WHOLE.split('\n').slice(1, -2).join('\n')]).value?.collected.times, undefined);
  });

  test('what was not known of a collection is not known of what it was merged into', () => {
    const { value } = merged([collectionOf(1, 1, false, { completeness: 'not-known' })]);
    assert.equal(value?.collected.completeness, 'not-known');
  });

  test('hosts that only the inventory had are named, but those of another file', () => {
    const { value } = merged([collectionOf(1, 2, true, { added: ['h1', 'later'] }), collectionOf(2, 2, true)]);
    assert.deepEqual(value?.collected.added, ['later']);
  });

  test('cut at any byte, it is never taken for whole, and no host is forgotten', () => {
    const headerEnds = WHOLE.indexOf('\n') + 1;
    for (let bytes = 0; bytes < WHOLE.length - 1; bytes += 1) {
      const { wrong, value } = merged([WHOLE.slice(0, bytes)]);
      if (bytes < headerEnds - 1) {
        assert.deepEqual(wrong, ['readings/cut-short'], `at ${bytes}`);
        continue;
      }
      assert.deepEqual(wrong, [], `at ${bytes}`);
      assert.deepEqual(
        value?.hosts.map(({ name }) => name),
        NAMES,
      );
      assert.equal((value?.came.size ?? 0) + (value?.missing.size ?? 0), NAMES.length);
      const isAllThere = value?.came.size === NAMES.length;
      // All lines and half of the end: nothing is missing.
      assert.equal(value?.collected.completeness, isAllThere ? 'complete' : 'incomplete', `at ${bytes}`);
    }
  });

  test('without any of its lines, or with one changed, it is not what it was', () => {
    const lines = WHOLE.split('\n');
    for (const index of FLEET.keys()) {
      const { value } = merged([lines.filter((_, line) => line !== index + 1).join('\n')]);
      assert.deepEqual([...(value?.missing.keys() ?? [])], [index]);
      const changed = lines.with(index + 1, (lines[index + 1] ?? '').replace('6.1.0-50-amd64', '6.1.0-51-amd64'));
      assert.deepEqual(merged([changed.join('\n')]).wrong, ['readings/malformed']);
    }
  });

  test('whichever shards come, every host of the fleet has a place, in the same order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.infiniteStream(fc.boolean()), (shards, coins) => {
        const come = Array.from({ length: shards }, (_, index) => index + 1).filter(() => coins.next().value === true);
        fc.pre(come.length > 0);
        const { value, diagnostics } = merged(come.toReversed().map((shard) => collectionOf(shard, shards, true)));
        assert.deepEqual(diagnostics, []);
        assert.deepEqual(
          value?.hosts.map(({ name }) => name),
          NAMES,
        );
        const expected = FLEET.flatMap((_, place) => (come.includes((place % shards) + 1) ? [] : [place]));
        assert.deepEqual(
          [...(value?.missing.keys() ?? [])].toSorted((a, b) => a - b),
          expected,
        );
      }),
    );
  });

  test('whichever shards come, even none, a plan has every host of the fleet, in its order', () => {
    const shards = 4;
    const expected = FLEET.map((host, place) => toExpected(host, place));
    const plan: Expectation = {
      file: 'plan.json',
      digest: digestOfFleet(expected, shards),
      shards,
      hosts: expected.map((host, place) => ({ shard: (place % shards) + 1, host })),
    };
    for (let subset = 0; subset < 2 ** shards; subset += 1) {
      const come = Array.from({ length: shards }, (_, index) => index + 1).filter(
        (shard) => Math.floor(subset / 2 ** (shard - 1)) % 2 === 1,
      );
      const { value, wrong, diagnostics } = merged(
        come.map((shard) => collectionOf(shard, shards, false)),
        plan,
      );
      assert.deepEqual([wrong, diagnostics], [[], []]);
      assert.deepEqual(
        value?.hosts.map(({ name }) => name),
        NAMES,
      );
      const lost = FLEET.flatMap((_, place) => (come.includes((place % shards) + 1) ? [] : [place]));
      assert.deepEqual(
        [...(value?.missing.keys() ?? [])].toSorted((a, b) => a - b),
        lost,
      );
      assert.equal(value?.collected.completeness, lost.length === 0 ? 'complete' : 'incomplete');
    }
    const foreign = merged([collectionOf(1, 3, false)], plan);
    assert.deepEqual(
      foreign.diagnostics.map(({ code }) => code),
      ['readings/other-plan'],
    );
  });

  test('hosts of shards that nobody names are counted', () => {
    const { value } = merged([collectionOf(2, 3, false)]);
    assert.deepEqual(value?.collected, {
      completeness: 'incomplete',
      missing: [{ plan: value?.collected.missing[0]?.plan ?? '', shards: 3, missing: [1, 3], hosts: 5 }],
      times: { oldest: '2026-11-28T12:00:00Z', newest: '2026-11-28T12:00:00Z' },
    });
  });

  test('a shard twice is refused, with both files', () => {
    const { value, diagnostics } = merged([collectionOf(2, 3, true), collectionOf(2, 3, true)]);
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map(({ code, message }) => [code, message]),
      [['readings/shard-twice', '1.jsonl and 0.jsonl are shard 2 of 3']],
    );
  });

  test('a host that the header does not have, and an end without a header, are refused', () => {
    const lines = WHOLE.split('\n');
    const stranger = lineOf(hostAt(22, { name: 'stranger' })).trimEnd();
    assert.deepEqual(merged([lines.with(2, stranger).join('\n')]).wrong[0], 'readings/malformed');
    assert.deepEqual(merged([lines.slice(1).join('\n')]).wrong, ['readings/malformed']);
  });

  test('several in one file, one after the other, are several', () => {
    const { value, diagnostics } = merged([collectionOf(1, 2, false) + collectionOf(2, 2, false)]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      value?.hosts.map(({ name }) => name),
      NAMES,
    );
  });

  test('those of an older kernward, without header and end, are read, and it is said that nobody knows', () => {
    const old = WHOLE.split('\n').slice(1, -2).join('\n');
    const { value } = merged([old]);
    assert.deepEqual([value?.hosts.length, value?.collected.completeness], [NAMES.length, 'not-known']);
  });

  test('the library reads hosts that did not come as not reached', () => {
    const cut = WHOLE.split('\n').slice(0, 4).join('\n');
    const { value } = parseSaved(cut, 'cut.jsonl', []);
    assert.deepEqual(
      value?.map(({ outcome }) => (outcome.reached ? 'reached' : outcome.failure.code)),
      [...Array<string>(3).fill('reached'), ...Array<string>(4).fill('shard-missing')],
    );
  });
});
