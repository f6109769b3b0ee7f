/** Webhooks against a real web server, with and without TLS, in every way in which one can fail. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { post, type PostTo } from '../../src/notify/post.js';
import { makeCertificate, type Certificate } from '../support/certificates.js';
import { scratch } from '../support/scratch.js';
import { startWebServer, type WebServer } from '../support/web-server.js';
import { until } from '../support/until.js';
import { within } from '../support/within.js';

const folder = scratch();
let plain: WebServer;
let secure: WebServer;
let other: WebServer;
let certificate: Certificate;

before(async () => {
  certificate = makeCertificate(folder, 'localhost');
  plain = await startWebServer();
  secure = await startWebServer(certificate);
  other = await startWebServer(makeCertificate(folder, 'elsewhere.example'));
});
after(async () => {
  await Promise.all([plain, secure, other].map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  for (const server of [plain, secure, other]) {
    server.got.length = 0;
    server.answer = (_, response) => void response.end('ok');
  }
});

function to(url: string, more: Partial<PostTo> = {}): PostTo {
  return { url: new URL(url), proxy: undefined, ca: undefined, headers: {}, timeoutMs: within(20_000), ...more };
}
const send = (target: PostTo, signal = new AbortController().signal) => post(target, '{"a":"ü"}\n', signal);
const toPlain = (more: Partial<PostTo> = {}) => to(`http://127.0.0.1:${plain.port}/hook?token=s3cret`, more);
const toSecure = (more: Partial<PostTo> = {}) =>
  to(`https://localhost:${secure.port}/hook`, { ca: certificate.cert, ...more });

test('it posts JSON as it is', async () => {
  await send(toPlain({ headers: { Authorization: 'Bearer t' } }));
  const [got] = plain.got;
  assert.deepEqual([got?.method, got?.path, got?.body], ['POST', '/hook?token=s3cret', '{"a":"ü"}\n']);
  assert.equal(got?.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(got?.headers['authorization'], 'Bearer t');
});

test('an authority of the user is trusted beside those of Node, and for its name alone', async () => {
  await send(toSecure());
  assert.equal(secure.got.length, 1);
  await assert.rejects(send(toSecure({ ca: undefined })), /self-signed certificate/);
  await assert.rejects(
    send(to(`https://localhost:${other.port}/`, { ca: certificate.cert })),
    /self-signed certificate|unable to verify/,
  );
  await assert.rejects(send(to(`https://127.0.0.1:${secure.port}/`, { ca: certificate.cert })), /IP/);
  assert.deepEqual([secure.got.length, other.got.length], [1, 0]);
});

test('the environment cannot switch the check of certificates off', async () => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    await assert.rejects(send(toSecure({ ca: undefined })), /self-signed certificate/);
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});

test('through a proxy, to the end of which TLS reaches', async () => {
  const proxy = new URL(`http://127.0.0.1:${plain.port}`);
  await send(toSecure({ proxy }));
  assert.deepEqual(plain.asked, [`localhost:${secure.port}`]);
  assert.equal(secure.got.length, 1);
  assert.equal(plain.got.length, 0);
  await assert.rejects(send(toSecure({ proxy, ca: undefined })), /self-signed certificate/);
});

test('a proxy that will not', async () => {
  await assert.rejects(
    send(toSecure({ proxy: new URL(`http://127.0.0.1:${secure.port}`) })),
    /^Error: the proxy 127\.0\.0\.1:\d+: /,
  );
});

/** A proxy that says 200, and then does what it is told to; `held` are its connections. */
async function startSilentProxy(then: (socket: Socket) => void) {
  const held = new Set<Socket>();
  const server = createServer((socket) => {
    held.add(socket);
    socket.on('error', () => undefined).on('close', () => held.delete(socket));
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      then(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const close = (): void => {
    for (const socket of held) socket.destroy();
    server.close();
  };
  return { proxy: new URL(`http://127.0.0.1:${address.port}`), held, close };
}

test('a proxy that says nothing after its 200 is given up, and let go', async () => {
  const { proxy, held, close } = await startSilentProxy(() => undefined);
  try {
    await assert.rejects(send(toSecure({ proxy, timeoutMs: 300 })), /did not answer within 0\.3 s/);
    await until(
      () => held.size === 0,
      () => 'a connection to the proxy is held',
    );
  } finally {
    close();
  }
});

test('an interrupt ends the wait for it', async () => {
  const stop = new AbortController();
  const { proxy, held, close } = await startSilentProxy(() => stop.abort());
  try {
    await assert.rejects(send(toSecure({ proxy }), stop.signal), /the run was interrupted meanwhile/);
    await until(
      () => held.size === 0,
      () => 'a connection to the proxy is held',
    );
  } finally {
    close();
  }
});

test('a proxy that hangs up after its 200', async () => {
  for (const then of [(socket: Socket) => socket.end(), (socket: Socket) => socket.destroy()]) {
    const { proxy, close } = await startSilentProxy((socket) => void setImmediate(then, socket));
    try {
      await assert.rejects(send(toSecure({ proxy })), /disconnected|ECONNRESET|closed/);
    } finally {
      close();
    }
  }
});

test('a redirect is not followed', async () => {
  plain.answer = (_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${plain.port}/elsewhere` });
    response.end();
  };
  await assert.rejects(send(toPlain()), /answered 307: no redirect is followed/);
  assert.deepEqual(
    plain.got.map(({ path }) => path),
    ['/hook?token=s3cret'],
  );
});

test('what a server says when it refuses is told in one line', async () => {
  plain.answer = (_, response) => {
    response.writeHead(500);
    response.end(`no\u001b[2J\nsuch channel ${'x'.repeat(1_000_000)}`);
  };
  await assert.rejects(send(toPlain()), (error) => {
    assert.ok(error instanceof Error);
    assert.match(
      error.message,
      /^127\.0\.0\.1:\d+ answered 500 Internal Server Error: no\\x1b\[2J\\nsuch channel x+…$/,
    );
    assert.ok(error.message.length < 300);
    return true;
  });
});

test('an answer without an end is not waited for', async () => {
  plain.answer = (_, response) => void response.writeHead(202).write('accepted');
  await send(toPlain());
});

test('a server that answers nothing is given up', async () => {
  plain.answer = () => undefined;
  await assert.rejects(send(toPlain({ timeoutMs: 300 })), /did not answer within 0\.3 s/);
});

test('a refusal that trickles in is given up too', async () => {
  plain.answer = (_, response) => void response.writeHead(500).write('wait');
  await assert.rejects(send(toPlain({ timeoutMs: within(300) })), /answered 500|did not answer/);
});

test('a connection that is cut before the answer', async () => {
  plain.answer = (request) => void request.socket.destroy();
  await assert.rejects(send(toPlain()), /socket hang up|ECONNRESET/);
});

test('a head without an end', async () => {
  plain.answer = (request) => void request.socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`);
  await assert.rejects(send(toPlain()), /Header overflow|hang up|ECONNRESET/i);
});

test('nobody listens', async () => {
  const gone = await startWebServer();
  await gone.close();
  await assert.rejects(send(to(`http://127.0.0.1:${gone.port}/`)), /ECONNREFUSED/);
});

test('an interrupt ends it', async () => {
  const stop = new AbortController();
  plain.answer = () => stop.abort();
  await assert.rejects(send(toPlain(), stop.signal), /the run was interrupted meanwhile/);
});
