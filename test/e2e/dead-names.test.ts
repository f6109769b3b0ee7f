import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { couldNotTest, isRoot } from '../support/shells.js';
import { secondsWithin, within } from '../support/within.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-dead-names-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const DEAD = 20;

/** Its own network, in which the only name server takes every question and answers none. */
const SCRIPT = `ip link set lo up && mount --bind ${folder}/resolv.conf /etc/resolv.conf || exit 77
"$NODE" -e "require('dgram').createSocket('udp4').bind(53, '127.0.0.1', () => console.log('listening'))" > ${folder}/server & server=$!
until test -s ${folder}/server; do sleep 0.05; done
"$NODE" ${process.cwd()}/dist/kernward.js scan -i ${folder}/inventory.yaml -o json:${folder}/report.json
kill $server
`;

const skip =
  spawnSync('unshare', ['-rmn', 'sh', '-c', 'ip link set lo up && mount --bind /dev/null /etc/resolv.conf']).status ===
  0
    ? false
    : 'no network namespace can be had here';
if (skip !== false) couldNotTest('names that no name server answers for (no network namespace)', isRoot);

test('names that no name server answers for delay no other host', { skip, timeout: within(60_000) }, async () => {
  writeFileSync(join(folder, 'key'), makeKeyPair().private, { mode: 0o600 });
  writeFileSync(
    join(folder, 'resolv.conf'),
    `nameserver 127.0.0.1\noptions timeout:${Math.min(30, Number(secondsWithin(2)))} attempts:1\n`,
  );
  const names = Array.from({ length: DEAD }, (_, index) => `dead${index}.example.com`);
  writeFileSync(
    join(folder, 'inventory.yaml'),
    `defaults: { user: audit, port: 9, identityFile: ${folder}/key }\nhosts: [${[...names, 'localhost'].join(', ')}]\n`,
  );
  const child = spawn('unshare', ['-rmn', 'sh', '-c', SCRIPT], {
    env: { PATH: process.env['PATH'], HOME: folder, KERNWARD_SSH_CONFIG: 'none', NODE: process.execPath },
    stdio: 'ignore',
  });
  await new Promise((ended) => child.on('close', ended));
  const {
    hosts,
  }: {
    readonly hosts: readonly {
      readonly host: string;
      readonly tookMs: number;
      readonly failure: { readonly code: string };
    }[];
  } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  const by = new Map(hosts.map((host) => [host.host, host]));
  assert.equal(by.get('localhost')?.failure.code, 'refused');
  // All of them begin at once; whoever had to wait for a dead name would have taken as long as one.
  const dead = hosts.filter(({ host }) => host !== 'localhost').map(({ tookMs }) => tookMs);
  const localhost = by.get('localhost')?.tookMs ?? Infinity;
  assert.ok(localhost < Math.min(...dead), `localhost took ${localhost} ms, dead names ${dead.join(' ')} ms`);
  assert.equal(by.get(`dead${DEAD - 1}.example.com`)?.failure.code, 'name-not-resolved');
});
