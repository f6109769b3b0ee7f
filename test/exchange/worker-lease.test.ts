/** How often a worker says that it lives, on an exchange within this process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryExchange } from '../../src/exchange/memory-exchange.js';
import { writeTask } from '../../src/exchange/task-message.js';
import { runWorker } from '../../src/exchange/worker/run-worker.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { shardFile } from '../../src/plan/shard-file.js';
import { isEnding, ticketText } from '../../src/plan/ticket.js';
import { sha256 } from '../../src/run/sha256.js';
import { hostAt } from '../support/hosts.js';
import { until } from '../support/until.js';

const NOW = '2026-11-28T12:00:00Z';

function taskOfOneHost(): { readonly runId: string; readonly bytes: Uint8Array } {
  const runId = '0123456789abcdef';
  const { user: _, profile: __, ...host } = hostAt(22, { name: 'a', labels: { zone: 'eu' } });
  const { value } = makePlan(
    {
      runId,
      madeAt: NOW,
      notAfter: '2026-11-28T18:00:00Z',
      kernward: '0.1.0',
      inventory: ['i.yaml'],
      groupForks: new Map(),
      most: 10,
      zoneLabel: 'zone',
      hosts: [{ ...host, transport: 'auto' }],
    },
    sha256,
  );
  const [summary] = value?.plan.shards ?? [];
  assert.ok(value !== undefined && isEnding(value.plan) && summary !== undefined);
  const textOf = (path: string): string => value.files.find((file) => file.path === path)?.text ?? '';
  return {
    runId,
    bytes: writeTask(ticketText(value.plan, sha256(textOf('plan.json')), summary), undefined, textOf(shardFile(1))),
  };
}

test('a zone that was set up anew while its worker waited has its shards kept alive by the new lease', async () => {
  const exchange = createMemoryExchange();
  const { runId, bytes } = taskOfOneHost();
  const place = { zone: 'eu', runId, shard: 1 };
  const end = new AbortController();
  const terms = { leaseMs: 3_600_000, maxBytes: 1_000_000, replicas: 1 };
  await exchange.setUp('eu', terms);
  const said: string[] = [];
  let beats = 0;
  const working = runWorker({
    exchange: { ...exchange, keepAlive: (task) => ((beats += 1), exchange.keepAlive(task)) },
    zone: 'eu',
    signal: end.signal,
    admission: () => ({ planKey: undefined, now: NOW }),
    collect: async () => {
      await until(
        () => beats > 2,
        () => 'nobody says that the worker lives',
      );
      return { bytes: Buffer.from('x'), hosts: 1, answered: 1 };
    },
    warn: (sentence) => void said.push(sentence),
    name: 'w',
    version: '0.1.0',
  });
  try {
    while ((await exchange.zone('eu', runId)).waiting === 0) await sleep(5);
    await exchange.setUp('eu', { ...terms, leaseMs: 60 });
    assert.equal(await exchange.send(place, bytes, end.signal), 'sent');
    while (said.length === 0) await sleep(5);
    assert.match(said.join('\n'), /1 of 1 host answered/u);
  } finally {
    end.abort();
    await working;
  }
});
