import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { startKernward, type Ended } from '../../support/kernward.js';
import { kernwardWarm } from '../../support/warm/commands.js';
import { scratch } from '../../support/scratch.js';

const HOSTS = 7;
const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'debian-12.probe'));
const lines = Array.from({ length: HOSTS }, (_, index) => `  - { name: h${index}, labels: { zone: z${index % 2} } }`);
writeFileSync(
  join(folder, 'inventory.yaml'),
  `defaults: { transport: recorded, recording: debian-12.probe }\nhosts:\n${lines.join('\n')}\n`,
);
const SCAN = ['-i', 'inventory.yaml'];

async function made(name: string, ...more: readonly string[]): Promise<void> {
  const { status, stderr } = await kernwardWarm(folder, 'plan', ...SCAN, '--shard-hosts', '2', '-o', name, ...more);
  assert.equal(status, 0, stderr);
}

function collected(plan: string, index: number, results: string, ...more: readonly string[]): Promise<Ended> {
  return startKernward(folder, ['collect', '--plan', plan, ...SCAN, '-o', `${results}/`, ...more], {
    JOB_COMPLETION_INDEX: String(index),
  }).ended;
}

interface Judged {
  readonly status: number | null;
  readonly stderr: string;
  /** Name → why not, or nothing. */
  readonly hosts: ReadonlyMap<string, string | undefined>;
  readonly verdicts: string;
}

async function judged(...args: readonly string[]): Promise<Judged> {
  const { status, stdout, stderr } = await kernwardWarm(folder, ...args, '-o', 'json');
  const report: {
    readonly hosts: readonly {
      readonly host: string;
      readonly failure?: { readonly code: string };
      readonly verdicts: unknown;
    }[];
  } = stdout === '' ? { hosts: [] } : JSON.parse(stdout);
  return {
    status,
    stderr,
    hosts: new Map(report.hosts.map(({ host, failure }) => [host, failure?.code])),
    verdicts: JSON.stringify(report.hosts.map(({ host, verdicts }) => [host, verdicts])),
  };
}

const shardsOf = (plan: string): readonly { readonly zone: string; readonly hosts: number }[] =>
  JSON.parse(readFileSync(join(folder, plan, 'plan.json'), 'utf8')).shards;

describe('a fleet that is planned, collected in shards, and judged by its plan', () => {
  const NAMES = Array.from({ length: HOSTS }, (_, index) => `h${index}`);

  test('gives what one scan gives, whatever process asked whom', async () => {
    await made('whole', '--zone-by', 'label:zone');
    mkdirSync(join(folder, 'results'));
    for (const index of shardsOf('whole').keys()) {
      const { status, stderr } = await collected('whole', index, 'results');
      assert.equal(status, 0, stderr);
    }
    assert.deepEqual(
      shardsOf('whole').map(({ zone, hosts }) => [zone, hosts]),
      [
        ['z0', 2],
        ['z0', 2],
        ['z1', 2],
        ['z1', 1],
      ],
    );
    const scanned = await judged('scan', ...SCAN);
    const evaluated = await judged('eval', '--plan', 'whole', 'results');
    assert.equal(evaluated.status, scanned.status, evaluated.stderr);
    assert.deepEqual([...evaluated.hosts.keys()], NAMES);
    assert.equal(evaluated.verdicts, scanned.verdicts);
  });

  test('names every host of every shard that did not come, and is incomplete', async () => {
    const files = readdirSync(join(folder, 'results')).map((name) => join('results', name));
    assert.equal(files.length, 4);
    for (const subset of ['', '2', '013']) {
      const come = files.filter((_, index) => subset.includes(String(index)));
      mkdirSync(join(folder, 'none'), { recursive: true });
      const { status, hosts, stderr } = await judged(
        'eval',
        '--plan',
        'whole',
        ...(come.length === 0 ? ['none'] : come),
      );
      assert.equal(status, 3, `${come.join(' ')}: ${stderr}`);
      assert.deepEqual([...hosts.keys()].toSorted(), NAMES, come.join(' '));
      const missing = shardsOf('whole').reduce(
        (sum, shard, index) => (come.includes(files[index] ?? '') ? sum : sum + shard.hosts),
        0,
      );
      assert.equal([...hosts.values()].filter((code) => code === 'shard-missing').length, missing, come.join(' '));
    }
  });

  test('a file that was cut has lost the hosts behind the cut, and no others', async () => {
    mkdirSync(join(folder, 'cut'));
    for (const name of ['0001.jsonl', '0002.jsonl', '0003.jsonl', '0004.jsonl'])
      copyFileSync(join(folder, 'results', name), join(folder, 'cut', name));
    const whole = readFileSync(join(folder, 'results', '0002.jsonl'), 'utf8');
    const lengths = { nothing: 0, header: whole.indexOf('\n') + 1, host: whole.length - 200, end: whole.length - 2 };
    for (const [upTo, length] of Object.entries(lengths)) {
      writeFileSync(join(folder, 'cut', '0002.jsonl'), whole.slice(0, length));
      const { status, hosts, stderr } = await judged('eval', '--plan', 'whole', 'cut');
      assert.deepEqual([...hosts.keys()].toSorted(), NAMES);
      const lost = [...hosts].flatMap(([name, code]) => (code === 'shard-missing' ? [name] : []));
      assert.deepEqual(lost, { nothing: ['h4', 'h6'], header: ['h4', 'h6'], host: ['h6'], end: [] }[upTo], upTo);
      assert.equal(status, lost.length === 0 ? 0 : 3, `${upTo}: ${stderr}`);
    }
  });

  test('what another plan collected is refused, as is a shard twice', async () => {
    await made('other', '-l', 'h0,h1');
    mkdirSync(join(folder, 'foreign'));
    assert.equal((await collected('other', 0, 'foreign')).status, 0);
    const foreign = await judged('eval', '--plan', 'whole', 'results', 'foreign');
    assert.equal(foreign.status, 2);
    assert.match(foreign.stderr, /readings\/other-plan/);
    const twice = await judged('eval', '--plan', 'whole', 'results', 'results/0001.jsonl');
    assert.equal(twice.status, 2);
    assert.match(twice.stderr, /readings\/shard-twice/);
  });

  test('what did not answer is planned again, alone', async () => {
    const report = await kernwardWarm(folder, 'eval', '--plan', 'whole', 'results/0001.jsonl', '-o', 'json:part.json');
    assert.equal(report.status, 3);
    await made('again', '--rerun', 'unreachable', 'part.json');
    const hosts = readFileSync(join(folder, 'again', 'shards', '0001.json'), 'utf8');
    assert.doesNotMatch(hosts, /"name":"h0"/);
    assert.match(hosts, /"name":"h1"/);
    assert.equal(
      shardsOf('again').reduce((sum, each) => sum + each.hosts, 0),
      HOSTS - 2,
    );
  });
});

describe('a plan on disk', () => {
  test('is its owner’s alone, and never written into another', async () => {
    await made('mine');
    for (const name of ['plan.json', 'shards/0001.json', 'shards'])
      assert.equal(statSync(join(folder, 'mine', name)).mode & 0o077, 0, name);
    const again = await kernwardWarm(folder, 'plan', ...SCAN, '-o', 'mine');
    assert.equal(again.status, 2);
    assert.match(again.stderr, /is not empty/);
  });

  test('is asked by the key it was signed with, and no other', async () => {
    const [ours, theirs] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    writeFileSync(join(folder, 'key.pem'), ours.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, 'ours.pem'), ours.publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(folder, 'theirs.pem'), theirs.publicKey.export({ type: 'spki', format: 'pem' }));
    await made('signed', '--sign-key', 'key.pem');
    mkdirSync(join(folder, 'signed-results'));
    const ask = (plan: string, key: string): Promise<Ended> => collected(plan, 0, 'signed-results', '--plan-key', key);
    assert.equal((await ask('signed', 'ours.pem')).status, 0);
    const refused = async (plan: string, key: string): Promise<void> => {
      const { status, stderr } = await ask(plan, key);
      assert.equal(status, 2, `${plan} ${key}`);
      assert.match(stderr, /plan\/signature/);
    };
    await refused('signed', 'theirs.pem');
    await made('unsigned');
    await refused('unsigned', 'ours.pem');
    assert.match((await collected('signed', 0, 'signed-results')).stderr, /plan\/signature/);
    // Another address under the same signature, with everything else put right.
    const plan = join(folder, 'signed', 'plan.json');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"hosts":7', '"hosts": 7'));
    await refused('signed', 'ours.pem');
  });

  test('of which a shard was changed is asked by nobody', async () => {
    await made('changed');
    const shard = join(folder, 'changed', 'shards', '0001.json');
    writeFileSync(shard, readFileSync(shard, 'utf8').replace('"address":"h0"', '"address":"evil"'));
    const { status, stderr } = await collected('changed', 0, 'results');
    assert.equal(status, 2);
    assert.match(stderr, /plan\/changed/);
  });

  test('of somebody who can make its digests right runs nothing where it is collected', async () => {
    writeFileSync(join(folder, 'ssh.yaml'), `defaults: { transport: openssh }\nhosts:\n${lines.join('\n')}\n`);
    await made('forged');
    const [plan, shard] = ['plan.json', 'shards/0001.json'].map((name) => join(folder, 'forged', name));
    assert.ok(plan !== undefined && shard !== undefined);
    const [manifest, hosts] = [readFileSync(plan, 'utf8'), readFileSync(shard, 'utf8')];
    for (const [field, value] of [
      ['address', '-oProxyCommand=touch pwned'],
      ['address', '$(touch pwned)'],
      ['user', '-oProxyCommand=touch pwned'],
      ['user', 'a`touch pwned`'],
    ]) {
      const [first, ...others] = JSON.parse(hosts).hosts;
      const text = JSON.stringify({ ...JSON.parse(hosts), hosts: [{ ...first, [field ?? '']: value }, ...others] });
      writeFileSync(shard, text);
      const [summary, ...rest] = JSON.parse(manifest).shards;
      const sha256 = createHash('sha256').update(text).digest('hex');
      writeFileSync(plan, JSON.stringify({ ...JSON.parse(manifest), shards: [{ ...summary, sha256 }, ...rest] }));
      const { status, stderr } = await kernwardWarm(
        folder,
        'collect',
        '--plan',
        'forged',
        '--shard',
        '1',
        '-i',
        'ssh.yaml',
        '-o',
        'none.jsonl',
        '--retries',
        '0',
      );
      assert.equal(status, 2, `${field} ${value}: ${stderr}`);
      assert.match(stderr, /ssh-config\/name/);
      assert.ok(!readdirSync(folder).includes('pwned'));
    }
  });

  test('is collected while its time lasts', async () => {
    await made('short', '--not-after', '1s');
    const plan = JSON.parse(readFileSync(join(folder, 'short', 'plan.json'), 'utf8'));
    assert.equal(Date.parse(plan.notAfter) - Date.parse(plan.madeAt), 1000);
    const late = { ...plan, notAfter: '2026-01-01T00:00:00Z' };
    writeFileSync(join(folder, 'short', 'plan.json'), JSON.stringify(late));
    const { status, stderr } = await collected('short', 0, 'results');
    assert.equal(status, 2);
    assert.match(stderr, /make another plan/);
  });

  test('cannot be chosen from once more, or be asked for a shard that it has not', async () => {
    const expect2 = async (...args: readonly string[]): Promise<string> => {
      const { status, stderr } = await kernwardWarm(folder, 'collect', '--plan', 'whole', ...args);
      assert.equal(status, 2, args.join(' '));
      return stderr;
    };
    assert.match(await expect2(), /has 4 shards: say which one/);
    assert.match(await expect2('--shard', '5'), /has 4 shards, and none of number 5/);
    assert.match(await expect2('--shard', '1/5'), /has 4 shards, and not 5/);
    assert.match(await expect2('--shard', '1', '-l', 'h0'), /--plan says who is asked/);
    assert.match(await expect2('--shard', '1', '-w', 'h0'), /--plan says who is asked/);
    assert.match(await expect2('--shard', '1', '--serial', '1'), /--serial counts hosts of the whole fleet/);
    assert.match((await kernwardWarm(folder, 'eval', 'results', '--plan-key', 'ours.pem')).stderr, /there is none/);
    assert.match((await kernwardWarm(folder, 'eval', 'results', '--plan', 'nowhere')).stderr, /cannot be read/);
  });
});
