/** What comes over sockets that read into one piece of memory: all of it, to each his own, and nothing that is overwritten afterwards. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { dial } from '../../../src/transports/connect/dial.js';

/** A server, and sockets that are connected to it; all of them are gone when the test ends. */
async function listen(t: TestContext, serve: (socket: Socket) => void): Promise<() => Promise<Socket>> {
  const open: Socket[] = [];
  const server = createServer((socket) => {
    open.push(socket.on('error', () => undefined));
    serve(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return async () => {
    const connected = await dial(['127.0.0.1'], address.port, 10_000, new AbortController().signal);
    assert(connected.ok);
    open.push(connected.socket);
    return connected.socket;
  };
}

async function say(socket: Socket, text: string): Promise<void> {
  socket.write(text);
  await once(socket, 'data');
}

test('each of many sockets gets its own bytes, whole and in order, and they stay as they came', async (t) => {
  // Longer than a read may be, and lengths at which a piece comes out of Node's pool or stands alone.
  const lengths = [1, 2, 300, 4095, 4096, 70_000, 300_000];
  let next = 0;
  const connect = await listen(t, (socket) => {
    const byte = next++;
    for (const length of lengths) socket.write(Buffer.alloc(length, byte));
    socket.end();
  });
  const kept = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = await connect();
      const pieces: Buffer[] = [];
      socket.on('data', (piece: Buffer) => pieces.push(piece));
      await once(socket, 'end');
      return { pieces, read: socket.bytesRead };
    }),
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const seen = kept.map(({ pieces, read }) => {
    const all = Buffer.concat(pieces);
    assert.equal(all.length, total);
    assert.equal(read, total);
    const [first = -1] = all;
    assert.ok(all.equals(Buffer.alloc(total, first)), `bytes of another socket beside those of ${first}`);
    return first;
  });
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index),
  );
});

test('a socket that is paused hands nothing on, and goes on where it was', async (t) => {
  const connect = await listen(t, (socket) => {
    socket.on('data', (said) => socket.write(said));
  });
  const [paused, other] = [await connect(), await connect()];
  const heard: string[] = [];
  paused.on('data', (piece: Buffer) => {
    heard.push(piece.toString());
    paused.pause();
  });
  await say(paused, 'first');
  paused.write('second');
  // The same server has answered the paused one long before it answers these.
  for (let turn = 0; turn < 5; turn++) await say(other, 'other');
  assert.deepEqual(heard, ['first']);
  paused.resume();
  await once(paused, 'data');
  assert.deepEqual(heard, ['first', 'second']);
});

test('the end of a connection is heard once, behind its last bytes', async (t) => {
  const connect = await listen(t, (socket) => socket.end('all of it'));
  const socket = await connect();
  const heard: string[] = [];
  socket.on('data', (piece: Buffer) => heard.push(piece.toString()));
  socket.on('end', () => heard.push('end'));
  socket.on('close', () => heard.push('close'));
  await once(socket, 'close');
  assert.deepEqual(heard, ['all of it', 'end', 'close']);
});
