import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { editRecording, packagesOutput, type Edit } from '../../src/demo/edit-recording.js';
import { PACKAGE_FACTS } from '../../src/facts/index.js';
import { derive } from '../../src/kernel/derive-facts.js';
import { fixFacts } from '../../src/kernel/fixes/facts.js';
import type { HostOutcome } from '../../src/model/outcome.js';
import type { Readings } from '../../src/model/reading.js';
import { answerWith, readRecording } from '../../src/probe/recording.js';
import { retryTerms } from '../../src/run/schedule/retry.js';
import { scanHost } from '../../src/run/scan-host.js';
import type { Deadlines } from '../../src/run/scan-plan.js';
import { createIdentities } from '../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../src/transports/host-keys/load.js';
import { createLocalTransport } from '../../src/transports/local.js';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { createRecordedTransport } from '../../src/transports/recorded.js';
import { startSimulatedHost, type SimulatedAnswer } from '../../src/demo/simulated-fleet.js';
import { createSsh2Transport } from '../../src/transports/ssh2/transport.js';
import { shippedFixes } from '../support/shipped-fixes.js';
import { hostAt } from '../support/hosts.js';
import { scratch } from '../support/scratch.js';
import { createPackageLookups } from '../../src/kernel/fixes/package-lookups.js';
import { within } from '../support/within.js';

const home = scratch();
after(() => rmSync(home, { recursive: true }));
const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
writeFileSync(join(home, 'key'), key.private, { mode: 0o600 });
writeFileSync(join(home, 'known_hosts'), `* ${hostKey.public}\n`);

const FIXES = shippedFixes();
const K1 = 'fix.khugepaged_trylock';
const RECORDING = readFileSync('policies/hosts/debian-12.probe', 'utf8');

/** A Red Hat 7 between the last build known to lack the fix and the first known to have it. */
const BETWEEN: Edit = {
  set: {
    '/proc/sys/kernel/osrelease': '3.10.0-1127.19.1.el7.x86_64',
    '/proc/sys/kernel/version': '#1 SMP Tue Aug 11 19:12:04 EDT 2020',
    '/proc/version': 'Linux version 3.10.0-1127.19.1.el7.x86_64 (b@h) (gcc) #1 SMP Tue Aug 11 19:12:04 EDT 2020',
  },
};
const PACKAGES = {
  installed: ['rpm kernel 3.10.0-1127.19.1.el7 x86_64'],
  changelog: [
    'package kernel 3.10.0-1127.19.1.el7',
    'found khugepaged-trylock - [mm] thp: use down_read_trylock() in khugepaged to avoid long block (A B) [1]',
    'read 9',
  ],
};

const FIRST_LINE = /^kw='kernward 1 ([0-9a-f]{32})( packages [^']*)?'\n/;

interface Scanned {
  readonly outcome: HostOutcome;
  /** The first line of each script that the host was given, without the nonce. */
  readonly asked: readonly string[];
  /** How many channels it was asked for. */
  readonly channels: number;
}

/** Scans a host over SSH that is `edit` of the recorded one; `second` is what it does when it is asked for its packages. */
async function scan(
  edit: Edit,
  second: (nonce: string) => SimulatedAnswer,
  over: {
    readonly deadlines?: Partial<Deadlines>;
    readonly asked?: readonly string[];
    readonly first?: (stdout: Uint8Array) => SimulatedAnswer;
  } = {},
): Promise<Scanned> {
  const asked: string[] = [];
  let channels = 0;
  const output = Buffer.from(editRecording(RECORDING, edit));
  const simulated = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: (script) => {
      const [, nonce = '', packages] = FIRST_LINE.exec(script.toString('latin1')) ?? [];
      asked.push(packages ?? 'probe');
      const { first = (stdout: Uint8Array): SimulatedAnswer => stdout } = over;
      return packages === undefined ? first(answerWith(output, nonce)) : second(nonce);
    },
    onConnection: (connection) =>
      connection.on('session', () => {
        channels += 1;
      }),
  });
  try {
    const hostKeys = loadHostKeyPolicy(`file:${join(home, 'known_hosts')}`).value;
    assert.ok(hostKeys);
    const ssh2 = createSsh2Transport({
      hostKeys,
      identities: createIdentities({ home }),
      connectTimeoutMs: within(3000),
      authTimeoutMs: within(3000),
    });
    const outcome = await scanHost(hostAt(simulated.port, { identityFiles: [join(home, 'key')] }), {
      transports: new Map([['ssh2', ssh2]]),
      deadlines: { probeMs: within(5000), packagesMs: within(5000), hostMs: within(10_000), ...over.deadlines },
      today: '2026-03-01',
      declared: [],
      packages: createPackageLookups(FIXES, new Set(over.asked ?? [K1])),
      maxBytes: 1024 * 1024,
      become: false,
      retry: retryTerms(0),
      random: () => 0,
      rest: async () => undefined,
      signal: new AbortController().signal,
    });
    return { outcome, asked, channels };
  } finally {
    await simulated.close();
  }
}

function readingsOf({ outcome }: Scanned): Readings {
  assert.ok(outcome.reached, JSON.stringify(outcome));
  return outcome.readings;
}
function stateOf(readings: Readings): unknown {
  const reading = derive(readings, fixFacts(FIXES)).get(K1);
  return reading?.state === 'known' ? reading.value : reading?.state;
}

const first = readRecording(Buffer.from(editRecording(RECORDING, BETWEEN)));

function assertFirstIsKept(readings: Readings): void {
  for (const [id, reading] of first) assert.deepEqual(readings.get(id), reading, id);
}

test('a fix that the probe leaves open is decided by the changelog, over the same connection', async () => {
  const scanned = await scan(BETWEEN, (nonce) => Buffer.from(packagesOutput(nonce, { packages: PACKAGES })));
  const readings = readingsOf(scanned);
  assertFirstIsKept(readings);
  assert.equal(stateOf(first), 'unreadable');
  assert.equal(stateOf(readings), 'fixed');
  assert.equal(scanned.asked.length, 2);
  assert.equal(scanned.asked[0], 'probe');
  assert.match(scanned.asked[1] ?? '', /^ packages .*khugepaged-trylock:mmthpusedownreadtrylock/);
});

test('a host of which nothing is open is asked once', async () => {
  const scanned = await scan({}, () => assert.fail('it was asked again'));
  assert.deepEqual(scanned.asked, ['probe']);
  assert.equal(stateOf(readingsOf(scanned)), 'fixed');
  for (const { id } of PACKAGE_FACTS) assert.equal(readingsOf(scanned).has(id), false);
});

test('a host of which nothing is open that a rule reads is asked once', async () => {
  assert.deepEqual((await scan(BETWEEN, () => assert.fail('it was asked again'), { asked: ['thp.enabled'] })).asked, [
    'probe',
  ]);
});

const FAILURES: readonly (readonly [string, (nonce: string) => SimulatedAnswer, string, Partial<Deadlines>?])[] = [
  ['it never answers', () => 'silence', 'timed-out', { packagesMs: within(300) }],
  ["it never answers, and the host's own time is over", () => 'silence', 'timed-out', { hostMs: within(1500) }],
  ['it drops the connection', () => 'disconnect', 'truncated'],
  [
    'it refuses, as a forced command that is the probe alone does',
    () => ({ stderr: Buffer.from('kernward: this probe speaks protocol 1\n'), status: 2 }),
    'truncated',
  ],
  ['it prints something else', () => ({ stdout: Buffer.from('\u001b]0;x\u0007 kw kw kw\n'), status: 0 }), 'truncated'],
  ['it prints without end', () => ({ stdout: Buffer.alloc(3 << 20, 'x'), status: 0 }), 'truncated'],
  [
    'it answers with the frames of another run',
    () => Buffer.from(packagesOutput('0'.repeat(32), { packages: PACKAGES })),
    'truncated',
  ],
  [
    'it stops half way',
    (nonce) => Buffer.from(packagesOutput(nonce, { packages: PACKAGES }).replace(/ errors[\s\S]*$/, '')),
    'truncated',
  ],
];
for (const [what, second, cause, deadlines] of FAILURES)
  test(`the second look fails: ${what}`, async () => {
    const readings = readingsOf(await scan(BETWEEN, second, deadlines === undefined ? {} : { deadlines }));
    assertFirstIsKept(readings);
    for (const { id } of PACKAGE_FACTS) {
      const reading = readings.get(id);
      assert.equal(reading?.state === 'unreadable' && reading.cause, cause, `${id} ${JSON.stringify(reading)}`);
    }
    assert.equal(stateOf(readings), 'unreadable');
  });

const packages = (nonce: string): Buffer => Buffer.from(packagesOutput(nonce, { packages: PACKAGES }));

test('the second look is at the shell of the first, and has one of its own where that has ended', async () => {
  const went = await scan(BETWEEN, packages);
  const ended = await scan(BETWEEN, packages, { first: (stdout) => ({ stdout, status: 1 }) });
  assert.deepEqual([went.channels, ended.channels], [1, 2]);
  assert.deepEqual([...readingsOf(ended)], [...readingsOf(went)]);
  const none = await scan({}, () => assert.fail('nothing was open'));
  assert.deepEqual([none.asked, none.channels], [['probe'], 1]);
});

test('this machine is looked at as well', async () => {
  const outcome = await scanHost(hostAt(22, { transport: 'local' }), {
    transports: new Map([['local', createLocalTransport()]]),
    deadlines: { probeMs: within(20_000), packagesMs: within(20_000), hostMs: within(40_000) },
    today: '2026-03-01',
    declared: [],
    packages: createPackageLookups(FIXES, new Set(['kernel.installed'])),
    maxBytes: 1024 * 1024,
    become: false,
    retry: retryTerms(0),
    random: () => 0,
    rest: async () => undefined,
    signal: new AbortController().signal,
  });
  assert.ok(outcome.reached);
  assert.ok(outcome.readings.has('kernel.installed'));
});

function scanRecorded(recording: string, transport = createRecordedTransport()): Promise<HostOutcome> {
  return scanHost(hostAt(22, { transport: 'recorded', recording }), {
    transports: new Map([['recorded', transport]]),
    deadlines: { probeMs: within(5000), packagesMs: within(5000), hostMs: within(5000) },
    today: '2026-03-01',
    declared: [],
    packages: createPackageLookups(FIXES, undefined),
    maxBytes: 1024 * 1024,
    become: false,
    retry: retryTerms(0),
    random: () => 0,
    rest: async () => undefined,
    signal: new AbortController().signal,
  });
}

test('a recording is the whole of what its host says', async () => {
  const nonce = /^kw ([0-9a-f]{32}) /m.exec(RECORDING)?.[1] ?? '';
  const packages = packagesOutput(nonce, { packages: PACKAGES });
  for (const [more, state] of [
    ['', 'unreadable'],
    [packages, 'fixed'],
  ] as const) {
    const recording = join(home, 'host.probe');
    writeFileSync(recording, editRecording(RECORDING, BETWEEN) + more);
    const outcome = await scanRecorded(recording);
    assert.ok(outcome.reached);
    assert.equal(stateOf(outcome.readings), state);
  }
});

test('no script is made for a recording, which cannot be asked', async () => {
  const recording = join(home, 'host.probe');
  writeFileSync(recording, RECORDING);
  const scripts: string[] = [];
  const recorded = createRecordedTransport();
  const outcome = await scanRecorded(recording, {
    ...recorded,
    open: async (...args) => {
      const opened = await recorded.open(...args);
      if (!opened.ok) return opened;
      const { session } = opened;
      const run: typeof session.run = (script, limits) => {
        scripts.push(script.join(''));
        return session.run(script, limits);
      };
      return { ok: true, session: { ...session, run } };
    },
  });
  assert.ok(outcome.reached);
  assert.deepEqual(scripts, ['']);
});

/** What an inventory may name as a recording, with a word that nobody may see. */
const NO_RECORDINGS: Readonly<Record<string, string>> = {
  'a file of credentials': '[default]\naws_secret_access_key = hunter2\n',
  'one line': 'hunter2',
  'the word of Windows': 'C:\\Users\\hunter2 is not recognized as an internal or external command\n',
  'the word of a collector': 'kernward: this collector speaks protocol 7\n',
  'frames that are cut': `kw ${'0'.repeat(32)} beg\nhunter2\n`,
  'a frame that never ends': `kw ${'0'.repeat(32)} begin hunter2`,
  nothing: '',
};
for (const [what, text] of Object.entries(NO_RECORDINGS))
  test(`what is named as a recording and is none, ${what}, is not repeated`, async () => {
    const recording = join(home, 'no.probe');
    writeFileSync(recording, text);
    const outcome = await scanRecorded(recording);
    assert.ok(!outcome.reached);
    assert.equal(outcome.failure.code, 'recording-unusable');
    assert.match(outcome.failure.detail, /no\.probe: it is no recording of a probe/u);
    assert.ok(!JSON.stringify(outcome).includes('hunter2'), outcome.failure.detail);
  });
