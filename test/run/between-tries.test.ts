/** What a host that is worth asking again does meanwhile, and what others do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../../src/model/host.js';
import type { ConnectFailureCode } from '../../src/model/outcome.js';
import { forEachAsked } from '../../src/run/ask-fleet.js';
import { DEFAULTS } from '../../src/run/defaults.js';
import { askAll } from '../../src/run/plan-scan.js';
import { interruption } from '../../src/run/run-end.js';
import { reachHost, type ReachContext } from '../../src/run/scan-host.js';
import type { AskPlan, Pacing } from '../../src/run/scan-plan.js';
import { retryTerms } from '../../src/run/schedule/retry.js';
import type { JumpHosts } from '../../src/transports/create-transports.js';
import type { Transport } from '../../src/transports/transport.js';
import { hostAt } from '../support/hosts.js';
import { within } from '../support/within.js';

interface Network {
  readonly transport: Transport;
  readonly log: string[];
}

/** A network in which a host fails so often in a row, by its name, and then has a session. */
function network(failing: Readonly<Record<string, number>>, code: ConnectFailureCode = 'refused'): Network {
  const log: string[] = [];
  const left = new Map(Object.entries(failing));
  const transport: Transport = {
    name: 'recorded',
    open: async ({ name }) => {
      log.push(name);
      const more = left.get(name) ?? 0;
      left.set(name, more - 1);
      if (more > 0) return { ok: false, failure: { code, detail: 'x' } };
      return {
        ok: true,
        session: { run: async () => assert.fail('nothing is run'), close: async () => void log.push(`${name} closes`) },
      };
    },
    close: async () => undefined,
  };
  return { transport, log };
}

function reach(host: Host, { transport }: Network, over: Partial<ReachContext> = {}) {
  const context: ReachContext = {
    transports: new Map([['recorded', transport]]),
    deadlines: { hostMs: within(60_000) },
    retry: retryTerms(2),
    random: () => 0.5,
    rest: async () => undefined,
    signal: new AbortController().signal,
    ...over,
  };
  return reachHost<object>(host, async () => ({ reached: true }), context);
}

const named = (name: string, groups: readonly string[] = []): Host =>
  hostAt(22, { name, transport: 'recorded', groups });

test('between two tries a host rests, for as long as it has to wait', async () => {
  const lossy = network({ a: 2 });
  const { log } = lossy;
  const outcome = await reach(named('a'), lossy, { rest: async (waitMs) => void log.push(`rests ${waitMs}`) });
  assert.deepEqual(log, ['a', 'rests 500', 'a', 'rests 1000', 'a', 'a closes']);
  assert.equal(outcome.attempts, 3);
});

const rest = (): never => assert.fail('it rests');

test('a host that is not worth asking again, or not any more, does not rest', async () => {
  const never = await reach(named('a'), network({ a: 9 }, 'handshake-failed'), { rest });
  assert.equal(never.attempts, undefined);
  const enough = await reach(named('a'), network({ a: 9 }), { retry: retryTerms(0), rest });
  assert.equal(enough.reached, false);
});

test('a run that ends while a host rests leaves what was known of it', async () => {
  const run = new AbortController();
  const lossy = network({ a: 1 });
  const outcome = await reach(named('a'), lossy, {
    signal: run.signal,
    rest: async () => run.abort(interruption('SIGINT')),
  });
  assert.deepEqual(lossy.log, ['a']);
  assert.equal(!outcome.reached && outcome.failure.code, 'refused');
});

interface Asked {
  readonly pacing?: Partial<Pacing>;
  readonly jumpHosts?: JumpHosts;
  readonly signal?: AbortSignal;
}

/** Who was reached for in which order, where the pause is never over before others had their turn. */
async function asked(
  hosts: readonly Host[],
  { transport, log }: Network,
  over: Asked = {},
): Promise<readonly string[]> {
  const plan: AskPlan = {
    ...askAll(hosts),
    pacing: { forks: 1, groupForks: new Map(), serial: [], workers: 1, deadlineMs: undefined, ...over.pacing },
    terms: { ...DEFAULTS.terms, retry: retryTerms(1) },
    connect: DEFAULTS.connect,
  };
  const transports = {
    byName: new Map([['recorded', transport] as const]),
    forks: 100,
    jumpHosts: over.jumpHosts ?? { of: () => undefined, mostBehind: () => undefined },
    close: async () => undefined,
  };
  const world = { transports, random: () => 0.2, ...(over.signal && { signal: over.signal }) };
  await forEachAsked(plan, world, async (host, _, context) => {
    const outcome = await reachHost<object>(host, async () => ({ reached: true }), context);
    log.push(`${host.name} ${outcome.reached ? 'answers' : outcome.failure.code}`);
    return outcome.reached;
  });
  return log.filter((line) => !line.endsWith('closes'));
}

test('while a host waits for its second try another is asked in its place', async () => {
  const log = await asked(
    ['a', 'b', 'c'].map((name) => named(name)),
    network({ a: 1 }),
  );
  assert.deepEqual(log.slice(0, 3), ['a', 'b', 'b answers']);
  assert.deepEqual(
    log.filter((line) => line.startsWith('a')),
    ['a', 'a', 'a answers'],
  );
});

test('the place of its group is free as well, and that behind its jump host', async () => {
  for (const [pacing, jumpHosts] of [
    [{ forks: 9, groupForks: new Map([['db', 1]]) }, undefined],
    [{ forks: 9 }, { of: () => 'bastion', mostBehind: () => 1 }],
  ] as const) {
    const log = await asked([named('a', ['db']), named('b', ['db'])], network({ a: 1 }), {
      pacing,
      ...(jumpHosts && { jumpHosts }),
    });
    assert.deepEqual(log, ['a', 'b', 'b answers', 'a', 'a answers']);
  }
});

test('a batch is over when those of it that rest are', async () => {
  const log = await asked([named('a'), named('b')], network({ a: 1 }), {
    pacing: { forks: 9, serial: [{ hosts: 1 }] },
  });
  assert.deepEqual(log, ['a', 'a', 'a answers', 'b', 'b answers']);
});

test('a run that is stopped waits for no rest', { timeout: within(20_000) }, async () => {
  const stop = new AbortController();
  const lossy = network({ a: 1, b: 1 });
  const running = asked([named('a'), named('b')], lossy, { signal: stop.signal });
  while (lossy.log.length < 2) await new Promise((resolve) => setImmediate(resolve));
  stop.abort(interruption('SIGTERM'));
  assert.deepEqual((await running).toSorted(), ['a', 'a refused', 'b', 'b refused']);
});
