import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import type { Readings } from '../../src/model/reading.js';
import { probeScript } from '../../src/probe/script.js';
import { NONCE, runProbe } from '../support/run-probe.js';
import { couldNotTest, findProgram, isRoot, shellsHere } from '../support/shells.js';

const { shells, missing } = shellsHere();
for (const { name } of missing) couldNotTest(`the probe under ${name}, which is not installed`);

/** Counters and times go on between two looks. */
const MOVING = new Set([
  ...FACTS.map(({ id }) => id).filter((id) => /^(?:vmstat|pressure)\./.test(id)),
  'boot.uptime',
  'khugepaged.full_scans',
  'khugepaged.pages_collapsed',
  'khugepaged.in_d_state',
  'tasks.in_d_state',
  'kernel.warn_count',
]);

/** Every file fact against the file itself, as Node reads it. */
function assertTruth(readings: Readings, who: string): number {
  let known = 0;
  for (const fact of FACTS) {
    const reading = readings.get(fact.id);
    assert.ok(reading, fact.id);
    if (fact.origin.via !== 'file' || MOVING.has(fact.id)) continue;
    const path = fact.origin.paths.find((candidate) => existsSync(candidate));
    if (path === undefined) {
      assert.equal(reading.state, 'absent', `${who} ${fact.id} ${JSON.stringify(reading)}`);
      continue;
    }
    assert.deepEqual(reading, fact.parse(readFileSync(path, 'utf8')), `${who} ${fact.id}`);
    known += 1;
  }
  return known;
}

const DIGITS = readFileSync('/proc/sys/vm/min_free_kbytes', 'utf8').trim();

for (const { name, argv } of shells)
  test(`${name}: every value is the truth, the longer ones too`, () => {
    const { readings, stderr } = runProbe(argv);
    assert.equal(stderr, '');
    assert.ok(assertTruth(readings, name) > 20);
    assert.ok(DIGITS.length > 1);
    const minFree = readings.get('sysctl.vm.min_free_kbytes');
    assert.equal(minFree?.state === 'known' && minFree.value, Number(DIGITS));
    const release_ = readings.get('uname.release');
    assert.equal(release_?.state === 'known' && release_.value, release());
  });

const HOSTILE_ENVIRONMENT = {
  PATH: '/nowhere',
  LC_ALL: 'C.UTF-8',
  LANG: 'de_DE.UTF-8',
  LANGUAGE: 'de',
  IFS: 'kern0123456789',
  ENV: '/etc/passwd',
  BASH_ENV: '/etc/passwd',
  SHELLOPTS: 'errexit:nounset:noglob',
  BASHOPTS: 'failglob:nullglob:dotglob',
  GREP_OPTIONS: '--color=always -v',
  GREP_COLORS: 'mt=01;31',
  POSIXLY_CORRECT: '1',
  CDPATH: '/etc',
  'BASH_FUNC_grep%%': '() { echo /proc/sys/kernel/panic:99; }',
  'BASH_FUNC_echo%%': '() { builtin echo lies; }',
  'BASH_FUNC_test%%': '() { return 1; }',
  'BASH_FUNC_awk%%': '() { builtin echo /proc/cmdline:panic=99; }',
  'BASH_FUNC_cd%%': '() { exit 9; }',
  'BASH_FUNC_unalias%%': '() { builtin exit 9; }',
};

for (const { name, argv } of shells)
  test(`${name}: an environment that lies changes nothing`, () => {
    const path = findProgram(argv[0]);
    assert.ok(path);
    const { readings } = runProbe([path, ...argv.slice(1)], { env: HOSTILE_ENVIRONMENT });
    assert.ok(assertTruth(readings, name) > 20);
  });

for (const { name, argv } of shells)
  test(`${name}: a login that prints noise and sets -e changes nothing`, () => {
    const shell = argv.map((word) => `'${word}'`).join(' ');
    const noisy = `printf 'Welcome\\r\\n\\033[31mno newline at the end: kw ${'0'.repeat(32)} begin sysctl'; set -eu; umask 777; exec ${shell}`;
    const { readings } = runProbe(['sh', '-c', noisy]);
    assert.ok(assertTruth(readings, name) > 20);
  });

for (const { name, argv } of shells)
  test(`${name}: a first line that is not ours gives no output, and status 2`, () => {
    const [command, ...args] = argv;
    const body = probeScript(NONCE).replace(/^.*\n/, '');
    for (const first of [
      'kernward 2 abcdef',
      'kernward 1 ',
      'kernward 1 $(id)',
      'abcdef',
      'kernward 1 ab cd',
      'kernward 1 *',
    ]) {
      const { status, stdout } = spawnSync(command, args, { input: `kw='${first}'\n${body}` });
      assert.deepEqual([status, stdout.toString()], [2, ''], first);
    }
  });

test('an unprivileged user reads the same', (t) => {
  if (!isRoot || findProgram('setpriv') === undefined) {
    if (!isRoot) return assert.ok(assertTruth(runProbe(['sh', '-s']).readings, 'this user') > 20);
    couldNotTest('the probe as another user (no setpriv)');
    return t.skip();
  }
  const { readings } = runProbe(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-s']);
  assert.ok(assertTruth(readings, 'nobody') > 20);
});

test('it starts at most 15 processes on the host', (t) => {
  const enter = isRoot ? ['unshare', '-p', '-f', '--mount-proc'] : ['unshare', '-U', '-r', '-p', '-f', '--mount-proc'];
  if (spawnSync('unshare', [...enter.slice(1), 'true']).status !== 0) {
    couldNotTest('how many processes the probe starts (no PID namespace)', isRoot);
    return t.skip();
  }
  // In a new PID namespace numbers are given out in turn: 1 is the outer shell, 2 the probe's, the last one asks.
  const counts = shells.map(({ name, argv }) => {
    const words = argv.map((word) => `'${word}'`).join(' ');
    const { stdout, stderr } = spawnSync(
      enter[0] ?? '',
      [...enter.slice(1), 'sh', '-c', `${words} >/dev/null; sh -c 'echo $$'`],
      { input: probeScript(NONCE) },
    );
    const last = Number(stdout.toString());
    assert.ok(Number.isInteger(last) && last > 3, stderr.toString());
    return { name, processes: last - 2 };
  });
  console.log(
    `processes on the host, the shell included: ${counts.map(({ name, processes }) => `${name} ${processes}`).join(', ')}`,
  );
  for (const { name, processes } of counts) assert.ok(processes <= 15, `${name} starts ${processes}`);
});
