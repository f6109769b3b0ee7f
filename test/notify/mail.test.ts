/**
 * Mail against a real SMTP server: `smtp-server`, since it can be told to fail in each of these ways at a given moment, which
 * none of Debian's can; that one takes the mail as others do, the last test shows with Python's parser.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, test } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { allNews } from '../support/report/all-news.js';
import { mailSender, type MailTo } from '../../src/notify/senders/mail.js';
import type { Message } from '../../src/notify/sender.js';
import { makeCertificate, type Certificate } from '../support/certificates.js';
import { haveTool } from '../support/debian-tool.js';
import { scratch } from '../support/scratch.js';
import { night } from '../support/told-runs.js';
import { within } from '../support/within.js';

const folder = scratch();
let certificate: Certificate;
before(() => {
  certificate = makeCertificate(folder, 'localhost');
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly raw: string;
}
const servers: SMTPServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
});

async function serve(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    key: certificate.key,
    cert: certificate.cert,
    logger: false,
    disableReverseLookup: true,
    authOptional: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _, done) =>
      username === 'audit' && password === 's3cret'
        ? done(null, { user: username })
        : done(Object.assign(new Error(`535 5.7.8 no: ${password}`), { responseCode: 535 })),
    onData: (stream, { envelope, user, secure }, done) => {
      void text(stream).then((raw) => {
        mails.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          user,
          secure,
          raw,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  servers.push(server);
  const listening = server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => listening.once('listening', () => resolve()));
  const address = listening.address();
  return { mails, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

function to(port: number, more: Partial<MailTo> = {}): MailTo {
  return {
    host: 'localhost',
    port,
    tls: 'starttls',
    from: 'kernward@example.com',
    to: ['on-call@example.com'],
    login: undefined,
    ca: certificate.cert,
    hasPage: true,
    timeoutMs: within(20_000),
    ...more,
  };
}
const HTML = '<!doctype html><title>ü</title>';
const MESSAGE: Message = {
  news: allNews(night(1, [{ host: 'db1', judged: { 'panic-freezes': 'fail' } }]), undefined),
  page: async () => ({ html: HTML }),
};
const send = (target: MailTo, message = MESSAGE, signal = new AbortController().signal) =>
  mailSender(target).send(message, signal);

test('a mail goes over STARTTLS, with a login, to everybody, with the page', async () => {
  const { mails, port } = await serve();
  await send(to(port, { login: { user: 'audit', pass: 's3cret' }, to: ['a@example.com', 'b@example.com'] }));
  const [mail] = mails;
  assert.deepEqual(
    [mail?.from, mail?.to, mail?.user, mail?.secure],
    ['kernward@example.com', ['a@example.com', 'b@example.com'], 'audit', true],
  );
  assert.match(mail?.raw ?? '', /^Subject: kernward: the gate is failing$/m);
  assert.match(mail?.raw ?? '', /^Auto-Submitted: auto-generated$/m);
  assert.match(mail?.raw ?? '', /filename=kernward\.html/);
  assert.ok(mail?.raw.includes(Buffer.from(HTML).toString('base64')));
});

test('a mail goes over TLS from the start', async () => {
  const { mails, port } = await serve({ secure: true });
  await send(to(port, { tls: 'implicit' }));
  assert.equal(mails[0]?.secure, true);
});

test('without TLS to this machine, and without a page where none is wanted or it is too large', async () => {
  const { mails, port } = await serve();
  await send(to(port, { tls: 'none', hasPage: false }));
  await send(to(port, { tls: 'none' }), { ...MESSAGE, page: async () => ({ left: 'The page is too large.' }) });
  assert.deepEqual(
    mails.map(({ secure, raw }) => [secure, raw.includes('kernward.html'), raw.includes('The page is too large.')]),
    [
      [false, false, false],
      [false, false, true],
    ],
  );
});

test('nothing that a host is called becomes a header', async () => {
  const host = 'a\r\nBcc: everybody@example.com\r\n\r\n<b>x';
  const news = allNews(night(1, [{ host, judged: { 'panic-freezes': 'fail' } }]), undefined);
  const { mails, port } = await serve();
  await send(to(port), { ...MESSAGE, news });
  const [mail] = mails;
  assert.deepEqual(mail?.to, ['on-call@example.com']);
  assert.doesNotMatch(mail?.raw ?? '', /^Bcc:/im);
});

const FAILS: Readonly<Record<string, readonly [SMTPServerOptions, Partial<MailTo>, RegExp]>> = {
  'a wrong password': [{}, { login: { user: 'audit', pass: 'wr0ng' } }, /Invalid login/],
  'a server without STARTTLS': [{ disabledCommands: ['STARTTLS'] }, {}, /STARTTLS/i],
  'a certificate of nobody': [{}, { ca: undefined }, /self-signed certificate/],
  'a certificate of another name': [{}, { host: '127.0.0.1' }, /IP|altnames/i],
  'a sender that is refused': [{ onMailFrom: (_, __, done) => done(new Error('not from you')) }, {}, /not from you/],
  'a recipient that is refused': [
    { onRcptTo: ({ address }, _, done) => done(address.startsWith('b') ? new Error('unknown user') : null) },
    { to: ['a@example.com', 'b@example.com'] },
    /localhost refused 1 recipient of 2/,
  ],
  'a mail that is too large': [
    { onData: (stream, _, done) => void text(stream).then(() => done(new Error('too large'))) },
    {},
    /too large/,
  ],
  'a connection that is cut in the middle': [
    { onData: (stream) => void stream.once('data', cut) },
    {},
    /closed|ECONNRESET|hang up/i,
  ],
};

/** Ends the connections of every server that is open. */
function cut(): void {
  for (const server of servers) for (const connection of server.connections) connection.close();
}

for (const [name, [options, target, why]] of Object.entries(FAILS))
  test(`${name} is an error`, async () => {
    const { port } = await serve(options);
    await assert.rejects(send(to(port, target)), why);
  });

test('a server that says nothing is given up', async () => {
  const { port } = await serve({ onConnect: () => undefined });
  await assert.rejects(send(to(port, { timeoutMs: 500 })), /within 0\.5 s|timeout/i);
});

test('a server that takes the mail and says nothing is given up', async () => {
  const { port } = await serve({ onData: (stream) => void stream.resume() });
  await assert.rejects(send(to(port, { timeoutMs: within(1000) })), /did not take the mail within|timeout/i);
});

test('nobody listens', async () => {
  const { port } = await serve();
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
  await assert.rejects(send(to(port)), /ECONNREFUSED/);
});

test('an interrupt ends it', async () => {
  const stop = new AbortController();
  const { port } = await serve({ onConnect: () => stop.abort() });
  await assert.rejects(send(to(port), MESSAGE, stop.signal), /the run was interrupted meanwhile/);
});

test("Python's mail reader sees the text, the page and one recipient", async () => {
  if (!haveTool(['/usr/bin/python3', '--version'], 'python3')) return;
  const { mails, port } = await serve();
  await send(to(port));
  const { stdout, stderr } = spawnSync(
    '/usr/bin/python3',
    [
      '-c',
      `import sys, email, email.policy, json
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
page = next(m.iter_attachments())
print(json.dumps([m['to'], m['subject'], m.get_body(('plain',)).get_content(), page.get_filename(), page.get_content()]))`,
    ],
    { input: mails[0]?.raw ?? '', encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  const [recipient, subject, body, file, page]: readonly string[] = JSON.parse(stdout);
  assert.deepEqual(
    [recipient, subject, file, page],
    ['on-call@example.com', 'kernward: the gate is failing', 'kernward.html', HTML],
  );
  const lines = body?.replaceAll('\r\n', '\n') ?? '';
  assert.match(lines, /^Open at the gate \(high or above\): 1 finding\n {2}high panic-freezes: 1 host, db1$/m);
  assert.match(lines, /The page of the whole report is attached/);
});
