import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { commandLine, descendantsOf, nothingLeft } from '../support/left-over.js';
import { until } from '../support/until.js';
import { startTcp } from '../support/misbehaving.js';
import { scratch } from '../support/scratch.js';
import { couldNotTest, isRoot } from '../support/shells.js';

/** What a run starts of kernward's own: who looks names up, who keeps the history, the demo's fleet. */

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
/** SIGPIPE ends nothing: SIGTERM comes after it. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE', 'SIGKILL'] as const;
type Signal = (typeof SIGNALS)[number];
/** Heard by the run, which tells what is known; before it listens, they end it as any program. */
const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143, SIGPIPE: 143, SIGKILL: null } as const;

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const PATIENT =
  '--retries 0 --connect-timeout 300 --auth-timeout 300 --probe-timeout 300 --host-timeout 600 -q -o json:report.json'.split(
    ' ',
  );

interface Run {
  readonly folder: string;
  readonly temporary: string;
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly stdout: () => string;
  readonly ended: Promise<number | null>;
  readonly hasEnded: () => boolean;
  /** Whether a process of the run has this in its command line. */
  readonly hasStarted: (what: string) => boolean;
}

let runs = 0;

/** In a process group of its own, as a shell at a terminal starts it. */
function start(
  args: readonly string[],
  {
    prepare = () => undefined,
    around = [],
  }: { readonly prepare?: (run: string) => void; readonly around?: readonly string[] } = {},
): Run {
  const run = join(folder, `run${runs++}`);
  const temporary = join(run, 'tmp');
  mkdirSync(temporary, { recursive: true });
  prepare(run);
  const [program = '', ...rest] = [...around, 'sh', '-c', 'cd "$0" && exec "$@"', run, process.execPath, MAIN, ...args];
  const child = spawn(program, rest, {
    env: { PATH: process.env['PATH'], HOME: run, KERNWARD_SSH_CONFIG: 'none', TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let isOver = false;
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (status) => {
      isOver = true;
      resolve(status);
    });
  });
  return {
    folder: run,
    temporary,
    child,
    said: () => `${stdout}${stderr}`,
    stdout: () => stdout,
    ended,
    hasEnded: () => isOver,
    hasStarted: (what) => descendantsOf(child.pid ?? 0).some((pid) => commandLine(pid).includes(what)),
  };
}

/**
 * Ends a run at a moment of it and waits until nothing of it is left.
 *
 * @returns its status
 */
async function endAt(run: Run, moment: () => boolean, signal: Signal): Promise<number | null> {
  await until(
    () => moment() || run.hasEnded(),
    () => `the moment did not come: ${run.said()}`,
  );
  assert.equal(run.hasEnded(), false, `it ended by itself: ${run.said()}`);
  // A terminal tells all that it started; only whoever names one process tells one.
  const isOfTerminal = signal === 'SIGINT' || signal === 'SIGHUP';
  process.kill(isOfTerminal ? -(run.child.pid ?? 0) : (run.child.pid ?? 0), signal);
  if (signal === 'SIGPIPE') run.child.kill('SIGTERM');
  const status = await run.ended;
  await nothingLeft(run.temporary, `${signal}, ${run.said()}`);
  return status;
}

function outcomes(run: Run): Readonly<Record<string, string | undefined>> {
  const report: { readonly hosts: readonly { readonly host: string; readonly failure?: { readonly code: string } }[] } =
    JSON.parse(readFileSync(join(run.folder, 'report.json'), 'utf8'));
  return Object.fromEntries(report.hosts.map(({ host, failure }) => [host, failure?.code]));
}

describe('who looks names up goes with the run', () => {
  const dead = 12;
  const log = join(folder, 'asked.log');
  const config = join(folder, 'resolv.conf');
  const pids = join(folder, 'server.pid');
  /**
   * A network of its own. Names that begin with `dead` are never answered for, others late and with a no; at port 2222 nobody
   * says anything.
   */
  const SERVER = `const { appendFileSync, writeFileSync } = require('node:fs');
    const log = (text) => appendFileSync(${JSON.stringify(log)}, text + '\\n');
    const dns = require('node:dgram').createSocket('udp4');
    dns.on('message', (asked, from) => {
      const [name] = /(?:dead|late)\\d+/.exec(asked.toString('latin1')) ?? [''];
      log(name);
      if (name.startsWith('dead')) return;
      const no = Buffer.from(asked);
      no[2] |= 0x80;
      no[3] = 0x83;
      setTimeout(() => dns.send(no, from.port, from.address), 400);
    });
    dns.bind(53, '127.0.0.1', () => require('node:net').createServer((socket) => { socket.on('error', () => 0); log('connected'); })
      .listen(2222, '127.0.0.1', () => writeFileSync(${JSON.stringify(pids)}, String(process.pid))));`;
  const canIsolate =
    spawnSync('unshare', ['-rmn', 'sh', '-c', 'ip link set lo up && mount --bind /dev/null /etc/resolv.conf'])
      .status === 0;
  const skip = canIsolate ? false : 'no network namespace can be had here';
  if (skip !== false) couldNotTest('how name look-ups end with a run (no network namespace)', isRoot);
  let server: ChildProcess | undefined;

  before(async () => {
    if (!canIsolate) return;
    writeFileSync(config, `${'nameserver 127.0.0.1\n'.repeat(3)}options timeout:30 attempts:5\n`);
    writeFileSync(join(folder, 'key'), makeKeyPair().private, { mode: 0o600 });
    server = spawn(
      'unshare',
      [
        '-rmn',
        'sh',
        '-c',
        'ip link set lo up && mount --bind "$1" /etc/resolv.conf && exec "$2" -e "$3"',
        'sh',
        config,
        process.execPath,
        SERVER,
      ],
      { stdio: 'ignore' },
    );
    await until(
      () => existsSync(pids) && readFileSync(pids, 'utf8') !== '', // made first, and written then
      () => 'the name server did not start',
    );
  });
  after(() => server?.kill('SIGKILL'));

  const lines = (): readonly string[] => (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []);
  const names = (kind: string): readonly string[] =>
    Array.from({ length: dead }, (_, index) => `${kind}${index}.example.com`);
  const stuck = '{ name: stuck, address: 127.0.0.1, port: 2222 }';

  const MOMENTS: Readonly<Record<string, { readonly hosts: readonly string[]; readonly at: (run: Run) => boolean }>> = {
    'as soon as it is there': { hosts: names('dead'), at: (run) => run.hasStarted('dns-child') },
    'while names hang in it': {
      hosts: names('dead'),
      at: () => new Set(lines().filter((name) => name.startsWith('dead'))).size >= 6,
    },
    'when it has nothing more to do': {
      hosts: [...names('late'), stuck],
      at: (run) =>
        run.hasStarted('dns-child') &&
        lines().includes('connected') &&
        new Set(lines().filter((name) => name.startsWith('late'))).size === dead,
    },
  };

  for (const [moment, { hosts, at }] of Object.entries(MOMENTS))
    test(moment, { skip }, async () => {
      for (const signal of SIGNALS) {
        rmSync(log, { force: true });
        const run = start(['scan', '-i', 'inventory.yaml', '--host-keys', 'file:known_hosts', ...PATIENT], {
          around: ['nsenter', '-t', readFileSync(pids, 'utf8'), '-U', '-m', '-n', '--preserve-credentials', '--'],
          prepare: (into) => {
            writeFileSync(join(into, 'known_hosts'), '');
            writeFileSync(
              join(into, 'inventory.yaml'),
              `defaults: { user: audit, port: 9, transport: ssh2, identityFile: ${join(folder, 'key')} }\nhosts: [${hosts.join(', ')}]\n`,
            );
          },
        });
        const status = await endAt(run, () => at(run), signal);
        assert.equal(status, STATUS[signal], run.said());
        if (signal === 'SIGKILL') assert.equal(existsSync(join(run.folder, 'report.json')), false);
        else if (hosts.includes(stuck)) assert.equal(outcomes(run)['stuck'], 'interrupted');
        else assert.deepEqual(new Set(Object.values(outcomes(run))), new Set(['interrupted']));
      }
    });
});

async function runsIn(run: Run): Promise<number> {
  const { stdout, stderr } = await kernwardWarm(run.folder, 'history', 'list', '-o', 'json', '--history', 'history.db');
  assert.notEqual(stdout, '', stderr);
  const { runs: found }: { readonly runs: readonly unknown[] } = JSON.parse(stdout);
  return found.length;
}

describe('who keeps the history goes with the run', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  const good = join(folder, 'good.db');
  const RECORDED = '{ name: a, transport: recorded, recording: a.probe }';
  let stuck = '';
  let connections = 0;
  let stop: () => Promise<void>;

  const prepare =
    (hosts: readonly string[]) =>
    (run: string): void => {
      copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(run, 'a.probe'));
      writeFileSync(join(run, 'known_hosts'), '');
      writeFileSync(join(run, 'key'), makeKeyPair().private, { mode: 0o600 });
      writeFileSync(join(run, 'inventory.yaml'), `hosts: [${hosts.join(', ')}]\n`);
      if (existsSync(good)) copyFileSync(good, join(run, 'history.db'));
    };
  const scan = ['scan', '-i', 'inventory.yaml', '--host-keys', 'file:known_hosts', '--history=history.db', ...PATIENT];
  before(async () => {
    const server = await startTcp(() => (connections += 1));
    stop = server.stop;
    stuck = `{ name: stuck, transport: ssh2, user: audit, identityFile: key, address: 127.0.0.1, port: ${server.port} }`;
    const first = start(scan, { prepare: prepare([RECORDED]) });
    await first.ended;
    copyFileSync(join(first.folder, 'history.db'), good);
  });
  after(() => stop());

  test('as soon as it is there', async () => {
    for (const signal of SIGNALS) {
      const run = start(scan, { prepare: prepare([RECORDED, stuck]) });
      await endAt(run, () => run.hasStarted('recorder-child'), signal);
      assert.equal(await runsIn(run), 1);
    }
  });

  test('while hosts are asked: the run is recorded, but by SIGKILL', async () => {
    for (const signal of SIGNALS) {
      const seen = connections;
      const run = start(scan, { prepare: prepare([RECORDED, stuck]) });
      const status = await endAt(run, () => connections > seen, signal);
      assert.equal(status, STATUS[signal], run.said());
      assert.equal(await runsIn(run), signal === 'SIGKILL' ? 1 : 2);
      if (signal !== 'SIGKILL') assert.deepEqual(outcomes(run), { a: undefined, stuck: 'interrupted' });
    }
  });

  for (const moment of ['it is opened', 'it is written to'])
    test(`while somebody else holds the history that ${moment}`, async () => {
      for (const signal of SIGNALS) {
        const seen = connections;
        const run = start(scan, { prepare: prepare(moment === 'it is opened' ? [RECORDED] : [RECORDED, stuck]) });
        const holder = sqliteOf()?.(join(run.folder, 'history.db'));
        try {
          if (moment === 'it is opened') {
            holder?.prepare('begin exclusive').run([]);
            await endAt(run, () => run.hasStarted('recorder-child'), signal);
          } else {
            await until(
              () => connections > seen || run.hasEnded(),
              () => run.said(),
            );
            holder?.prepare('begin exclusive').run([]);
            // The first ends the asking, and the history is waited for; the second ends that.
            // But for a terminal that is closed then.
            run.child.kill('SIGTERM');
            const isHeard = (): boolean => run.said().includes('writing what is known');
            if (signal === 'SIGHUP') {
              await until(isHeard, () => run.said());
              holder?.prepare('rollback').run([]);
            }
            await endAt(run, isHeard, signal);
          }
        } finally {
          holder?.close();
        }
        assert.equal(await runsIn(run), moment === 'it is written to' && signal === 'SIGHUP' ? 2 : 1);
      }
    });
});

describe("the demo's fleet goes with the demo", () => {
  const MOMENTS: Readonly<Record<string, (run: Run) => boolean>> = {
    'as soon as it is there': (run) => run.hasStarted('demo-fleet'),
    'when its key is there and nobody has been asked': (run) => existsSync(join(run.folder, 'fleet', 'known_hosts')),
    'while it is asked': (run) => run.said().includes('are scanned'),
  };
  for (const [moment, at] of Object.entries(MOMENTS))
    test(moment, async () => {
      for (const signal of SIGNALS) {
        const run = start(['demo', '--folder', 'fleet']);
        const status = await endAt(run, () => at(run), signal);
        assert.ok(status === null || status === STATUS[signal], `${status}: ${run.said()}`);
        assert.doesNotMatch(run.said(), /a bug of/u);
        const left = existsSync(join(run.folder, 'fleet')) ? readdirSync(join(run.folder, 'fleet')) : [];
        assert.deepEqual(
          left.filter((name) => name === 'audit_key' || name.endsWith('.tmp')),
          [],
          signal,
        );
      }
    });
});
