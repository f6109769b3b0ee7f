/** Three servers that keep three copies: one of them may go, at any time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endWorkers, firstHosts, makeZoneFleet } from '../support/exchange/zone-fleet.js';
import { says } from '../support/exchange/says.js';
import { startNatsCluster } from '../support/nats-cluster.js';
import { type NatsAge, needsNats } from '../support/nats-server.js';

const HOSTS = 12;

for (const age of ['new', 'old'] satisfies NatsAge[])
  describe(`a cluster of three servers that are ${age}`, needsNats(age), () => {
    test('loses the one that leads the results in the midst of a run, and the run loses nothing', async () => {
      const cluster = await startNatsCluster(age);
      const fleet = makeZoneFleet(cluster, { hosts: HOSTS });
      try {
        await fleet.plan('plan');
        await fleet.setUp('plan', '--lease', '5', '--replicas', '3');
        const leader = await cluster.leaderOf('KW_RESULT_eu');
        const dispatcher = fleet.dispatch('plan', 'results');
        await says(dispatcher, /0 of 6 shards/u);
        const worker = fleet.worker('eu');
        await says(worker, /hosts answered/u);
        const killed = cluster.servers[leader];
        assert.ok(killed !== undefined && dispatcher.child.exitCode === null);
        await killed.end('SIGKILL');
        const { status, stderr } = await dispatcher.ended;
        const [ended] = await endWorkers(worker);
        assert.equal(status, 0, stderr + ended?.stderr);
        assert.deepEqual(fleet.came('results'), firstHosts(HOSTS));
      } finally {
        fleet.remove();
        await cluster.close();
      }
    });
  });
