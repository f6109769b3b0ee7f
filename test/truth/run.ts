/**
 * `npm run truth`: boots Debian's kernels, compares what kernward predicts with what they do, and writes docs/truth.md. With words
 * only what has one of them in its name; with `--lacking` only that of which nothing is known yet; `--rows` is what happens to
 * machines, `--trees` what they make of their files when they start, `--remedies` and `--disk` the rest; `--at-once=3` has three machines side by side.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../src/transports/error-detail.js';
import {
  DEBIAN_KERNEL_NAMES,
  findKernel,
  knownKernel,
  TESTED_KERNEL,
  unpackKernel,
  type DebianKernel,
} from '../support/debian-kernels.js';
import { setUp } from '../support/packages.js';
import { scratch } from '../support/scratch.js';
import { bootTree } from './boots.js';
import { DISK_TREES } from './disk-trees.js';
import { bootDisagreements, bootPredictionOf, INPUT_IDS, SETTING_IDS } from './compare-boots.js';
import { disagreements } from './compare.js';
import { openLaboratory, type Laboratory } from './laboratory.js';
import { observe } from './observe.js';
import { readObserved, writeObserved, type Observed } from './observed.js';
import { truthPage } from './page.js';
import { heal } from './heal.js';
import { healDisk, openDisk, rebootTree } from './reboots.js';
import { notHealed, REMEDIES, REMEDY_ON_DISK } from './remedies.js';
import { ROWS, rowName } from './rows.js';
import { TREES } from './trees.js';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Newest first: what apt knows is brought, and without it the newest that is here will do. */
function bring(kernel: DebianKernel): string | undefined {
  try {
    const name = knownKernel(kernel);
    if (name !== undefined) unpackKernel(kernel, name);
    else if (findKernel(kernel) === undefined) return 'apt knows no such package';
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

const given = process.argv.slice(2);
const words = given.filter((word) => !word.startsWith('--'));
const before = readObserved();
const rows = new Map(Object.entries(before.rows));
const trees = new Map(Object.entries(before.trees));
const remedies = new Map(Object.entries(before.remedies));
const diskTrees = new Map(Object.entries(before.diskTrees));
const diskRemedies = new Map(Object.entries(before.diskRemedies));
const lacking: Record<string, string> = { ...before.lacking };

function isAsked(name: string, known: ReadonlyMap<string, unknown>): boolean {
  const isNamed = words.length === 0 || words.some((word) => name.includes(word));
  return isNamed && (!given.includes('--lacking') || !known.has(name));
}

/** In the order of the tables, and nothing that they do not name any more. */
function only<T>(names: readonly string[], known: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = known.get(name);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

function keep(): void {
  const observed: Observed = {
    lacking,
    rows: only(ROWS.map(rowName), rows),
    trees: only(
      TREES.map(({ name }) => name),
      trees,
    ),
    remedies: only(
      REMEDIES.map(({ rule }) => rule),
      remedies,
    ),
    diskTrees: only(
      DISK_TREES.map(({ name }) => name),
      diskTrees,
    ),
    diskRemedies: only(
      REMEDY_ON_DISK.map(({ rule }) => rule),
      diskRemedies,
    ),
  };
  writeObserved(observed);
  writeFileSync(join(process.cwd(), 'docs', 'truth.md'), truthPage(observed));
}

let [asked, wrong] = [0, 0];
const day = new Date().toISOString().slice(0, 10);

/** Does one of them, and says what came of it; another one may come off all the same. */
async function attempt(
  name: string,
  act: () => Promise<readonly [seen: string, wrong: readonly string[]]>,
): Promise<void> {
  asked += 1;
  try {
    const [seen, found] = await act();
    wrong += Number(found.length > 0);
    say(`${found.length === 0 ? 'agrees' : 'DISAGREES'}  ${name}: ${[seen, ...found].join('; ')}`);
  } catch (error) {
    wrong += 1;
    say(`FAILED  ${name}: ${errorText(error)}`);
  }
  keep();
}

const AT_ONCE = Number(given.find((word) => word.startsWith('--at-once='))?.slice('--at-once='.length) ?? 1);

/** Most of a machine's time is waiting: some of them wait side by side. */
async function eachOf<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function inLaboratory(withBootTools: boolean, use: (laboratory: Laboratory) => Promise<void>): Promise<void> {
  const folder = scratch();
  const laboratory = openLaboratory(folder, { withBootTools });
  try {
    await use(laboratory);
  } finally {
    await laboratory.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const lack of await setUp()) say(`truth: ${lack.missing} is missing: ${lack.command}`);
const begun = performance.now();
const askedTrees = given.some((word) => ['--rows', '--remedies', '--disk'].includes(word))
  ? []
  : TREES.filter(({ name }) => isAsked(name, trees));
const tested = findKernel(TESTED_KERNEL);
if (askedTrees.length > 0 && tested !== undefined)
  await inLaboratory(true, async (laboratory) => {
    const machine = await laboratory.boot(tested);
    for (const tree of askedTrees)
      await attempt(tree.name, async () => {
        const booted = await bootTree(laboratory, tested, machine, tree, SETTING_IDS, INPUT_IDS);
        trees.set(tree.name, { ...booted, day });
        return [`${Object.keys(bootPredictionOf(booted).values).length} values`, bootDisagreements(booted)];
      });
  });
const askedRemedies = given.some((word) => ['--rows', '--trees', '--disk'].includes(word))
  ? []
  : REMEDIES.filter(({ rule }) => isAsked(rule, remedies));
if (askedRemedies.length > 0 && tested !== undefined)
  await inLaboratory(true, async (laboratory) => {
    for (const remedied of askedRemedies)
      await attempt(remedied.rule, async () => {
        const healed = await heal(laboratory, tested, remedied);
        remedies.set(remedied.rule, { ...healed, day });
        return [healed.seen, notHealed(healed)];
      });
  });
const isDiskAsked = !given.some((word) => ['--rows', '--trees', '--remedies'].includes(word));
const askedDiskTrees = isDiskAsked ? DISK_TREES.filter(({ name }) => isAsked(name, diskTrees)) : [];
const askedDiskRemedies = isDiskAsked ? REMEDY_ON_DISK.filter(({ rule }) => isAsked(rule, diskRemedies)) : [];
if (askedDiskTrees.length + askedDiskRemedies.length > 0 && tested !== undefined)
  await inLaboratory(false, async (laboratory) => {
    const disk = await openDisk(laboratory, tested);
    for (const tree of askedDiskTrees)
      await attempt(tree.name, async () => {
        const booted = await rebootTree(disk, tree, SETTING_IDS, INPUT_IDS);
        diskTrees.set(tree.name, { ...booted, day });
        return [`${Object.keys(bootPredictionOf(booted).values).length} values`, bootDisagreements(booted)];
      });
    for (const remedied of askedDiskRemedies)
      await attempt(`${remedied.rule}, on a disk`, async () => {
        const healed = await healDisk(laboratory, disk, remedied);
        diskRemedies.set(remedied.rule, { ...healed, day });
        return [healed.seen, notHealed(healed)];
      });
  });
for (const kernel of DEBIAN_KERNEL_NAMES) {
  const here = ROWS.filter((row) => row.kernel === kernel && isAsked(rowName(row), rows));
  if (here.length === 0 || given.some((word) => ['--trees', '--remedies', '--disk'].includes(word))) continue;
  const why = bring(kernel);
  if (why === undefined) delete lacking[kernel];
  else lacking[kernel] = why;
  const unpacked = findKernel(kernel);
  if (unpacked === undefined) {
    say(`truth: ${kernel}: ${why ?? 'not to be had'}`);
    continue;
  }
  await inLaboratory(false, async (laboratory) => {
    await eachOf(here, (row) =>
      attempt(rowName(row), async () => {
        const observation = await observe(laboratory, unpacked, row);
        rows.set(rowName(row), { ...observation, day });
        return [observation.seen, disagreements(row, observation)];
      }),
    );
  });
}
keep();
say(
  `truth: ${asked} asked, ${wrong} of them not as predicted, in ${Math.round((performance.now() - begun) / 60_000)} minutes`,
);
process.exitCode = wrong === 0 ? 0 : 1;
