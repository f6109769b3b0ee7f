import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure } from '../../../src/transports/failure.js';
import {
  createGateways,
  GATEWAY_LIMITS,
  type Gateways,
  type JumpConnection,
  type Linked,
} from '../../../src/transports/connect/jump-hosts.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { PLAIN_SETTINGS, type Target } from '../../../src/transports/targets/target.js';
import type { ConnectFailureCode } from '../../../src/model/outcome.js';
import { within } from '../../support/within.js';

const hostKeys = loadHostKeyPolicy('strict', '/nowhere').value ?? assert.fail();
function gate(over: Partial<Target> = {}): Target {
  return {
    name: 'gate',
    address: '10.0.0.1',
    port: 22,
    user: 'u',
    knownAs: { names: ['10.0.0.1'], port: 22 },
    hostKeys,
    connectTimeoutMs: 1000,
    settings: PLAIN_SETTINGS,
    route: { by: 'direct' },
    ...over,
  };
}
const QUICK = { ...GATEWAY_LIMITS, waitMs: 1 };
function soon(): AbortSignal {
  return AbortSignal.timeout(within(10_000));
}

interface TestLink extends JumpConnection {
  die: () => void;
}
function linkOf(): TestLink {
  let isOver = false;
  return { isOver: () => isOver, close: () => (isOver = true), die: () => (isOver = true) };
}

interface Made {
  readonly gateways: Gateways<TestLink>;
  readonly links: TestLink[];
  readonly attempts: () => number;
}
/** @param answers what each attempt gives, the last one for ever: a code, or a connection */
function made(answers: readonly (ConnectFailureCode | 'link')[], limits: Partial<typeof GATEWAY_LIMITS> = {}): Made {
  const links: TestLink[] = [];
  let attempts = 0;
  const connect = (): Promise<Linked<TestLink>> => {
    const answer = answers[Math.min(attempts++, answers.length - 1)] ?? 'link';
    if (answer !== 'link') return Promise.resolve({ ok: false, failure: failure(answer, 'it said so') });
    const link = linkOf();
    links.push(link);
    return Promise.resolve({ ok: true, link });
  };
  return {
    gateways: createGateways(connect, { limits: { ...QUICK, ...limits }, random: () => 0.5 }),
    links,
    attempts: () => attempts,
  };
}
function pass(link: TestLink): Promise<{ readonly passed: TestLink }> {
  return Promise.resolve({ passed: link });
}

void test('a thousand hosts behind a dead jump host: a few attempts, and the same reason for all', async () => {
  for (const [code, expected] of [
    ['refused', 3],
    ['disconnected', 3],
    ['host-key-changed', 1],
    ['authentication-failed', 1],
    ['name-not-resolved', 1],
  ] as const) {
    const { gateways, attempts } = made([code]);
    const all = await Promise.all(Array.from({ length: 1000 }, () => gateways.through(gate(), soon(), pass)));
    assert.equal(attempts(), expected, code);
    assert.deepEqual(
      [...new Set(all.map((through) => (through.ok ? 'passed' : JSON.stringify(through.failure))))],
      [
        JSON.stringify({
          code: 'jump-host-failed',
          detail: `the jump host gate (u@10.0.0.1:22) cannot be passed: ${code}: it said so`,
        }),
      ],
    );
  }
});

void test('what passes is waited for: MaxStartups closes two connections, the third is taken', async () => {
  const { gateways, attempts } = made(['disconnected', 'disconnected', 'link']);
  const all = await Promise.all(Array.from({ length: 50 }, () => gateways.through(gate(), soon(), pass)));
  assert.deepEqual([all.every(({ ok }) => ok), attempts()], [true, 3]);
});

void test('never more than the limit on one connection; beyond it further ones, and then a place has to become free', async () => {
  const { gateways, links } = made(['link'], { each: 3, links: 2 });
  const open = new Map<TestLink, number>();
  let most = 0;
  const one = async (): Promise<void> => {
    const through = await gateways.through(gate(), soon(), pass);
    assert.ok(through.ok);
    const now = (open.get(through.value) ?? 0) + 1;
    open.set(through.value, now);
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    open.set(through.value, (open.get(through.value) ?? 0) - 1);
    through.release();
  };
  await Promise.all(Array.from({ length: 40 }, one));
  assert.deepEqual([links.length, most], [2, 3]);
});

void test('a second connection that is refused is none that is missed', async () => {
  const { gateways, attempts } = made(['link', 'disconnected'], { each: 1, inARow: 1 });
  const first = await gateways.through(gate(), soon(), pass);
  assert.ok(first.ok);
  const second = gateways.through(gate(), soon(), pass);
  setTimeout(first.release, 30);
  assert.equal((await second).ok, true);
  assert.equal(attempts(), 2);
});

void test('a jump host that is full over one connection is asked over another', async () => {
  const { gateways, links } = made(['link']);
  const held = await gateways.through(gate(), soon(), pass);
  const through = await gateways.through(gate(), soon(), (link) =>
    Promise.resolve(link === links[0] ? { full: 'resource shortage' } : { passed: link }),
  );
  assert.deepEqual([held.ok, through.ok, links.length], [true, true, 2]);
});

void test('what it does not take when nobody else is there is a failure, and ends', async () => {
  const through = await made(['link']).gateways.through(gate(), soon(), () =>
    Promise.resolve({ full: 'resource shortage' }),
  );
  assert.ok(!through.ok);
  assert.equal(through.failure.code, 'jump-host-failed');
});

void test('a connection that is lost is made anew, and not without end', async () => {
  const { gateways, links, attempts } = made(['link'], { attempts: 4 });
  for (let i = 0; i < 20; i++) {
    await gateways.through(gate(), soon(), pass);
    links.at(-1)?.die();
  }
  assert.equal(attempts(), 4);
  const through = await gateways.through(gate(), soon(), pass);
  assert.match(through.ok ? '' : through.failure.detail, /lost again and again/u);
});

void test("a host's deadline ends its wait, and nobody else's", async () => {
  const gateways = createGateways<TestLink>(() => new Promise(() => undefined), { limits: QUICK });
  const bound = new AbortController();
  setTimeout(() => bound.abort(new DOMException('over', 'TimeoutError')), 20);
  const late = await gateways.through(gate(), bound.signal, pass);
  assert.equal(late.ok ? '' : late.failure.code, 'host-timed-out');
  gateways.close();
});

void test('one jump host however it is named, another for another account, way or keys', async () => {
  const { gateways, attempts } = made(['link']);
  const others: readonly Partial<Target>[] = [
    { name: 'as-written-elsewhere' },
    { user: 'other' },
    { port: 2222 },
    { route: { by: 'jump', over: gate({ address: '10.0.0.9' }) } },
    { settings: { ...PLAIN_SETTINGS, keys: { ...PLAIN_SETTINGS.keys, files: ['/k'] } } },
  ];
  await gateways.through(gate(), soon(), pass);
  for (const other of others) await gateways.through(gate(other), soon(), pass);
  assert.equal(attempts(), others.length);
});

const spelt = (address: string) => gate({ name: address, address, knownAs: { names: [address], port: 22 } });

void test('one jump host in whichever spelling', async () => {
  const { gateways, attempts } = made(['link']);
  for (const address of ['bastion', 'Bastion', 'BASTION', '2001:db8::1', '2001:DB8:0::1', 'bastion.'])
    await gateways.through(spelt(address), soon(), pass);
  // A dot at the end switches search domains off.
  assert.equal(attempts(), 3);
  for (const over of ['a', 'A'])
    await gateways.through(gate({ route: { by: 'jump', over: spelt(over) } }), soon(), pass);
  assert.equal(attempts(), 4);
});
