import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { parseAsWritten } from '../../src/report/parse-json.js';
import { startKernward, type Ended } from '../support/kernward.js';
import { nothingLeft } from '../support/left-over.js';
import { until } from '../support/until.js';
import { startMeddler, startTcp } from '../support/misbehaving.js';
import { recordedAnswer } from '../support/recorded-answer.js';
import { scratch } from '../support/scratch.js';
import { type KeyPair, makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE', 'SIGKILL'] as const;
type Signal = (typeof SIGNALS)[number];
/** What ends a run at each moment by itself. After SIGKILL nothing waits any more, whatever was waited for. */
const ALONE = ['SIGTERM'] as const;
const EARLY_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const;

/** How a run that is under way ends; nobody can catch SIGKILL, and SIGPIPE ends nothing: SIGTERM comes after it. */
const STATUS: Readonly<Record<Signal, number | null>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 143,
  SIGPIPE: 143,
  SIGKILL: null,
};

const PATIENT =
  '--host-keys file:known_hosts --retries 0 --connect-timeout 300 --auth-timeout 300 --probe-timeout 300 --host-timeout 600 -q -o json:report.json'.split(
    ' ',
  );

function startWith({ publicKey }: KeyPair, config: readonly string[] = []): Promise<Sshd> {
  return startSshd({ authorizedKeys: [publicKey], hostKeyTypes: ['ed25519'], config });
}

function lines(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

interface Moment {
  /** Lines of the inventory for the host that keeps the run waiting. */
  readonly stuck?: string;
  readonly config?: string;
  readonly inventory?: string;
  /** How often the moment has come so far. */
  readonly seen: () => number;
  readonly stop?: () => Promise<void>;
  /** No host has been asked yet: there is no report. */
  readonly isEarly?: boolean;
}

describe('however a run ends, nothing of it is left', needsSshd(), () => {
  const folder = scratch();
  const key = makeKey(join(folder, 'key'));
  let gate: Sshd;
  let good: Sshd;
  let runs = 0;

  before(async () => {
    [gate, good] = await Promise.all([startWith(key), startWith(key, [`ForceCommand ${recordedAnswer(folder)}`])]);
  });
  after(async () => {
    await gate.stop();
    await good.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const known: string[] = [];
  const script = (name: string, body: string): string => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return file;
  };
  const over = (isBehind: boolean): string => (isBehind ? `, proxyJump: "${gate.user}@127.0.0.1:${gate.port}"` : '');

  const silent = async (isBehind: boolean): Promise<Moment> => {
    let seen = 0;
    const server = await startTcp(() => (seen += 1));
    return { stuck: `address: 127.0.0.1, port: ${server.port}${over(isBehind)}`, seen: () => seen, stop: server.stop };
  };
  const silentGate = async (): Promise<Moment> => {
    let seen = 0;
    const server = await startTcp(() => (seen += 1));
    return {
      stuck: `address: 127.0.0.1, port: 9, proxyJump: "${gate.user}@127.0.0.1:${server.port}"`,
      seen: () => seen,
      stop: server.stop,
    };
  };
  const authenticating = async (isBehind: boolean): Promise<Moment> => {
    let seen = 0;
    const keys = makeKeyPair();
    const server = await startMeddler(keys.private, {
      at: () => {
        seen += 1;
        return true;
      },
    });
    known.push(`[127.0.0.1]:${server.port} ${keys.public}\n`);
    return { stuck: `address: 127.0.0.1, port: ${server.port}${over(isBehind)}`, seen: () => seen, stop: server.stop };
  };
  const probing = async (name: string, isBehind: boolean): Promise<Moment> => {
    const log = join(folder, `${name}.log`);
    // Ends as soon as nobody reads what it says.
    const forced = script(name, `echo >>${log}\nwhile echo waiting; do sleep 0.2; done`);
    const server = await startWith(key, [`ForceCommand ${forced}`]);
    known.push(server.knownHosts());
    return {
      stuck: `address: 127.0.0.1, port: ${server.port}${over(isBehind)}`,
      seen: () => lines(log),
      stop: server.stop,
    };
  };
  const waiting = (name: string): { readonly file: string; readonly seen: () => number } => {
    const log = join(folder, `${name}.log`);
    return { file: script(name, `echo >>${log}\nsleep 1000 & sleep 1000`), seen: () => lines(log) };
  };
  const proxying = (name: string): Moment => {
    const { file, seen } = waiting(name);
    return { stuck: `address: 127.0.0.1, port: 9, proxyCommand: ${file}`, seen };
  };

  const MOMENTS: Readonly<Record<string, (transport: string) => Moment | Promise<Moment>>> = {
    'the key exchange': () => silent(false),
    'the key exchange behind a jump host': () => silent(true),
    'the key exchange of a jump host': silentGate,
    authentication: () => authenticating(false),
    'authentication behind a jump host': () => authenticating(true),
    'the probe': (transport) => probing(`probe-${transport}`, false),
    'the probe behind a jump host': (transport) => probing(`probe-behind-${transport}`, true),
    'a proxy program': (transport) => proxying(`proxy-${transport}`),
    'an executable inventory': (transport) => {
      const { file, seen } = waiting(`inventory-${transport}`);
      return { inventory: file, seen, isEarly: true };
    },
    'a Match exec of ssh_config': (transport) => {
      const { file, seen } = waiting(`match-${transport}`);
      return { config: `Match exec ${file}\n  Compression yes\n`, seen, isEarly: true };
    },
  };

  const answered = (): number => good.log().match(/^Disconnected from user/gmu)?.length ?? 0;

  /** Ends a run at the moment at which all of these have come, each at a host of its own. */
  const end = async (signal: Signal, transport: string, moments: readonly Moment[]): Promise<void> => {
    const run = join(folder, `run${runs++}`);
    const temporary = join(run, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const [{ config = '', inventory = 'inventory.yaml', isEarly = false } = {}] = moments;
    const stuck = moments.map((each, index) => ({
      name: `stuck${index}`,
      at: each.stuck ?? 'address: 127.0.0.1, port: 9',
    }));
    const isBehind = stuck.every(({ at }) => at.includes('proxyJump'));
    writeFileSync(join(run, 'known_hosts'), [gate.knownHosts(), good.knownHosts(), ...known].join(''));
    writeFileSync(
      join(run, 'ssh_config'),
      `${config}Host *\n  IdentityFile ${key.file}\n  IdentitiesOnly yes\n  User ${gate.user}\n`,
    );
    writeFileSync(
      join(run, 'inventory.yaml'),
      `defaults: { user: ${good.user}, identityFile: ${key.file}, transport: ${transport} }\nhosts:\n` +
        `  - { name: good, address: 127.0.0.1, port: ${good.port}${over(isBehind)} }\n` +
        stuck.map(({ name, at }) => `  - { name: ${name}, ${at} }\n`).join(''),
    );
    const before = moments.map(({ seen }) => seen());
    const answeredBefore = answered();
    // One after the other: the good one has answered when the next is asked.
    const forks = stuck.length === 1 ? '1' : '20';
    const { child, ended } = startKernward(
      run,
      ['scan', '-i', inventory, '-F', 'ssh_config', '--forks', forks, ...PATIENT],
      { TMPDIR: temporary },
    );
    const early: { ended?: Ended } = {};
    void ended.then((how) => (early.ended = how));
    await until(
      () =>
        (moments.every(({ seen }, index) => seen() > (before[index] ?? 0)) &&
          (stuck.length === 1 || answered() > answeredBefore)) ||
        early.ended !== undefined,
      () => 'the moment did not come',
    );
    assert.equal(early.ended, undefined, `it ended by itself: ${JSON.stringify(early.ended)}`);
    child.kill(signal);
    if (signal === 'SIGPIPE') child.kill('SIGTERM');
    const { status, stderr } = await ended;
    // Before there is anything to be told, a signal may end it as it ends any program.
    if (!isEarly || status !== null) assert.equal(status, STATUS[signal], stderr);
    await nothingLeft(temporary, signal);
    assert.deepEqual(
      readdirSync(run).filter((name) => name.endsWith('.tmp')),
      [],
    );
    if (isEarly || signal === 'SIGKILL') {
      assert.equal(existsSync(join(run, 'report.json')), false);
      return;
    }
    const { value: report } = parseAsWritten(readFileSync(join(run, 'report.json'), 'utf8'), 'report.json');
    assert.deepEqual(
      [...(report?.hosts ?? [])].map(({ host, failure }) => [host, failure?.code]),
      [['good', undefined], ...stuck.map(({ name }) => [name, 'interrupted'])],
      stderr,
    );
  };

  // Each by itself, since what waits is what keeps a run from its end; and all that a run can wait for, for each signal.
  for (const transport of ['ssh2', 'openssh'])
    describe(transport, { concurrency: 3 }, () => {
      for (const [name, prepare] of Object.entries(MOMENTS))
        test(`${transport}: ended during ${name}`, async () => {
          const moment = await prepare(transport);
          try {
            for (const signal of moment.isEarly === true ? EARLY_SIGNALS : ALONE)
              await end(signal, transport, [moment]);
          } finally {
            await moment.stop?.();
          }
        });
      for (const signal of SIGNALS)
        test(`${transport}: ended by ${signal} while hosts are at all of these moments`, async () => {
          const prepared = await Promise.all(
            Object.values(MOMENTS).map(async (prepare) => prepare(`${transport}-${signal}`)),
          );
          try {
            await end(
              signal,
              transport,
              prepared.filter(({ isEarly }) => isEarly !== true),
            );
          } finally {
            for (const moment of prepared) await moment.stop?.();
          }
        });
    });

  test('nohup keeps its meaning: the terminal may close', async () => {
    let seen = 0;
    const hangs: (() => void)[] = [];
    const server = await startTcp((socket) => {
      seen += 1;
      hangs.push(() => socket.destroy());
    });
    const args = [
      'collect',
      '-w',
      `127.0.0.1:${server.port}`,
      '--identity',
      key.file,
      '--connect-timeout',
      '300',
      '--retries',
      '0',
    ];
    const child = spawn('nohup', [join(process.cwd(), 'bin', 'kernward.cjs'), ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, KERNWARD_SSH_CONFIG: 'none', SSH_AUTH_SOCK: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const ended = new Promise((resolve) => child.on('close', resolve));
    try {
      await until(
        () => seen > 0,
        () => said,
      );
      child.kill('SIGHUP');
      child.kill('SIGHUP');
      for (const hang of hangs) hang();
      assert.equal(await ended, 3, said);
      assert.match(stdout, /"code":"disconnected"/u);
    } finally {
      child.kill('SIGKILL');
      await server.stop();
    }
  });
});
