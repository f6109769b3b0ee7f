import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { dial } from '../../../src/transports/connect/dial.js';
import {
  declineGlobalRequests,
  logInAtOnce,
  muteChannel,
  readInTurns,
} from '../../../src/transports/ssh2/internals.js';
import { READING_TURNS } from '../../../src/transports/ssh2/reading-turns.js';
import { plainLogin } from '../../support/plain-login.js';
import { within } from '../../support/within.js';

test('the next address is tried when one refuses', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const dialled = await dial(['127.0.0.2', '127.0.0.1'], port, 2000, AbortSignal.timeout(within(5000)));
  assert.ok(dialled.ok);
  dialled.socket.destroy();
  const refused = await dial(['127.0.0.2', '127.0.0.3'], port, 2000, AbortSignal.timeout(within(5000)));
  assert.equal(!refused.ok && refused.failure.code, 'refused');
  await new Promise((closed) => server.close(closed));
});

test('what is used of the inside of ssh2 is still there in the version that is pinned', async () => {
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  client.connect({ host: '127.0.0.1', port: 1, username: 'nobody', readyTimeout: 0 });
  assert.equal(declineGlobalRequests(client), true);
  assert.equal(logInAtOnce(client), true);
  assert.equal(readInTurns(client, new PassThrough(), READING_TURNS), true);
  await new Promise<void>((closed) => client.on('close', () => closed()));
});

test('a muted channel writes nothing, although its connection is gone', async () => {
  const { client, end } = await plainLogin({ respond: () => 'silence' });
  const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
    client.exec('sh', (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  assert.equal(muteChannel(channel), true);
  client.destroy();
  await new Promise<void>((closed) => client.on('close', () => closed()));
  assert.doesNotThrow(() => channel.end('nothing may be written'));
  await end();
});
