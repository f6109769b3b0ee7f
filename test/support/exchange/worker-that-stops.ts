/**
 * A worker as the command has it, that stops at one moment of its first task, says so, and does no more until it is killed, or is
 * never heard of: node worker-that-stops.js MOMENT URL ZONE [INVENTORY]. With an inventory it asks its hosts.
 */
import { writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Exchange } from '../../../src/exchange/exchange.js';
import { runWorker } from '../../../src/exchange/worker/run-worker.js';
import { inboxPrefix } from '../../../src/exchange/nats/names.js';
import { openNats } from './open-nats.js';

const [moment = '', url = '', zone = '', inventory] = process.argv.slice(2);

/** Nothing of the process goes on, its heartbeat included. */
function stopAt(reached: string): void {
  if (moment !== reached) return;
  writeSync(1, `at ${reached}\n`);
  process.kill(process.pid, 'SIGSTOP');
}

function stopping(exchange: Exchange): Exchange {
  let parts = 0;
  return {
    ...exchange,
    put: async (task, part, bytes, signal) => {
      stopAt('before parts');
      await exchange.put(task, part, bytes, signal);
      parts += 1;
      if (parts === 1) stopAt('between parts');
    },
    commit: async (task, bytes, signal) => {
      stopAt('before commit');
      const outcome = await exchange.commit(task, bytes, signal);
      stopAt('before ack');
      return outcome;
    },
  };
}

/** They are never looked at. */
const TWO_PARTS = { bytes: Buffer.concat([gzipSync('half'), Buffer.alloc(300_000, 7)]), hosts: 2, answered: 2 };

/** What asks hosts is most of the command, and few of these workers ask any. */
async function askerOf(file: string) {
  const [{ createShardAsker }, { loadHosts }, { loadShippedRules }] = await Promise.all([
    import('../../../src/cli/setup/ask-shard.js'),
    import('../../../src/cli/setup/load-targets.js'),
    import('../../../src/run/shipped/load-shipped-rules.js'),
  ]);
  const rules = loadShippedRules();
  const { hosts } = await loadHosts({ inventory: [file], inventoryTimeout: 10_000 }, [...rules.profiles.keys()]);
  return createShardAsker({ settings: {}, own: new Map(hosts.map((host) => [host.name, host])), rules });
}

const exchange = await openNats(url, { inboxPrefix: inboxPrefix(zone) });
await runWorker({
  exchange: stopping(exchange),
  zone,
  signal: new AbortController().signal,
  admission: () => ({ planKey: undefined, now: '2026-01-01T00:00:00Z' }),
  collect: inventory === undefined ? async () => TWO_PARTS : await askerOf(inventory),
  warn: (sentence) => process.stderr.write(`${sentence}\n`),
  name: 'stops',
  version: '0',
});
