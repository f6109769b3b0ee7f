import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Host } from '../../src/model/host.js';
import { hostsOfShard } from '../../src/plan/hosts-of-shard.js';
import { makePlan, NO_ZONE, PLAN_FILE, type PlanChoices } from '../../src/plan/make-plan.js';
import { PlannedHostSchema, type FleetPlan } from '../../src/plan/plan-schema.js';
import { shardFile } from '../../src/plan/shard-file.js';
import { parsePlan, parseShard } from '../../src/plan/read-plan.js';
import { sha256 } from '../../src/run/sha256.js';
import { hostAt } from '../support/hosts.js';

const CHOICES: Omit<PlanChoices, 'hosts'> = {
  runId: '0123456789abcdef',
  madeAt: '2026-11-28T12:00:00Z',
  kernward: '0.1.0',
  inventory: ['inventory.yaml'],
  groupForks: new Map([['few', 2]]),
  most: 4,
  zoneLabel: 'zone',
};

const fleet: fc.Arbitrary<readonly Host[]> = fc
  .array(
    fc.record({
      groups: fc.subarray(['few', 'many', '__proto__']),
      zone: fc.constantFrom('eu', 'us', '', '__proto__', 'line\nbreak'),
      user: fc.constantFrom(undefined, 'audit'),
      profile: fc.constantFrom(undefined, 'database'),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) =>
    list.map(({ groups, zone, user, profile }, index): Host => {
      const { user: _, profile: __, ...host } = hostAt(22, { name: `h${index}`, groups, labels: { zone } });
      return {
        ...host,
        transport: 'auto',
        ...(user === undefined ? {} : { user }),
        ...(profile === undefined ? {} : { profile }),
      };
    }),
  );

function planOf(hosts: readonly Host[], more: Partial<PlanChoices> = {}) {
  return makePlan({ ...CHOICES, hosts, ...more }, sha256);
}

/** Everything that was written, read back. */
function readBack(hosts: readonly Host[]) {
  const { value: made } = planOf(hosts);
  assert.ok(made !== undefined);
  const textOf = (path: string): string => made.files.find((file) => file.path === path)?.text ?? '';
  const { value: plan, diagnostics } = parsePlan(textOf(PLAN_FILE), PLAN_FILE);
  assert.deepEqual(diagnostics, []);
  assert.ok(plan !== undefined);
  const shards = plan.shards.map((summary) => {
    const text = textOf(shardFile(summary.shard));
    const read = parseShard(text, 'shard', { plan, summary, digest: sha256(text) });
    assert.deepEqual(read.diagnostics, []);
    assert.ok(read.value !== undefined);
    return read.value;
  });
  return { made, plan, shards, textOf };
}

describe('a plan', () => {
  test('has every host once, as it was, in its place; zones are apart, and a limited group is together', () => {
    fc.assert(
      fc.property(fleet, (hosts) => {
        const { shards } = readBack(hosts);
        const placed = shards.flatMap((shard) =>
          hostsOfShard(shard, 'here').map((host, index) => ({ place: shard.hosts[index]?.place ?? -1, shard, host })),
        );
        assert.deepEqual(
          placed.map(({ place }) => place).toSorted((a, b) => a - b),
          [...hosts.keys()],
        );
        for (const { place, host, shard } of placed) {
          const { at: _, identityFiles: __, ...was } = hosts[place] ?? assert.fail();
          const { at: ___, identityFiles: ____, ...is } = host;
          assert.deepEqual(is, was);
          const isLimited = was.groups.includes('few');
          // A group that reaches into several zones is asked from that of its first host.
          if (!isLimited) assert.equal(shard.zone, was.labels['zone'] === '' ? NO_ZONE : was.labels['zone']);
          assert.equal(
            Object.hasOwn(shard.groupForks, 'few'),
            shard.hosts.some(({ groups }) => groups.includes('few')),
          );
        }
        assert.ok(shards.filter(({ groupForks }) => Object.hasOwn(groupForks, 'few')).length <= 1);
      }),
    );
  });

  test('of the same hosts is the same, but for its run', () => {
    fc.assert(
      fc.property(fleet, (hosts) => {
        assert.deepEqual(planOf(hosts).value?.files, planOf(hosts).value?.files);
      }),
    );
  });

  test('says nothing of how to connect, and says so', () => {
    const host: Host = {
      ...hostAt(22, { name: 'a', groups: [], labels: {} }),
      identityFiles: ['/home/me/key'],
      proxyJump: 'bastion',
      proxyCommand: 'nc %h %p',
      sshOptions: ['Ciphers=x'],
      transport: 'recorded',
      recording: '/tmp/a.probe',
    };
    const { value, diagnostics } = planOf([host], { zoneLabel: undefined });
    const text = value?.files.map((file) => file.text).join('') ?? '';
    for (const word of ['/home/me/key', 'bastion', 'nc ', 'Ciphers', 'recorded', 'a.probe'])
      assert.ok(!text.includes(word), word);
    assert.deepEqual(
      diagnostics.map(({ code, severity }) => [code, severity]),
      Array.from({ length: 5 }, () => ['plan/how-to-connect', 'warning']),
    );
    assert.deepEqual(Object.keys(PlannedHostSchema.properties), [
      'place',
      'name',
      'address',
      'port',
      'user',
      'profile',
      'groups',
      'labels',
      'become',
    ]);
  });

  test('takes how to connect from the inventory where it is asked, and whom from the plan', () => {
    const planned = { ...hostAt(22, { name: 'a', groups: ['web'], labels: {} }), user: 'audit' };
    const [shard] = readBack([{ ...planned, transport: 'auto' }]).shards;
    assert.ok(shard !== undefined);
    const own: Host = {
      ...planned,
      user: 'root',
      address: 'elsewhere',
      groups: ['other'],
      identityFiles: ['key'],
      proxyJump: 'bastion',
      transport: 'openssh',
    };
    const [host] = hostsOfShard(shard, 'shard', new Map([['a', own]]));
    assert.deepEqual(
      [host?.user, host?.address, host?.groups, host?.identityFiles, host?.proxyJump, host?.transport],
      ['audit', planned.address, ['web'], ['key'], 'bastion', 'openssh'],
    );
  });

  test('has no host that only this process can ask', () => {
    const { value, diagnostics } = planOf([{ ...hostAt(22, { name: 'me' }), transport: 'local' }]);
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      ['plan/local-host'],
    );
  });
});

const { plan: PLAN, textOf: TEXT_OF } = readBack(
  Array.from({ length: 9 }, (_, index) => ({
    ...hostAt(22, { name: `h${index}`, groups: [], labels: { zone: 'eu' } }),
    transport: 'auto' as const,
  })),
);

const changed = (change: (plan: FleetPlan) => object) =>
  parsePlan(JSON.stringify(change(structuredClone(PLAN))), PLAN_FILE).diagnostics.map(({ code }) => code);

describe('a plan that somebody changed', () => {
  for (const [name, change] of Object.entries<(plan: FleetPlan) => object>({
    'another kind': (plan) => ({ ...plan, kind: 'shard' }),
    'a newer schema': (plan) => ({ ...plan, schema: 2 }),
    'a field that nobody knows': (plan) => ({ ...plan, command: 'id' }),
    'a run id that is none': (plan) => ({ ...plan, runId: '../../x' }),
    'no moment': (plan) => ({ ...plan, notAfter: 'zzz' }),
    'more hosts than its shards have': (plan) => ({ ...plan, hosts: plan.hosts + 1 }),
    'a shard too few': (plan) => ({ ...plan, shards: plan.shards.slice(1) }),
    'its shards in another order': (plan) => ({ ...plan, shards: plan.shards.toReversed() }),
    'a shard without hosts': (plan) => ({ ...plan, shards: plan.shards.map((each) => ({ ...each, hosts: 0 })) }),
  }))
    test(`${name} is refused`, () => assert.deepEqual(changed(change), ['plan/malformed']));

  test('a key twice is refused', () => {
    const text = TEXT_OF(PLAN_FILE).replace('"hosts":9', '"hosts":9,"hosts":9');
    assert.deepEqual(
      parsePlan(text, PLAN_FILE).diagnostics.map(({ code }) => code),
      ['plan/malformed'],
    );
  });

  test('a shard of which any byte is another is not the one that was planned', () => {
    const [summary] = PLAN.shards;
    assert.ok(summary !== undefined);
    const text = TEXT_OF(shardFile(1));
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.nat({ max: 94 }), (at, by) => {
        const byte = String.fromCodePoint(32 + by);
        fc.pre(text[at] !== byte);
        const other = text.slice(0, at) + byte + text.slice(at + 1);
        const read = parseShard(other, 'shard', { plan: PLAN, summary, digest: sha256(other) });
        assert.deepEqual(
          read.diagnostics.map(({ code }) => code),
          ['plan/changed'],
        );
      }),
    );
  });

  test('a shard that was made anew with its digest is held against the plan, and carries nothing else', () => {
    const [summary] = PLAN.shards;
    assert.ok(summary !== undefined);
    const shard = JSON.parse(TEXT_OF(shardFile(1)));
    const forged = (change: object): readonly string[] => {
      const text = JSON.stringify({ ...shard, ...change });
      const digest = sha256(text);
      return parseShard(text, 'shard', { plan: PLAN, summary: { ...summary, sha256: digest }, digest }).diagnostics.map(
        ({ code }) => code,
      );
    };
    assert.deepEqual(forged({}), []);
    const [first, second] = shard.hosts;
    for (const change of [
      { runId: 'f'.repeat(16) },
      { shard: 2 },
      { zone: 'us' },
      { hosts: shard.hosts.slice(1) },
      { hosts: shard.hosts.map(() => first) },
      { hosts: [{ ...first, place: 9 }, ...shard.hosts.slice(1)] },
      { hosts: [{ ...first, name: second.name }, ...shard.hosts.slice(1)] },
      ...['proxyCommand', 'proxyJump', 'sshOptions', 'identityFiles', 'transport', 'recording', 'at', 'command'].map(
        (field) => ({ hosts: [{ ...first, [field]: 'x' }, ...shard.hosts.slice(1)] }),
      ),
      { hosts: [{ ...first, become: 'su' }, ...shard.hosts.slice(1)] },
      { hosts: [{ ...first, port: 0 }, ...shard.hosts.slice(1)] },
      { groupForks: { a: 0 } },
    ])
      assert.deepEqual(forged(change), ['plan/malformed'], JSON.stringify(change).slice(0, 200));
  });
});
