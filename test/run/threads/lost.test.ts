import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startKernward } from '../../support/kernward.js';
import { timeless, writeRecordedHosts } from '../../support/recorded-fleet.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';

const ENDS = join(process.cwd(), 'dist', 'test', 'support', 'ends-threads.js');
const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  readonly status: number | null;
  readonly stderr: string;
  readonly hosts: ReadonlyMap<string, string>;
  readonly failures: ReadonlyMap<string, string>;
  /** Who ended a thread, how often. */
  readonly ended: readonly string[];
}

const OTHERS = Array.from({ length: 14 }, (_, index) => `host${index}`);
const WAYS = ['exit', 'throw', 'memory', 'terminate'];
const ONCE = WAYS.map((way) => `ends-${way}-once`);
const MORE = Array.from({ length: 16 }, (_, index) => `host${OTHERS.length + index}`);
const BEFORE_ALL = ['ends-exit-first', 'ends-throw-second', 'ends-exit-a', 'ends-throw-b'];

/** Every run is about some of them, in this order: what is said of a host is the same in all. */
const HOSTS = [...BEFORE_ALL, ...OTHERS.toSpliced(5, 0, ...ONCE), ...MORE, 'ends-exit-last'];
writeFileSync(
  join(folder, 'inventory.yaml'),
  `groups:\n  all-of-them:\n    hosts:\n${writeRecordedHosts(folder, HOSTS)}`,
);

async function scanned(run: string, names: readonly string[], workers: number, forks = 6): Promise<Told> {
  const here = join(folder, run);
  mkdirSync(here, { recursive: true });
  writeFileSync(join(here, 'ended'), '');
  const { status, stderr } = await startKernward(
    folder,
    `scan -q -i inventory.yaml -l ${names.join(',')} --forks ${forks} --workers ${workers} -o jsonl:${run}/report`.split(
      ' ',
    ),
    // Little memory, so that a thread without bounds comes to its end soon.
    { NODE_OPTIONS: `--import ${ENDS} --max-old-space-size=160`, ENDS_THREADS: here },
  ).ended;
  const hosts = new Map<string, string>();
  const failures = new Map<string, string>();
  for (const line of readFileSync(join(here, 'report'), 'utf8').trim().split('\n')) {
    const { kind, host, failure }: { kind: string; host: string; failure?: { code: string } } = JSON.parse(line);
    if (kind !== 'host') continue;
    hosts.set(host, timeless(line));
    if (failure !== undefined) failures.set(host, failure.code);
  }
  return { status, stderr, hosts, failures, ended: readFileSync(join(here, 'ended'), 'utf8').split('\n').slice(0, -1) };
}

/** All of them, asked by one thread, which nobody ends. */
let alone: Promise<Told> | undefined;
const askedAlone = (): Promise<Told> => (alone ??= scanned('one', [...OTHERS, ...ONCE], 1));

for (const [index, way] of WAYS.entries())
  test(
    `a thread that is lost (${way}) takes no host with it, and who ended it once is asked again`,
    { timeout: within(60_000) },
    async () => {
      const once = ONCE[index] ?? assert.fail();
      const names = OTHERS.toSpliced(5, 0, once);
      const one = await askedAlone();
      const two = await scanned(way, names, 2);
      assert.deepEqual(one.ended, []);
      assert.deepEqual(two.ended, [once]);
      assert.match(two.stderr, /kernward: a thread was lost: .*; \d+ hosts? (?:is|are) asked again/);
      assert.deepEqual([...two.failures], []);
      assert.deepEqual(two.hosts, new Map(names.map((name) => [name, one.hosts.get(name)])));
      assert.equal(two.status, one.status);
    },
  );

test(
  'a run ends where the last host ends its thread, and the one that takes its place',
  { timeout: within(60_000) },
  async () => {
    const { failures, hosts } = await scanned('last', [...OTHERS, 'ends-exit-last'], 2);
    assert.deepEqual([...failures], [['ends-exit-last', 'thread-lost']]);
    assert.equal(hosts.size, OTHERS.length + 1);
  },
);

test(
  'who ends every thread is told, in a word of its own, and nobody else is',
  { timeout: within(60_000) },
  async () => {
    const killers = ['ends-exit-a', 'ends-throw-b'];
    const { status, stderr, failures, hosts, ended } = await scanned('twice', [...killers, ...OTHERS], 2);
    assert.deepEqual(failures, new Map(killers.map((name) => [name, 'thread-lost'])), stderr);
    assert.deepEqual(
      ended.toSorted(),
      killers.flatMap((name) => [name, name]),
    );
    assert.equal(hosts.size, killers.length + OTHERS.length);
    assert.ok(status === 1 || status === 3, String(status));
  },
);

test(
  'the hosts of a lost thread are asked again a few at a time, and one by one where that thread is lost too',
  { timeout: within(60_000) },
  async () => {
    const names = ['ends-exit-first', 'ends-throw-second', ...OTHERS, ...MORE];
    const { stderr, failures, hosts, ended } = await scanned('few', names, 2, 32);
    assert.deepEqual([...failures.keys()], names.slice(0, 2), stderr);
    // With fifteen others, with three of them, and alone.
    assert.deepEqual(
      ended.toSorted(),
      names.slice(0, 2).flatMap((name) => [name, name, name]),
    );
    assert.equal(hosts.size, names.length);
  },
);
