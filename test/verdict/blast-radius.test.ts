import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { known, unreadable, type Reading } from '../../src/model/reading.js';
import type { BlastSummary, HostReport } from '../../src/model/report.js';
import { formatImpact, toImpacts, largestWhole, openSets, worstImpacts } from '../../src/report/blast-radius.js';
import { openBlast } from '../../src/verdict/blast-radius.js';

const OUTCOMES = ['reboots', 'dumps-then-reboots', 'freezes', 'survives', 'not-detected'] as const;
type Outcome = (typeof OUTCOMES)[number];

function hostOf(
  host: string,
  hungTask: Outcome | 'unknown' | 'reboots-somehow' | 'unreachable',
  groups: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): HostReport {
  const outcome: Reading =
    hungTask === 'unknown' || hungTask === 'reboots-somehow'
      ? unreadable('undetermined', 'open')
      : known(hungTask, hungTask);
  const reboots: Reading =
    hungTask === 'unknown' ? unreadable('undetermined', 'open') : known(/reboots/.test(hungTask), '');
  return {
    host,
    address: host,
    port: 22,
    groups,
    labels,
    profile: 'stay-up',
    transport: 'ssh2',
    status: 'clean',
    tookMs: 1,
    ...(hungTask === 'unreachable' ? { failure: { code: 'refused', detail: 'no' } } : {}),
    readings:
      hungTask === 'unreachable'
        ? new Map()
        : new Map([
            ['hung_task.outcome', outcome],
            ['hung_task.reboots', reboots],
          ]),
    verdicts: [],
  };
}

function blastOf(hosts: readonly HostReport[]): readonly BlastSummary[] {
  const blast = openBlast();
  for (const host of hosts) blast.add(host);
  return blast.summaries();
}

const FLEET = [
  hostOf('a1', 'reboots', ['a'], { rack: '1', asset: '7' }),
  hostOf('a2', 'reboots-somehow', ['a'], { rack: '2' }),
  hostOf('a3', 'dumps-then-reboots', ['a'], { rack: '1' }),
  hostOf('b1', 'freezes', ['b']),
  hostOf('b2', 'unknown', ['b']),
  hostOf('b3', 'unreachable', ['b']),
  hostOf('b4', 'survives', ['b']),
  hostOf('c1', 'unreachable', ['c']),
  hostOf('d1', 'survives', ['d']),
];

test('each set has its hosts by what becomes of them; a label that one host has alone makes none', () => {
  const counted = blastOf(FLEET).map((set) => {
    const hungTask = set.exposures.find(({ trigger }) => trigger === 'hung_task');
    return [
      set.label ?? '',
      set.group,
      set.hosts,
      set.unreachable,
      hungTask?.reboots,
      hungTask?.freezes,
      hungTask?.staysUp,
      hungTask?.unknown,
    ];
  });
  assert.deepEqual(counted, [
    ['', 'all', 9, 2, 3, 1, 2, 1],
    ['', 'a', 3, 0, 3, 0, 0, 0],
    ['', 'b', 4, 1, 0, 1, 1, 1],
    ['', 'c', 1, 1, 0, 0, 0, 0],
    ['', 'd', 1, 0, 0, 0, 1, 0],
    ['rack', '1', 2, 0, 2, 0, 0, 0],
  ]);
});

test('a share is a range where hosts are not known, and who is not known is never said to be safe', () => {
  const blast = blastOf(FLEET);
  assert.deepEqual(
    worstImpacts(blast).map((fall) => `${fall.set.group}: ${formatImpact(fall)}`),
    ['all: 4 to 7 of 9 (44 % to 78 %)', 'a: 3 of 3 (100 %)', '1: 2 of 2 (100 %)', 'b: 1 to 3 of 4 (25 % to 75 %)'],
  );
  assert.deepEqual(
    openSets(blast).map(({ group }) => group),
    ['c', 'd'],
    'of d the other triggers are not known',
  );
  assert.equal(largestWhole(blast)?.set.group, 'a');
});

const fate = fc.constantFrom(...OUTCOMES, 'unknown' as const, 'reboots-somehow' as const, 'unreachable' as const);
const fleet = fc
  .array(fc.tuple(fate, fc.subarray(['x', 'y', 'z'])), { maxLength: 12 })
  .map((rows) =>
    rows.map(([outcome, groups], index) => hostOf(`h${index}`, outcome, groups, { rack: String(index % 3) })),
  );

test('in every set, on every trigger, the counts and the unreachable hosts are all of its hosts', () => {
  fc.assert(
    fc.property(fleet, (hosts) => {
      const blast = blastOf(hosts);
      for (const set of blast) {
        const members = hosts.filter((host) =>
          set.label !== undefined
            ? host.labels[set.label] === set.group
            : set.group === 'all' || host.groups.includes(set.group),
        );
        assert.equal(set.hosts, members.length);
        for (const { exposure, least, most } of toImpacts(set)) {
          assert.equal(
            exposure.reboots + exposure.freezes + exposure.staysUp + exposure.unknown + set.unreachable,
            set.hosts,
          );
          assert.ok(least <= most && most <= set.hosts);
        }
      }
      assert.deepEqual(blastOf(hosts.toReversed()), blast, 'whatever the order');
    }),
  );
});
