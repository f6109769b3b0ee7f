/** Servers of notifications that say nothing, or too little: a run writes its reports, and its process ends. */
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startKernward } from '../support/kernward.js';
import { until } from '../support/until.js';
import { scratch } from '../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const RECORDED = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
writeFileSync(
  join(folder, 'fleet.yaml'),
  `hosts: [{ name: a, transport: recorded, recording: ${JSON.stringify(RECORDED)}, profile: stay-up }]\n`,
);

/** A server that does with each connection what it is told to, and knows how many have come. */
async function serve(connected: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    connected(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: address.port, sockets, close };
}

function run(target: string, name: string, ...more: readonly string[]) {
  writeFileSync(join(folder, `${name}.notify.yaml`), `targets: { t: ${target} }\n`);
  const outputs = ['-o', `json:${name}.json`, '-o', `csv:${name}.csv`];
  const first = ['scan', '-i', 'fleet.yaml', '-q', `--history=${name}.db`, '--notify', `${name}.notify.yaml`];
  return startKernward(folder, [...first, ...outputs, ...more], { HOOK: 'https://hooks.example/x' });
}
const wrote = (name: string): readonly boolean[] =>
  ['json', 'csv'].map((format) => existsSync(join(folder, `${name}.${format}`)));

for (const [what, signal] of [
  ['interrupted', 'SIGTERM'],
  ['left alone', undefined],
] as const)
  test(`a proxy that is silent after its 200 keeps no report from being written: ${what}`, async () => {
    const { port, sockets, close } = await serve((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')),
    );
    const name = `proxy-${what.slice(0, 4)}`;
    const proxy = `http://127.0.0.1:${port}`;
    const running = run(
      `{ slack: { url: { env: HOOK }, proxy: '${proxy}', timeout: ${signal === undefined ? 1 : 120} } }`,
      name,
    );
    try {
      await until(
        () => sockets.length > 0,
        () => 'nobody asked the proxy',
      );
      if (signal !== undefined) running.child.kill(signal);
      const { status, stderr } = await running.ended;
      assert.notEqual(status, null, stderr);
      assert.match(stderr, /t was not notified: /u);
      assert.deepEqual(wrote(name), [true, true]);
    } finally {
      close();
    }
  });

test('a mail server that never comes to the end of its answer keeps no process', async () => {
  const timers: NodeJS.Timeout[] = [];
  const { port, sockets, close } = await serve((socket) => {
    socket.write('220 x ESMTP\r\n');
    socket.once('data', () => void timers.push(setInterval(() => socket.write('250-A\r\n'), 100)));
  });
  const running = run(
    `{ mail: { server: 'localhost:${port}', tls: none, from: a@b.c, to: [x@y.z], timeout: 1 } }`,
    'mail',
  );
  try {
    const { stderr } = await running.ended;
    assert.match(stderr, /t was not notified: localhost did not take the mail within 1 s/u);
    assert.deepEqual(wrote('mail'), [true, true]);
    assert.equal(sockets.length, 1);
  } finally {
    for (const timer of timers) clearInterval(timer);
    close();
  }
});
