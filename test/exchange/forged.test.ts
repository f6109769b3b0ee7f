/**
 * Tasks that no maker of plans has made, and results that no worker has collected: an exchange that somebody broke into can bring
 * anything. What asks hosts stands by and must not be called.
 */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { unpackShard, whyNotTheShard } from '../../src/cli/input/collected-shard.js';
import { indexedLines } from '../../src/cli/input/indexed-lines.js';
import { createShardAsker } from '../../src/cli/setup/ask-shard.js';
import { type Admitted, admitTask } from '../../src/exchange/worker/admit-task.js';
import { readCommit, resultCommit } from '../../src/exchange/commit-message.js';
import type { Task } from '../../src/exchange/exchange.js';
import { writeTask } from '../../src/exchange/task-message.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { type Shard } from '../../src/plan/plan-schema.js';
import { shardFile } from '../../src/plan/shard-file.js';
import { isEnding, ticketText } from '../../src/plan/ticket.js';
import { pack } from '../../src/run/collected/packed.js';
import { allFacts } from '../../src/run/rule-set.js';
import { sha256 } from '../../src/run/sha256.js';
import { loadShippedRules } from '../../src/run/shipped/load-shipped-rules.js';
import { hostAt } from '../support/hosts.js';
import type { Host } from '../../src/model/host.js';

const keys = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const NOW = '2026-11-28T12:00:00Z';
const END = '2026-11-28T18:00:00Z';
const rules = loadShippedRules();
const facts = allFacts(rules.fixes, rules.declared);

function hosts(): readonly Host[] {
  return ['a', 'b'].map((name) => {
    const { user: _, profile: __, ...host } = hostAt(22, { name, groups: ['g'], labels: { zone: 'eu' } });
    return { ...host, address: '192.0.2.1', transport: 'auto' };
  });
}

function planned() {
  const { value: made } = makePlan(
    {
      runId: '0123456789abcdef',
      madeAt: NOW,
      notAfter: END,
      kernward: '0.1.0',
      inventory: ['i.yaml'],
      groupForks: new Map(),
      most: 10,
      zoneLabel: 'zone',
      hosts: hosts(),
    },
    sha256,
  );
  assert.ok(made !== undefined && isEnding(made.plan));
  const [summary] = made.plan.shards;
  assert.ok(summary !== undefined);
  const textOf = (path: string): string => made.files.find((file) => file.path === path)?.text ?? '';
  const digest = sha256(textOf('plan.json'));
  return {
    plan: made.plan,
    summary,
    digest,
    text: textOf(shardFile(1)),
    ticket: ticketText(made.plan, digest, summary),
  };
}

const { plan, summary, digest, text, ticket } = planned();

function signed(what: string, by = keys): string {
  return sign(undefined, Buffer.from(what), by.privateKey).toString('base64');
}

function taskOf(bytes: Uint8Array, more: Partial<Task> = {}): Task {
  return {
    zone: 'eu',
    runId: plan.runId,
    shard: 1,
    bytes,
    delivery: 1,
    attempt: '1-a',
    cancelled: new AbortController().signal,
    ...more,
  };
}

function admitted(bytes: Uint8Array, { now = NOW, ...more }: Partial<Task> & { readonly now?: string } = {}): Admitted {
  return admitTask(taskOf(bytes, more), { planKey: keys.publicKey, now });
}

/** The same hosts with something that no plan has, signed by whoever holds the key: the schema alone is in the way. */
function signedWith(change: (shard: Record<string, unknown>) => void): Uint8Array {
  const shard: Record<string, unknown> = JSON.parse(text);
  change(shard);
  const changed = JSON.stringify(shard);
  const itsTicket = ticketText(plan, digest, { ...summary, sha256: sha256(changed) });
  return writeTask(itsTicket, signed(itsTicket), changed);
}

function withField(name: string, value: unknown): Uint8Array {
  return signedWith((shard) => {
    const [first]: Record<string, unknown>[] = Array.isArray(shard['hosts']) ? shard['hosts'] : [];
    if (first !== undefined) first[name] = value;
  });
}

describe('a task', () => {
  test('of the plan is done', () => assert.equal(admitted(writeTask(ticket, signed(ticket), text)).kind, 'admitted'));

  const REFUSED: Readonly<Record<string, readonly [task: Uint8Array, why: RegExp, more?: Partial<Task>]>> = {
    'that is not signed': [writeTask(ticket, undefined, text), /not signed/],
    'that a stranger signed': [writeTask(ticket, signed(ticket, stranger), text), /another key/],
    'whose end was moved': [
      writeTask(ticket.replace(END, '2036-01-01T00:00:00Z'), signed(ticket), text),
      /another key/,
    ],
    'whose zone was changed': [writeTask(ticket.replace('"eu"', '"us"'), signed(ticket), text), /another key/],
    'with another host': [writeTask(ticket, signed(ticket), text.replace('"a"', '"c"')), /not the shard/],
    'that was sent to another zone': [writeTask(ticket, signed(ticket), text), /sent as another/, { zone: 'us' }],
    'that was sent as another shard': [writeTask(ticket, signed(ticket), text), /sent as another/, { shard: 2 }],
    'that was sent as another run': [
      writeTask(ticket, signed(ticket), text),
      /sent as another/,
      { runId: 'f'.repeat(16) },
    ],
    'that is nonsense': [Buffer.from('nonsense'), /no task of kernward/],
    'that unpacks to gigabytes': [gzipSync(Buffer.alloc(80 * 1024 * 1024)), /no task of kernward/],
    'that has a command beside its ticket': [
      gzipSync(JSON.stringify({ schema: 1, ticket, signature: signed(ticket), hosts: text, command: 'id' })),
      /additional properties: command/,
    ],
    'with a proxyCommand': [withField('proxyCommand', 'sh -c id'), /additional properties: proxyCommand/],
    'with sshOptions': [withField('sshOptions', ['ProxyCommand=id']), /additional properties: sshOptions/],
    'with keys': [withField('identityFiles', ['/etc/shadow']), /additional properties: identityFiles/],
    'with a transport': [withField('transport', 'local'), /additional properties: transport/],
    'with a recording': [withField('recording', '/etc/shadow'), /additional properties: recording/],
    'with a jump host': [withField('proxyJump', 'evil'), /additional properties: proxyJump/],
    'with a way to become root that is none': [withField('become', 'su'), /become/],
    'with settings of its own': [
      signedWith((shard) => (shard['settings'] = { networks: [] })),
      /additional properties: settings/,
    ],
  };
  for (const [what, [bytes, why, more]] of Object.entries(REFUSED))
    test(`${what} is refused`, () => {
      const found = admitted(bytes, more);
      assert.equal(found.kind, 'refused');
      assert.match(found.kind === 'refused' ? found.why : '', why);
    });

  test('that is repeated after its end is not done', () =>
    assert.equal(admitted(writeTask(ticket, signed(ticket), text), { now: '2026-11-28T18:00:01Z' }).kind, 'expired'));

  test('of a newer kernward is left to another worker', () => {
    assert.deepEqual(admitted(gzipSync(JSON.stringify({ schema: 2, what: 'ever' }))), { kind: 'newer', schema: 2 });
  });

  test('without a signature is done where the worker was told so', () => {
    const terms = { planKey: undefined, now: NOW };
    assert.equal(admitTask(taskOf(writeTask(ticket, undefined, text)), terms).kind, 'admitted');
  });

  test('with a host outside of the networks asks nobody, nor does one that is this machine', async () => {
    const found = admitted(writeTask(ticket, signed(ticket), text));
    assert.ok(found.kind === 'admitted');
    const settings = { sshConfig: 'none', networks: ['10.0.0.0/8', 'fd00::/8'] };
    const ask = createShardAsker({ settings, own: new Map(), rules });
    const never = new AbortController().signal;
    assert.match(JSON.stringify(await ask(found.task, never)), /a: 192\.0\.2\.1 is in none of the networks; b: /);
    const own = new Map(hosts().map((host) => [host.name, { ...host, transport: 'local' as const }]));
    const here = createShardAsker({ settings: { sshConfig: 'none' }, own, rules });
    assert.match(JSON.stringify(await here(found.task, never)), /a would be this machine itself/);
  });
});

describe('a result', () => {
  const shard: Shard = JSON.parse(text);
  /** What an honest worker that reached nobody sends. */
  function collected(change: (lines: Record<string, unknown>[]) => void = () => undefined): string {
    const expected = shard.hosts.map((host) => ({ ...host, port: 22, transport: 'auto' }));
    const header = {
      kind: 'collected',
      schema: 1,
      kernward: '0.1.0',
      runId: plan.runId,
      startedAt: NOW,
      probe: '0'.repeat(64),
      inventory: ['i.yaml'],
      plan: digest,
      shard: 1,
      shards: 1,
      fleet: 2,
      hosts: expected,
    };
    const lines: Record<string, unknown>[] = [
      header,
      ...expected.map(({ name, address, groups, labels, port, transport }) => ({
        schema: 1,
        name,
        address,
        groups,
        labels,
        port,
        transport,
        tookMs: 1,
        failure: { code: 'connect-timed-out', detail: 'no' },
      })),
    ];
    change(lines);
    const [first, ...others] = lines.map((line) => `${JSON.stringify(line)}\n`);
    const end = {
      kind: 'end',
      hosts: others.length,
      sha256: createHash('sha256').update(others.join('')).digest('hex'),
    };
    return `${first}${others.join('')}${JSON.stringify(end)}\n`;
  }
  const why = (of: string): Promise<string | undefined> =>
    whyNotTheShard(indexedLines([Buffer.from(of)]), { plan: digest, shard, facts, declared: rules.declared });

  test('of the shard is taken', async () => assert.equal(await why(collected()), undefined));

  const REFUSED: Readonly<Record<string, readonly [result: string, why: RegExp]>> = {
    'of another plan': [collected(([header]) => header && (header['plan'] = 'f'.repeat(64))), /another plan/],
    'of another run': [collected(([header]) => header && (header['runId'] = 'f'.repeat(16))), /another plan/],
    'of another shard': [collected(([header]) => header && (header['shard'] = 2)), /shard 2/],
    'with a foreign host': [
      collected((lines) => void lines.push({ ...lines[1], name: 'evil' })),
      /not among the 2 hosts/,
    ],
    'with a host twice': [collected((lines) => void lines.push({ ...lines[1] })), /stands in line 2 already/],
    'that leaves a host out': [collected((lines) => void lines.pop()), /it has 1 hosts, and the shard 2/],
    'that leaves a host out of its header, too': [
      collected((lines) => {
        const [header] = lines;
        if (Array.isArray(header?.['hosts'])) header['hosts'] = header['hosts'].slice(1);
        lines.splice(1, 1);
      }),
      /it has 1 hosts, and the shard 2/,
    ],
    'that chooses a profile': [
      collected((lines) => lines[1] && (lines[1]['profile'] = 'fail-fast')),
      /another profile/,
    ],
    'that changes a label': [
      collected((lines) => lines[1] && (lines[1]['labels'] = { zone: 'us' })),
      /another profile, group or label/,
    ],
    'that leaves a group': [
      collected((lines) => lines[1] && (lines[1]['groups'] = [])),
      /another profile, group or label/,
    ],
    'that was cut': [collected().split('\n').slice(0, 2).join('\n'), /cut/],
    'of two collections': [collected() + collected(), /stands in line|one collection/],
    'without a header': [collected().split('\n').slice(1, 3).join('\n'), /not one collection with a header/],
    'that is nothing': ['', /./],
    'with a line that is longer than any': [collected() + 'a'.repeat(65 * 1024 * 1024), /line 5 has more than 64 MiB/],
  };
  for (const [what, [result, wanted]] of Object.entries(REFUSED))
    test(`${what} is refused`, async () => assert.match((await why(result)) ?? 'taken', wanted));

  test('that unpacks to gigabytes is not unpacked', () =>
    assert.rejects(unpackShard(gzipSync(Buffer.alloc(20 * 1024 * 1024)), 2), /more than 17301504 bytes/));

  test('is not unpacked beyond what a report may have, however many hosts it is of', () => {
    const member = gzipSync(Buffer.alloc(1024 * 1024));
    const packed = Buffer.concat(Array.from({ length: 501 }, () => member));
    return assert.rejects(unpackShard(packed, 1_000_000), /more than 524288000 bytes/);
  });

  test('that was cut is not unpacked', () => assert.rejects(unpackShard(gzipSync(collected()).subarray(0, -9), 2)));

  test('is what it was, packed', async () => {
    assert.equal(Buffer.concat(await unpackShard(await pack([collected()]), 2)).toString(), collected());
  });
});

test('a commit is one of ours or none', () => {
  const said = { kernward: '0', worker: 'w', attempt: '1-a', parts: 1, bytes: 1, sha256: '0'.repeat(64), answered: 1 };
  assert.equal(readCommit(resultCommit(said))?.kind, 'result');
  for (const bad of [
    { ...said, attempt: '../x' },
    { ...said, attempt: '>' },
    { ...said, parts: 0 },
    { ...said, parts: 1e9 },
  ])
    assert.equal(readCommit(resultCommit(bad)), undefined);
  for (const text of [
    '',
    '{}',
    '[]',
    'null',
    '{"kind":"refused","schema":1,"kernward":"","worker":"","why":"x","more":1}',
  ])
    assert.equal(readCommit(Buffer.from(text)), undefined);
});
