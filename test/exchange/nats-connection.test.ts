/** To whom something is said, and how: TLS but on this machine, and no server that loses what it has. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { ExchangeRefused } from '../../src/exchange/exchange.js';
import { parseServers } from '../../src/exchange/nats/server-address.js';
import { whyTooOld } from '../../src/exchange/nats/server-version.js';
import { networksOf } from '../../src/transports/targets/within-networks.js';
import { zoneLine } from '../../src/cli/output/zone-progress.js';
import { makeCertificate } from '../support/certificates.js';
import { needsNats, startNats } from '../support/nats-server.js';
import { openNats } from '../support/exchange/open-nats.js';
import { scratch } from '../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

test('an address leads out of this machine by TLS alone', () => {
  assert.deepEqual(parseServers('tls://hub,tls://[fd00::1]:4333'), {
    servers: ['hub:4222', '[fd00::1]:4333'],
    hosts: ['hub', 'fd00::1'],
    tls: true,
  });
  for (const url of ['nats://127.0.0.1', 'nats://localhost:4222', 'nats://[::1]:1'])
    assert.equal(Reflect.get(Object(parseServers(url)), 'tls'), false);
  for (const url of ['nats://hub', 'nats://10.0.0.1', 'nats://localhost.example', 'nats://127.0.0.1.example'])
    assert.match(JSON.stringify(parseServers(url)), /without TLS/u, url);
  for (const url of ['hub', '', 'ws://hub', 'tls://user:secret@hub', 'tls://hub:99999', 'tls://hub,nats://localhost'])
    assert.equal(typeof parseServers(url), 'string', url);
});

test('a server is old, or is not', () => {
  for (const version of ['2.9.10', '2.10.0', '2.10.22', '1.99.99', '', 'dev'])
    assert.match(whyTooOld(version) ?? 'none', /2\.10\.23/u, version);
  for (const version of ['2.10.23', 'v2.10.29', '2.11.0-RC.1', '2.12.1', '3.0.0', '10.0.0'])
    assert.equal(whyTooOld(version), undefined, version);
});

test('an address is in a network, or in none', () => {
  const isWithin = networksOf(['10.20.0.0/16', 'fd00:20::/32']);
  for (const address of ['10.20.0.1', '10.20.255.255', 'fd00:20::1', '::ffff:10.20.0.1'])
    assert.ok(isWithin(address), address);
  for (const address of ['10.21.0.1', '127.0.0.1', 'fd00:21::1', '::1', 'localhost', '', '10.20.0.1/8'])
    assert.ok(!isWithin(address), address);
});

test('a zone is a line', () => {
  const zone = { zone: 'eu-1', workers: 2, shards: 10, doneShards: 3, hosts: 2000, doneHosts: 600 };
  assert.equal(zoneLine(zone), 'zone eu-1: 2 workers, 3 of 10 shards, 600 of 2,000 hosts');
});

describe('a server with TLS', needsNats(), () => {
  test('is believed by its certificate alone, and one without it is told nothing', async () => {
    const { file, cert } = makeCertificate(folder, 'hub', 'DNS:localhost');
    const key = file.replace(/\.pem$/u, '.key');
    const server = await startNats(`tls: { cert_file: ${JSON.stringify(file)}, key_file: ${JSON.stringify(key)} }`);
    try {
      const named = `tls://localhost:${server.port}`;
      const exchange = await openNats(named, { ca: cert });
      assert.equal(await exchange.isSetUp('z'), false);
      await exchange.close();
      const warned: string[] = [];
      for (const [url, ca] of [
        [named, undefined],
        // It is for a name, and this is another one.
        [`tls://127.0.0.1:${server.port}`, cert],
      ] as const) {
        const stop = new AbortController();
        const opening = openNats(
          url,
          { ca },
          (sentence) => {
            warned.push(sentence);
            stop.abort();
          },
          stop.signal,
        );
        await assert.rejects(opening);
      }
      assert.match(warned[0] ?? '', /self-signed certificate/u);
      assert.match(warned[1] ?? '', /does not match certificate's altnames/u);
    } finally {
      await server.close();
    }
    const plain = await startNats();
    try {
      await assert.rejects(openNats(`tls://localhost:${plain.port}`), ExchangeRefused);
    } finally {
      await plain.close();
    }
  });
});
