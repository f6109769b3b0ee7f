import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Connection, ServerChannel } from 'ssh2';
import type { ConnectFailureCode, RunOutcome } from '../../../src/model/outcome.js';
import { createIdentities } from '../../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { createSsh2Transport } from '../../../src/transports/ssh2/transport.js';
import type { RunLimits, Transport } from '../../../src/transports/transport.js';
import { hostAt } from '../../support/hosts.js';
import {
  sendRaw,
  startMeddler,
  startProxy,
  startTcp,
  type Meddling,
  type Running,
  type Stage,
} from '../../support/misbehaving.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';

const hostKey = makeKeyPair();
const userKey = makeKeyPair();
const CONNECT_MS = within(1500);
const AUTH_MS = within(1000);
const RUN: RunLimits = { timeoutMs: within(1000), maxBytes: 1024 * 1024 };
/** More than all deadlines together; nothing may last longer. */
const AT_MOST_MS = within(6000);
/** The tests wait for deadlines most of the time. */
const TOGETHER = { concurrency: 8 };

const home = scratch();
const keyFile = join(home, 'key');
const knownHosts = join(home, 'known_hosts');
writeFileSync(keyFile, userKey.private, { mode: 0o600 });
writeFileSync(knownHosts, `* ${hostKey.public}\n`);
after(() => rmSync(home, { recursive: true }));

const escaped: unknown[] = [];
before(() => {
  process.on('uncaughtException', (error) => escaped.push(error));
  process.on('unhandledRejection', (error) => escaped.push(error));
});

function transport(connectTimeoutMs = CONNECT_MS, authTimeoutMs = AUTH_MS): Transport {
  const hostKeys = loadHostKeyPolicy(`file:${knownHosts}`).value;
  assert.ok(hostKeys);
  return createSsh2Transport({ hostKeys, identities: createIdentities({ home }), connectTimeoutMs, authTimeoutMs });
}

interface Seen {
  readonly code?: ConnectFailureCode;
  readonly detail?: string;
  readonly outcome?: RunOutcome;
}

/** Opens and runs; checks that all of it is bounded, that no socket is left and that nothing was thrown past us. */
async function meet(
  server: Running,
  limits: RunLimits = RUN,
  signal = AbortSignal.timeout(within(10_000)),
  used = transport(),
): Promise<Seen> {
  const started = performance.now();
  try {
    const opened = await used.open(hostAt(server.port, { identityFiles: [keyFile], user: 'audit' }), signal);
    if (!opened.ok) return { code: opened.failure.code, detail: opened.failure.detail };
    const outcome = await opened.session.run(['echo hello\n'], limits);
    await opened.session.close();
    return { outcome };
  } finally {
    const took = performance.now() - started;
    for (let waits = 0; server.open() > 0 && waits < 100; waits++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const left = server.open();
    await server.stop();
    assert.ok(took < AT_MOST_MS, `it took ${took} ms`);
    assert.equal(left, 0, 'a socket was left open');
    assert.deepEqual(escaped, []);
  }
}
function out({ outcome }: Seen): string {
  return Buffer.from(outcome?.stdout ?? []).toString('latin1');
}

const BANNER = 'SSH-2.0-Broken\r\n';

describe('no SSH server at all', TOGETHER, () => {
  const cases: readonly (readonly [what: string, serve: (socket: Socket) => void, code: ConnectFailureCode])[] = [
    ['says nothing', () => undefined, 'connect-timed-out'],
    ['closes at once', (socket) => socket.end(), 'disconnected'],
    ['resets at once', (socket) => socket.resetAndDestroy(), 'disconnected'],
    ['speaks HTTP', (socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'), 'disconnected'],
    [
      'sends garbage without end',
      (socket) => {
        const timer = setInterval(() => socket.write(randomBytes(2000)), 5);
        socket.on('close', () => clearInterval(timer));
      },
      'handshake-failed',
    ],
    [
      'sends lines before a banner without end',
      (socket) => {
        const timer = setInterval(() => socket.write('Welcome\r\n'), 5);
        socket.on('close', () => clearInterval(timer));
      },
      'connect-timed-out',
    ],
    ['speaks SSH 1', (socket) => socket.write('SSH-1.5-Old\r\n'), 'handshake-failed'],
    ['stalls after its banner', (socket) => socket.write(BANNER), 'connect-timed-out'],
    ['closes after its banner', (socket) => socket.end(BANNER), 'disconnected'],
    [
      'sends garbage after its banner',
      (socket) => socket.write(Buffer.concat([Buffer.from(BANNER), Buffer.alloc(5000, 0xff)])),
      'handshake-failed',
    ],
  ];
  for (const [what, serve, code] of cases)
    test(what, async () => {
      const seen = await meet(await startTcp(serve));
      assert.equal(seen.code, code, seen.detail);
      assert.match(seen.detail ?? '', /127\.0\.0\.1/u);
    });

  test('nobody listens', async () => {
    const server = await startTcp(() => undefined);
    await server.stop();
    const opened = await transport().open(
      hostAt(server.port, { identityFiles: [keyFile] }),
      AbortSignal.timeout(within(5000)),
    );
    assert.equal(!opened.ok && opened.failure.code, 'refused');
  });

  test('the name does not resolve', async () => {
    const opened = await transport().open(
      hostAt(22, { identityFiles: [keyFile], address: 'no-such-host.invalid' }),
      AbortSignal.timeout(within(5000)),
    );
    assert.ok(!opened.ok && ['name-not-resolved', 'host-timed-out'].includes(opened.failure.code));
  });
});

function drop(connection: Connection): void {
  connection.end();
}
function socketOf(connection: Connection): Socket {
  const socket: Socket = Reflect.get(connection, '_sock');
  return socket;
}
function reset(connection: Connection): void {
  socketOf(connection).resetAndDestroy();
}

function stall(): void {
  return undefined;
}
function failing(at: Stage, how: (connection: Connection) => void): Meddling {
  return {
    at: (stage, connection) => {
      if (stage === at) how(connection);
      return stage === at;
    },
  };
}

describe('an SSH server that goes wrong at a stage', TOGETHER, () => {
  const before: readonly (readonly [what: string, meddling: Meddling, code: ConnectFailureCode])[] = [
    ['stalls at authentication', failing('authentication', stall), 'authentication-timed-out'],
    ['closes at authentication', failing('authentication', drop), 'disconnected'],
    ['resets at authentication', failing('authentication', reset), 'disconnected'],
  ];
  for (const [what, meddling, code] of before)
    test(what, async () => {
      const seen = await meet(await startMeddler(hostKey.private, meddling));
      assert.equal(seen.code, code, seen.detail);
    });

  const later: readonly (readonly [what: string, meddling: Meddling, ended: RunOutcome['ended']])[] = (
    ['session', 'exec', 'script'] as const
  ).flatMap((stage) => [
    [`stalls at ${stage}`, failing(stage, stall), 'timed-out'] as const,
    [`closes at ${stage}`, failing(stage, drop), 'disconnected'] as const,
    [`resets at ${stage}`, failing(stage, reset), 'disconnected'] as const,
  ]);
  for (const [what, meddling, ended] of later)
    test(what, async () => {
      const seen = await meet(await startMeddler(hostKey.private, meddling));
      assert.equal(seen.outcome?.ended, ended, JSON.stringify(seen));
    });
});

describe('an SSH server that answers strangely', TOGETHER, () => {
  const big = Buffer.alloc(10 * 1024 * 1024, 'x');
  const nasty = '\u001b]0;title\u0007\u001b[2J=cmd|calc\r\n\u0000\u202e';
  type Expected = Partial<{ ended: RunOutcome['ended']; status: number | undefined; stdout: string; length: number }>;
  const cases: readonly (readonly [
    what: string,
    answer: (channel: ServerChannel, connection: Connection) => void,
    expected: Expected,
  ])[] = [
    ['exit status without output', (c) => (c.exit(7), c.end()), { ended: 'exited', status: 7, stdout: '' }],
    ['exit status, and the channel stays open', (c) => c.exit(7), { ended: 'exited', status: 7, stdout: '' }],
    ['output without exit status', (c) => c.end('hello'), { ended: 'exited', status: undefined, stdout: 'hello' }],
    [
      'output after the exit status',
      (c) => (c.exit(0), setTimeout(() => c.end('late'), 50)),
      { ended: 'exited', status: 0, stdout: 'late' },
    ],
    ['two exit statuses', (c) => (c.exit(1), c.exit(2), c.end('x')), { ended: 'exited', status: 1, stdout: 'x' }],
    ['a signal', (c) => (c.exit('KILL', false, nasty), c.end()), { ended: 'exited', status: undefined, stdout: '' }],
    [
      '10 MiB of output',
      (c) => (c.write(big), c.exit(0), c.end()),
      { ended: 'output-too-large', length: RUN.maxBytes },
    ],
    ['10 MiB of errors', (c) => (c.stderr.write(big), c.exit(0), c.end()), { ended: 'output-too-large', length: 0 }],
    [
      'output, then a reset',
      (c, s) => (c.write('partial'), setTimeout(() => reset(s), 100)),
      { ended: 'disconnected', stdout: 'partial' },
    ],
    [
      'output, then a close',
      (c, s) => (c.write('partial'), setTimeout(() => drop(s), 100)),
      { ended: 'disconnected', stdout: 'partial' },
    ],
    ['output, then nothing', (c) => c.write('partial'), { ended: 'timed-out', stdout: 'partial' }],
    [
      'terminal escapes',
      (c) => (c.exit(0), c.end(nasty)),
      { ended: 'exited', stdout: Buffer.from(nasty).toString('latin1') },
    ],
  ];
  for (const [what, answer, expected] of cases)
    test(what, async () => {
      const seen = await meet(await startMeddler(hostKey.private, { answer }), { ...RUN, timeoutMs: within(2000) });
      assert.ok(seen.outcome, JSON.stringify(seen));
      assert.equal(seen.outcome.ended, expected.ended);
      if ('status' in expected && seen.outcome.ended === 'exited') assert.equal(seen.outcome.status, expected.status);
      if (expected.stdout !== undefined) assert.equal(out(seen), expected.stdout);
      if (expected.length !== undefined) assert.equal(seen.outcome.stdout.length, expected.length);
    });

  test('a disconnect message full of escapes becomes one clean line', async () => {
    const server = await startMeddler(hostKey.private, {
      at: (stage, connection) => {
        if (stage !== 'authentication') return false;
        const message = Buffer.from(nasty);
        const packet = Buffer.alloc(1 + 4 + 4 + message.length + 4);
        packet[0] = 1;
        packet.writeUInt32BE(2, 1);
        packet.writeUInt32BE(message.length, 5);
        message.copy(packet, 9);
        sendRaw(connection, packet);
        return true;
      },
    });
    const seen = await meet(server);
    assert.equal(seen.code, 'disconnected', seen.detail);
    assert.doesNotMatch(seen.detail ?? '', /\p{Cc}|\u202e/u);
    assert.match(seen.detail ?? '', /title/u);
  });
});

describe('deadlines and interruption', TOGETHER, () => {
  test('the deadline of the host ends a run and keeps what was said', async () => {
    const server = await startMeddler(hostKey.private, { answer: (channel) => channel.write('partial') });
    const seen = await meet(server, { timeoutMs: 60_000, maxBytes: 1000 }, AbortSignal.timeout(within(1000)));
    assert.deepEqual([seen.outcome?.ended, out(seen)], ['timed-out', 'partial']);
  });
  test('the deadline of the host ends a connection attempt', async () => {
    const seen = await meet(await startTcp(() => undefined), RUN, AbortSignal.timeout(within(100)));
    assert.equal(seen.code, 'host-timed-out');
  });
  test('an interruption is told from a deadline', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    assert.equal((await meet(await startTcp(() => undefined), RUN, controller.signal)).code, 'interrupted');
  });
  test('a signal that has aborted already contacts nobody', async () => {
    let contacts = 0;
    const seen = await meet(await startTcp(() => contacts++), RUN, AbortSignal.abort());
    assert.deepEqual([seen.code, contacts], ['interrupted', 0]);
  });
});

describe('bytes that go wrong on the way', () => {
  test('flipped, cut or inserted anywhere: one outcome, in time, and never a value that was not sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(4000),
        fc.constantFrom('flip', 'cut', 'insert', 'reset'),
        fc.nat(255),
        async (where, how, value) => {
          const server = await startMeddler(hostKey.private, {
            answer: (channel) => (channel.exit(0), channel.end('the truth')),
          });
          const proxy = await startProxy(server.port, (client, upstream) => {
            let passed = 0;
            upstream.on('data', (chunk) => {
              const index = where - passed;
              passed += chunk.length;
              const isHere = index >= 0 && index < chunk.length;
              if (isHere && how === 'flip') chunk[index] = (chunk[index] ?? 0) ^ (value || 1);
              const inserted = isHere && how === 'insert' ? Buffer.alloc(1 + value, value) : Buffer.alloc(0);
              const stops = isHere && (how === 'cut' || how === 'reset');
              client.write(
                Buffer.concat([
                  chunk.subarray(0, isHere ? index : 0),
                  inserted,
                  stops ? Buffer.alloc(0) : chunk.subarray(isHere ? index : 0),
                ]),
              );
              if (stops && how === 'reset') client.resetAndDestroy();
              else if (stops) client.end();
            });
          });
          const seen = await meet(
            proxy,
            { timeoutMs: within(150), maxBytes: 1000 },
            AbortSignal.timeout(within(10_000)),
            transport(within(150), within(150)),
          );
          await server.stop();
          if (seen.outcome !== undefined) assert.ok('the truth'.startsWith(out(seen)));
          else assert.ok(seen.code !== undefined && seen.code !== 'internal', seen.detail);
        },
      ),
      { numRuns: Number(process.env['KERNWARD_FUZZ'] ?? 25) },
    );
  });

  test('a healthy host waits for none of many broken ones', async () => {
    const silent = await startTcp(() => undefined);
    const forLong = within(60_000);
    const over = new AbortController();
    const healthy = await startMeddler(hostKey.private, { answer: (channel) => (channel.exit(0), channel.end('ok')) });
    const used = transport(forLong, forLong);
    let settled = 0;
    const broken = Array.from({ length: 50 }, () =>
      used.open(hostAt(silent.port, { identityFiles: [keyFile] }), over.signal).finally(() => (settled += 1)),
    );
    const opened = await used.open(
      hostAt(healthy.port, { identityFiles: [keyFile] }),
      AbortSignal.timeout(within(5000)),
    );
    assert.ok(opened.ok);
    await opened.session.run(['true'], RUN);
    assert.equal(settled, 0, 'it had to wait for a broken one');
    await opened.session.close();
    over.abort();
    for (const each of await Promise.all(broken)) assert.equal(!each.ok && each.failure.code, 'interrupted');
    await Promise.all([silent.stop(), healthy.stop()]);
  });
});

test('nothing was thrown past the transport', () => {
  assert.deepEqual(escaped, []);
});
