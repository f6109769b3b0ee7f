import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import { becomeScript } from '../../src/probe/sudo-script.js';
import { collectorScript } from '../../src/probe/collector.js';
import { factEditions } from '../../src/probe/fact-editions.js';
import { packagesPieces } from '../../src/probe/packages-script.js';
import { parsePackages, parseProbe } from '../../src/probe/parse.js';
import { probeScript } from '../../src/probe/script.js';
import { probeDigest } from '../../src/run/header.js';
import { NONCE, runProbe } from '../support/run-probe.js';
import { couldNotTest, isRoot, shellsHere } from '../support/shells.js';
import { within } from '../support/within.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-collector-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
function installed(script = collectorScript()): string {
  const file = join(folder, `collector-${files++}`);
  writeFileSync(file, script, { mode: 0o755 });
  return file;
}
const { shells, missing } = shellsHere();
for (const { name } of missing) couldNotTest(`the collector under ${name}, which is not installed`);

/** A shell without the word that makes it read from stdin. */
function starting(argv: readonly string[], file: string): readonly [string, ...string[]] {
  const [command = 'sh', ...args] = argv.filter((word) => word !== '-s');
  return [command, ...args, file];
}
function answer(
  argv: readonly [string, ...string[]],
  input: string,
  env?: NodeJS.ProcessEnv,
): { readonly status: number | null; readonly stdout: Buffer; readonly stderr: string } {
  const [command, ...args] = argv;
  const { status, stdout, stderr } = spawnSync(command, args, {
    input,
    timeout: within(60_000),
    maxBuffer: 4 << 20,
    ...(env === undefined ? {} : { env }),
  });
  return { status, stdout, stderr: stderr.toString() };
}

/** Counters and times go on between two looks. */
const MOVING = /^(?:vmstat|pressure|boot|tasks|khugepaged\.(?:full|pages|in|running))|warn_count/u;

const own = installed();
for (const { name, argv } of shells) {
  test(`${name}: it answers what the whole script answers, and says which edition it is`, () => {
    // As the client sends it: the first line, and a script that nobody reads.
    const { status, stdout, stderr } = answer(starting(argv, own), probeScript(NONCE));
    assert.deepEqual([status, stderr], [0, '']);
    const parsed = parseProbe(stdout, NONCE, 'complete');
    assert.ok(parsed.ok);
    assert.equal(parsed.collector?.sha256, probeDigest());
    assert.equal(probeDigest(), createHash('sha256').update(collectorScript()).digest('hex'));
    const { readings } = runProbe(argv);
    for (const { id } of FACTS.filter((fact) => !MOVING.test(fact.id)))
      assert.deepEqual(parsed.readings.get(id), readings.get(id), id);
  });

  test(`${name}: it takes the second look, and the look as root, and refuses every other first line`, () => {
    const command = starting(argv, own);
    const [packagesLine = ''] = packagesPieces(NONCE, []).join('').split('\n');
    assert.match(
      answer(command, `${packagesLine}\n`).stdout.toString(),
      new RegExp(`^kw ${NONCE} end installed `, 'mu'),
    );
    const [becomeLine = ''] = becomeScript(NONCE).split('\n');
    assert.match(answer(command, `${becomeLine}\n`).stdout.toString(), new RegExp(`^kw ${NONCE} end become `, 'mu'));
    const strangers = [
      '',
      'id',
      "kw='kernward 2 abcdef'",
      "kw='kernward 1 '",
      "kw='kernward 1 $(touch /tmp/kernward-was-here)'",
      "kw='kernward 1 abc def'",
      `kw='kernward 1 ${NONCE} become $(reboot)'`,
      `kw='kernward 1 ${NONCE} becomes sudo'`,
      `kw='kernward 1 ${NONCE} packages ;reboot'`,
      `kw='kernward 1 *'`,
    ];
    for (const line of strangers) {
      const { status, stdout, stderr } = answer(command, `${line}\n`);
      assert.deepEqual([status, stdout.toString().includes('kw ')], [2, false], line);
      assert.match(stderr, /^kernward: this script speaks protocol 1$/mu);
    }
    assert.equal(existsSync('/tmp/kernward-was-here'), false);
  });

  test(`${name}: what the client wanted to run changes nothing, nor does a variable of the name of its own`, () => {
    const trap = join(folder, 'trap');
    const [first = ''] = probeScript(NONCE).split('\n');
    const environment = {
      PATH: '/usr/bin:/bin',
      SSH_ORIGINAL_COMMAND: `$(touch ${trap}); touch ${trap}; exec sh -s`,
      kw: `kernward 1 ${'f'.repeat(32)}`,
      kw_n: 'x',
      kw_exec: 'touch',
    };
    const { status, stdout } = answer(starting(argv, own), `${first}\ntouch ${trap}\n`, environment);
    assert.equal(status, 0);
    assert.ok(parseProbe(stdout, NONCE, 'complete').ok);
    assert.equal(existsSync(trap), false);
  });
}

test('cut off anywhere it does nothing', () => {
  const script = collectorScript();
  for (let part = 1; part < 40; part++) {
    const { stdout } = answer(
      ['sh', installed(script.slice(0, Math.floor((script.length * part) / 40)))],
      probeScript(NONCE),
    );
    assert.equal(stdout.toString(), '');
  }
});

test('a fact that another edition does not ask for, or asks for in another way, is not collected; the others are', () => {
  const edition = factEditions().get('sysctl.kernel.panic') ?? '';
  assert.match(edition, /^[0-9a-f]{8}$/u);
  const older = collectorScript()
    .replace(` ${edition}`, '')
    .replaceAll('/proc/sys/kernel/panic ', '/proc/sys/kernel/sysrq ');
  const { stdout } = answer(['sh', installed(older)], probeScript(NONCE));
  const parsed = parseProbe(stdout, NONCE, 'complete');
  assert.ok(parsed.ok);
  assert.notEqual(parsed.collector?.sha256, probeDigest());
  const cut = parsed.readings.get('sysctl.kernel.panic');
  assert.equal(cut?.state === 'unreadable' && cut.cause, 'not-collected');
  assert.deepEqual(
    [...parsed.readings]
      .filter(([, reading]) => reading.state === 'unreadable' && reading.cause === 'not-collected')
      .map(([id]) => id),
    ['sysctl.kernel.panic'],
  );
  const packages = parsePackages(
    Buffer.from(`kw ${NONCE} begin installed\nkw ${NONCE} end installed 0\n`),
    NONCE,
    'complete',
    { editions: new Set() },
  );
  assert.ok(
    [...packages.values()].every((reading) => reading.state === 'unreadable' && reading.cause === 'not-collected'),
  );
});

test('a collector that says nothing of its edition is believed nothing', () => {
  const silent = collectorScript()
    .replace(/^ {2}echo 'facts .*$/mu, '')
    .replaceAll('sha256sum', 'no-such-program');
  const parsed = parseProbe(answer(['sh', installed(silent)], probeScript(NONCE)).stdout, NONCE, 'complete');
  assert.ok(parsed.ok);
  assert.equal(parsed.collector?.sha256, undefined);
  assert.ok(
    [...parsed.readings.values()].every(
      (reading) => reading.state === 'unreadable' && reading.cause === 'not-collected',
    ),
  );
});

test('it starts at most 15 processes on the host', (t) => {
  const enter = isRoot ? ['-p', '-f', '--mount-proc'] : ['-U', '-r', '-p', '-f', '--mount-proc'];
  if (spawnSync('unshare', [...enter, 'true']).status !== 0) {
    couldNotTest('how many processes the collector starts (no PID namespace)', isRoot);
    return t.skip();
  }
  const counts = shells.map(({ name, argv }) => {
    const words = starting(argv, own)
      .map((word) => `'${word}'`)
      .join(' ');
    const { stdout, stderr } = spawnSync('unshare', [...enter, 'sh', '-c', `${words} >/dev/null; sh -c 'echo $$'`], {
      input: probeScript(NONCE),
    });
    const last = Number(stdout.toString());
    assert.ok(Number.isInteger(last) && last > 3, stderr.toString());
    return { name, processes: last - 2 };
  });
  console.log(
    `processes of the collector, the shell included: ${counts.map(({ name, processes }) => `${name} ${processes}`).join(', ')}`,
  );
  for (const { name, processes } of counts) assert.ok(processes <= 15, `${name} starts ${processes}`);
});

test('every edition stands in it, and it names no file of secrets', () => {
  const script = collectorScript();
  for (const edition of factEditions().values()) assert.ok(script.includes(` ${edition}`));
  assert.doesNotMatch(script.replace(/^#.*$/gmu, ''), /SSH_|shadow|passwd|eval\b/u);
  assert.ok(script.length < 51_200, `${script.length} bytes`);
});
