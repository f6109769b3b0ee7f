/** Hosts that say what they say at odd moments, while a shell is kept or should not be. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ClientChannel, ServerChannel } from 'ssh2';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { startSimulatedHost } from '../../../src/demo/simulated-fleet.js';
import type { RunOutcome } from '../../../src/model/outcome.js';
import { overLine } from '../../../src/probe/shell.js';
import { readProperty } from '../../../src/transports/error-detail.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { createIdentities } from '../../../src/transports/keys/identities.js';
import { execAtOnce } from '../../../src/transports/ssh2/exec-at-once.js';
import { scriptInput } from '../../../src/transports/ssh2/script-input.js';
import { createSsh2Transport } from '../../../src/transports/ssh2/transport.js';
import type { RunLimits } from '../../../src/transports/transport.js';
import { hostAt } from '../../support/hosts.js';
import { plainLogin } from '../../support/plain-login.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';

const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
const home = scratch();
writeFileSync(join(home, 'key'), key.private, { mode: 0o600 });
writeFileSync(join(home, 'known_hosts'), `* ${hostKey.public}\n`);
after(() => rmSync(home, { recursive: true }));

const LIMITS: RunLimits = { timeoutMs: within(20_000), maxBytes: 1_000_000 };
const OVER = overLine('0123456789abcdef'.repeat(2));
const READING_ON: RunLimits = { ...LIMITS, over: OVER };

/** A shell that answers the next script with `two` and ends. */
function second(channel: ServerChannel): void {
  channel.on('data', () => {
    channel.write('two\n');
    channel.exit(0);
    channel.end();
  });
}

/**
 * Runs scripts on a host whose shells do as they are told.
 *
 * @param serve what each channel does, counted from 1
 * @param asked before a channel is given
 */
async function runAll(
  serve: (channel: ServerChannel, number: number) => void,
  limits: readonly RunLimits[],
  asked: (number: number) => void = () => undefined,
): Promise<{ readonly said: readonly unknown[]; readonly channels: number }> {
  let channels = 0;
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: () => 'silence',
    // What serves it listens as soon as this returns.
    onConnection: (connection) =>
      setImmediate(() => {
        connection.removeAllListeners('session');
        connection.on('session', (accept) => {
          channels += 1;
          const number = channels;
          asked(number);
          accept().on('exec', (acceptExec) => {
            const channel = acceptExec();
            channel.on('error', () => undefined);
            serve(channel, number);
          });
        });
      }),
  });
  const hostKeys = loadHostKeyPolicy(`file:${join(home, 'known_hosts')}`).value;
  assert.ok(hostKeys);
  const transport = createSsh2Transport({
    hostKeys,
    identities: createIdentities({ home }),
    connectTimeoutMs: within(10_000),
    authTimeoutMs: within(10_000),
  });
  try {
    const opened = await transport.open(
      hostAt(host.port, { identityFiles: [join(home, 'key')], user: 'audit' }),
      AbortSignal.timeout(within(60_000)),
    );
    assert.ok(opened.ok);
    const said: RunOutcome[] = [];
    for (const limit of limits) said.push(await opened.session.run(['a script\n'], limit));
    await opened.session.close();
    return {
      said: said.map((ran) => [ran.ended, 'status' in ran && ran.status, Buffer.from(ran.stdout).toString()]),
      channels,
    };
  } finally {
    await host.close();
  }
}

function windowOf(channel: ClientChannel): unknown {
  return readProperty(readProperty(channel, 'outgoing'), 'window');
}

const TWO = ['exited', 0, 'two\n'];

test('what a channel says that is left behind is none of the next script, nor is its end', async () => {
  let first: ServerChannel | undefined;
  const { said, channels } = await runAll(
    (channel, number) => {
      if (number > 1) {
        second(channel);
        return;
      }
      first = channel;
      channel.on('data', () => {
        channel.write('one\n');
        channel.exit(3);
      });
    },
    [READING_ON, LIMITS],
    (number) => {
      if (number === 1) return;
      first?.write('late\n');
      first?.end();
    },
  );
  assert.deepEqual([said, channels], [[['exited', 3, 'one\n'], TWO], 2]);
});

test('a kept shell that dies before it says a word is replaced, also where something holds its channel open', async () => {
  for (const dies of [
    (channel: ServerChannel) => channel.exit('KILL'),
    (channel: ServerChannel) => channel.end(),
    (channel: ServerChannel) => {
      channel.stderr.write('killed\n');
      channel.exit(137);
    },
  ]) {
    let scripts = 0;
    const { said, channels } = await runAll(
      (channel, number) => {
        if (number > 1) second(channel);
        else
          channel.on('data', () => {
            scripts += 1;
            if (scripts === 1) channel.write(`one\n${OVER}\n`);
            else dies(channel);
          });
      },
      [READING_ON, LIMITS],
    );
    assert.deepEqual([said, channels], [[['exited', 0, `one\n${OVER}\n`], TWO], 2]);
  }
});

test('a shell whose exit status came before its last line is not kept, and that is its status', async () => {
  const { said, channels } = await runAll(
    (channel, number) => {
      if (number > 1) second(channel);
      else
        channel.on('data', () => {
          channel.exit(5);
          channel.write(`one\n${OVER}\n`);
        });
    },
    [READING_ON, LIMITS],
  );
  assert.deepEqual([said, channels], [[['exited', 5, `one\n${OVER}\n`], TWO], 2]);
});

test('a shell that goes on speaking is kept however long it takes, and one that is silent is told that this is all', async () => {
  for (const [everyMs, kept] of [
    [500, true],
    [60_000, false],
  ] as const) {
    let isEnded = false;
    const { said, channels } = await runAll(
      (channel, number) => {
        if (number > 1) {
          second(channel);
          return;
        }
        let words = 0;
        channel.once('data', () => {
          const speaking = setInterval(() => {
            words += 1;
            channel.write('word\n');
            if (words < 6) return;
            clearInterval(speaking);
            channel.write(`${OVER}\n`);
            second(channel);
          }, everyMs);
          channel.on('end', () => {
            if (words === 6) return;
            isEnded = true;
            clearInterval(speaking);
            channel.write(`${OVER}\n`);
            channel.exit(0);
            channel.end();
          });
        });
      },
      [READING_ON, LIMITS],
    );
    assert.deepEqual(
      [said, channels, isEnded],
      [[['exited', 0, `${kept ? 'word\n'.repeat(6) : ''}${OVER}\n`], TWO], kept ? 1 : 2, !kept],
    );
  }
});

test('ssh2 is told how much less the host takes when a script went ahead of its channel', async () => {
  const windows: unknown[] = [];
  for (const isFirst of [true, false]) {
    const { client, end } = await plainLogin({ respond: () => 'silence' });
    for (const bytes of [0, 30_000])
      windows.push(
        await new Promise((resolve, reject) => {
          const input = scriptInput(['x'.repeat(bytes)]);
          execAtOnce(
            client,
            { command: 'sh', input, isAll: false, isFirst: isFirst && bytes === 0 },
            (error, channel, isSent) => {
              if (error === undefined) resolve([isSent, windowOf(channel)]);
              else reject(error);
            },
          );
        }),
      );
    await end();
  }
  const all = 2 * 1024 * 1024;
  assert.deepEqual(windows, [
    [true, all],
    [true, all - 30_000],
    [true, all],
    [true, all - 30_000],
  ]);
});
