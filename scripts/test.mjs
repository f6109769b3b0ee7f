// The README's test command: lint, the set-up of what the tests need, the tests. The build has gone before.
//   node scripts/test.mjs              everything
//   node scripts/test.mjs NAME...      only the tests whose path contains one of the names
//   node scripts/test.mjs --unit       only those that need nothing but Node; says what it leaves out
//   node scripts/test.mjs --changed FILE...   only those that stand on one of the files
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lacksAsText } from './lacks.mjs';
import { knownEnvironment } from './test-environment.mjs';
import { writeGroups } from './test-groups.mjs';
import { measureSlowness } from './test-slowness.mjs';
import { allTests, isUnit, sharesProcess, standsOn, WAITING } from './test-tiers.mjs';

/** The longest file takes five minutes, the rest beside it. */
const LONGEST_MS = 20 * 60_000;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
// What an unusual one does to a host is the matter of tests of its own.
process.umask(0o022);

const given = process.argv.slice(2);
const unitOnly = given.includes('--unit');
const byChange = given.includes('--changed');
const names = given.filter((word) => !word.startsWith('--'));
const strange = given.find((word) => word.startsWith('--') && word !== '--unit' && word !== '--changed');
if (strange !== undefined) {
  console.error(`test: there is no option ${strange}; there are --unit and --changed, and parts of the tests' paths`);
  process.exit(2);
}

/** Whether a test stands on one of the files that were saved; what is no module may be read by any of them. */
const isTouched = (test) => {
  const files = standsOn(test);
  return names.some((name) => !/\.tsx?$/.test(name) || files.has(name));
};
/** What takes longest of what computes begins before everything else and ends beside it; and then what needs a whole machine. */
const LONGEST = ['test/package/release.test.ts', 'test/cli/cases.test.ts'];
const isLongest = (file) => LONGEST.includes(file);
const isWhole = (file) => file.startsWith(join('test', 'e2e'));
const longestFirst = (files) => files.toSorted((a, b) => Number(isWhole(b)) - Number(isWhole(a)));
const compiled = (test) => join(root, 'dist', test.replace(/\.ts$/, '.js'));
const isNamed = (test) => names.length === 0 || names.some((part) => test.includes(part));
const asked = allTests().filter(byChange ? isTouched : isNamed);
const tests = unitOnly ? asked.filter(isUnit) : asked;
if (tests.length === 0) {
  console.error(
    asked.length === 0 ? 'test: no test was found' : `test: all ${asked.length} of these need more than Node: npm test`,
  );
  process.exit(byChange ? 0 : 1);
}

/** Looks at the source beside the set-up and the tests. What it says comes whole: the promise prints it, and is its status. */
const startLint = () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-lint-'));
  const said = join(folder, 'said');
  const output = openSync(said, 'w');
  const child = spawn(process.execPath, [join(root, 'scripts', 'lint.mjs')], { stdio: ['ignore', output, output] });
  const ended = once(child, 'close');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // A set-up that fails waits for nobody.
  process.once('exit', () => {
    child.kill();
    remove();
  });
  return ended.then(([status]) => {
    closeSync(output);
    process.stdout.write(readFileSync(said));
    remove();
    return status ?? 1;
  });
};

if (unitOnly) {
  const left = asked.filter((test) => !isUnit(test));
  const folders = [...new Set(left.map((test) => dirname(test)))];
  console.log(
    `test: ${tests.length} files that need nothing but Node; ${left.length} need more and are left to npm test, in ${folders.join(', ')}`,
  );
}

const home = mkdtempSync(join(tmpdir(), 'kernward-test-home-'));
const cpu = mkdtempSync(join(tmpdir(), 'kernward-test-cpu-'));
const env = {
  ...knownEnvironment(process.env, home),
  ...(await measureSlowness()),
  KERNWARD_TEST_CPU: join(cpu, 'seconds'),
};
console.log(
  `test: ${tests.length} files; deadlines of the tests are stretched by ${env.KERNWARD_TEST_SLOWNESS}, as fast as this machine is now`,
);
// By themselves what needs the machine, since it may harm or slow its neighbours, and whatever was asked for by name.
const grouped = names.length > 0 ? [] : tests.filter(sharesProcess);
const alone = longestFirst(tests.filter((test) => !grouped.includes(test)));
const waiting = WAITING.filter((test) => alone.includes(test)).map(compiled);
const groups = join(root, 'dist', 'test-groups');
const group = (kind, count, files) => writeGroups(groups, kind, count, files.map(compiled));
/**
 * What computes, one more than two cores have, since it starts programs and waits for them; beside it what only waits. First what
 * needs nothing but Node, while the machine is set up.
 */
const lanes = (quick, waiters, others) => {
  const asked = process.env.KERNWARD_TEST_CONCURRENCY;
  return asked === undefined
    ? ['--', '3', ...quick, '--set-up', ...others, '--', '2', '--set-up', ...waiters]
    : ['--', asked, ...quick, '--set-up', ...waiters, ...others];
};

/** @returns what the machine lacks; undefined: nothing can be tested */
const setUpBeside = async (lint) => {
  const { setUp } = await import(pathToFileURL(join(root, 'dist', 'test', 'support', 'packages.js')).href);
  const lacks = await setUp();
  if (lacks.length > 0) console.error(`\n${lacksAsText(lacks)}\n`);
  if ((await lint) !== 0) return undefined;
  if (lacks.length > 0 && process.env.CI === 'true') {
    console.error('test: in CI nothing may be left untested');
    return undefined;
  }
  return lacks;
};

let status = 1;
try {
  mkdirSync(groups, { recursive: true });
  const tested = spawn(
    process.execPath,
    [
      join(root, 'scripts', 'run-in-order.mjs'),
      // What does not end is told before whoever waits for the whole run gives up.
      String(Math.round(LONGEST_MS * Number(env.KERNWARD_TEST_SLOWNESS))),
      ['seed', 'tell-cpu']
        .map((name) => pathToFileURL(join(root, 'dist', 'test', 'support', `${name}.js`)).href)
        .join(','),
      ...lanes(group('unit', 3, grouped.filter(isUnit)), waiting, [
        ...LONGEST.filter((test) => alone.includes(test)).map(compiled),
        ...group(
          'slow',
          2,
          grouped.filter((test) => !isUnit(test)),
        ),
        ...alone.filter((test) => !WAITING.includes(test) && !isLongest(test)).map(compiled),
      ]),
    ],
    { stdio: ['pipe', 'inherit', 'inherit'], env },
  );
  const ended = once(tested, 'close');
  tested.stdin.on('error', () => undefined); // they have ended
  // They hear it too, and tell what they have found before they end.
  process.on('SIGINT', () => undefined);
  const lacks = unitOnly ? [] : await setUpBeside(given.length === 0 ? startLint() : 0);
  if (lacks === undefined) tested.stdin.end();
  else tested.stdin.write(`${JSON.stringify(lacks)}\n`);
  const [code, signal] = await ended;
  if (signal !== null) console.error(`test: ended by ${signal}`);
  status = code ?? 1;
} finally {
  rmSync(home, { recursive: true, force: true });
  rmSync(cpu, { recursive: true, force: true });
  rmSync(groups, { recursive: true, force: true });
}
process.exit(status);
