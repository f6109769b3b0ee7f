/** `dispatch` and `worker` as their users run them, on a real server. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needsNats, type NatsServer, startNats } from '../support/nats-server.js';
import { says } from '../support/exchange/says.js';
import { endWorkers, firstHosts, makeZoneFleet, type ZoneFleet } from '../support/exchange/zone-fleet.js';

/** What of a file of results is the same however it came. */
function linesOf(folder: string, file: string): readonly unknown[] {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n').slice(1, -1);
  return lines.map((line) => ({ ...JSON.parse(line), tookMs: 0 }));
}

describe('a plan that is dispatched', needsNats(), () => {
  let server: NatsServer;
  let fleet: ZoneFleet;
  before(async () => {
    server = await startNats();
    fleet = makeZoneFleet(server, { hosts: 8, zones: ['eu-1', 'us-1'] });
    await fleet.plan('plan');
  });
  after(async () => {
    fleet.remove();
    await server.close();
  });

  test('is not sent to a server that may lose it, unless it is said', needsNats('old'), async () => {
    const old = await startNats('', 'old');
    try {
      const args = ['dispatch', 'plan', '--setup', '--zone-size', '8', '--nats', old.url];
      const { status, stderr } = await fleet.run(...args);
      assert.deepEqual([status, /2\.10\.23.*--allow-old-server/u.test(stderr)], [2, true], stderr);
      const said = await fleet.run(...args, '--allow-old-server');
      assert.equal(said.status, 0, said.stderr);
    } finally {
      await old.close();
    }
  });

  test('is not sent where there is no queue for it', async () => {
    const { folder } = fleet;
    const none = await fleet.dispatch('plan', 'results').ended;
    assert.equal(none.status, 2);
    assert.match(none.stderr, /no queue for the zone eu-1, us-1: kernward dispatch --setup plan makes it/u);
    assert.ok(!readdirSync(folder).includes('results'));
  });

  test('comes back as the files that collect would have written, and is judged whole', async () => {
    await fleet.setUp('plan', '--lease', '5');
    const dispatcher = fleet.dispatch('plan', 'results', '--plan-key', 'key.pub.pem');
    await says(dispatcher, /zone eu-1: \d workers?, 0 of 2 shards, 0 of 4 hosts/u);
    const workers = [fleet.worker('eu-1'), fleet.worker('us-1')];
    const sent = await dispatcher.ended;
    assert.equal(sent.status, 0, sent.stderr);
    assert.match(sent.stderr, /zone eu-1: 1 worker, \d of 2 shards/u);
    assert.match(sent.stderr, /zone us-1: \d workers?, 2 of 2 shards, 4 of 4 hosts/u);
    assert.deepEqual(fleet.came('results'), firstHosts(8));
    const args = ['--plan', 'plan', '--plan-key', 'key.pub.pem', '--shard', '1', '-i', 'own.yaml'];
    const plain = await fleet.run('collect', ...args, '-o', 'plain.jsonl');
    assert.equal(plain.status, 0, plain.stderr);
    assert.deepEqual(linesOf(fleet.folder, 'results/0001.jsonl'), linesOf(fleet.folder, 'plain.jsonl'));
    const judged = await fleet.run(
      'eval',
      '--plan',
      'plan',
      '--plan-key',
      'key.pub.pem',
      'results',
      '--fail-on',
      'never',
    );
    assert.equal(judged.status, 0, judged.stderr);
    assert.match(judged.stdout, /all 8 hosts answered/u);
    for (const { status, stderr } of await endWorkers(...workers)) {
      assert.equal(status, 143, stderr);
      assert.match(stderr, /shard \d: 2 of 2 hosts answered/u);
    }
  });

  test('asks nobody a second time when everything is here, and those of a file that was cut', async () => {
    const again = await fleet.dispatch('plan', 'results').ended;
    assert.equal(again.status, 0, again.stderr);
    const file = join(fleet.folder, 'results', '0002.jsonl');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, text.length / 2));
    const worker = fleet.worker('eu-1');
    const other = fleet.worker('us-1');
    // After what it collected is here.
    const answered = Promise.any([worker, other].map((one) => says(one, /answered/u)));
    const mended = await fleet.dispatch('plan', 'results').ended;
    assert.equal(mended.status, 0, mended.stderr);
    await answered;
    assert.match(mended.stderr, /0002\.jsonl is collected again/u);
    assert.deepEqual(fleet.came('results'), firstHosts(8));
    const ended = await endWorkers(worker, other);
    assert.equal(ended.filter(({ stderr }) => /answered/u.test(stderr)).length, 1);
  });

  test('is not brought where something else stands in the place of a result', async () => {
    const folder = join(fleet.folder, 'others');
    mkdirSync(join(folder, '0001.jsonl'), { recursive: true });
    const { status, stderr } = await fleet.dispatch('plan', 'others').ended;
    assert.equal(status, 2, stderr);
    assert.match(stderr, /others\/0001\.jsonl.*it is no file, and the result of a shard belongs there/u);
    rmSync(folder, { recursive: true });
  });

  test('has no place in the results of another plan', async () => {
    await fleet.plan('other');
    const { status, stderr } = await fleet.dispatch('other', 'results').ended;
    assert.equal(status, 2);
    assert.match(stderr, /results\/0001\.jsonl: it was collected by another plan; take another folder/u);
    assert.deepEqual(fleet.came('results'), firstHosts(8));
  });

  test('must end, and be in zones that can have a queue', async () => {
    const endless = await fleet.run('plan', '-i', 'inventory.yaml', '-o', 'endless');
    assert.equal(endless.status, 0);
    const refused = await fleet.dispatch('endless', 'nowhere').ended;
    assert.deepEqual([refused.status, /plan with --not-after/u.test(refused.stderr)], [2, true], refused.stderr);
    writeFileSync(join(fleet.folder, 'odd.yaml'), 'hosts: [{ name: a, labels: { zone: "a.>" } }]\n');
    await fleet.run('plan', '-i', 'odd.yaml', '--zone-by', 'label:zone', '--not-after', '1h', '-o', 'odd');
    const odd = await fleet.dispatch('odd', 'nowhere').ended;
    assert.deepEqual([odd.status, /the zone "a\.>" cannot have a queue/u.test(odd.stderr)], [2, true], odd.stderr);
  });

  test('has no shard that the server takes in no message, which is said of all of them before one is sent', async () => {
    const { folder } = fleet;
    const names = Array.from({ length: 3000 }, (_, host) => createHash('sha256').update(`${host}`).digest('hex'));
    writeFileSync(join(folder, 'large.yaml'), `hosts:\n${names.map((name) => `  - h${name}\n`).join('')}`);
    const plan = ['plan', '-i', 'large.yaml', '--not-after', '1h', '--shard-hosts', '1000', '-o', 'large'];
    assert.equal((await fleet.run(...plan)).status, 0);
    const small = await startNats('max_payload: 16384\n');
    try {
      const { status, stderr } = await fleet.run('dispatch', 'large', '-o', 'nowhere', '--nats', small.url);
      assert.equal(status, 2, stderr);
      for (const shard of [1, 2, 3])
        assert.match(stderr, new RegExp(`shard ${shard}: its task has \\d+ bytes, .*12288[^]*--shard-hosts`, 'u'));
      assert.ok(!readdirSync(folder).includes('nowhere'));
    } finally {
      await small.close();
    }
  });

  test('is set up only as far as the server has room, and says so', async () => {
    const size = ['--zone-size', '100000', ...server.told, '--nats', server.url];
    const { status, stderr } = await fleet.run('dispatch', 'plan', '--setup', ...size);
    assert.equal(status, 2);
    assert.match(stderr, /the server refuses its streams: .*--zone-size/u);
  });
});
