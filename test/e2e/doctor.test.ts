import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Diagnosis } from '../../src/doctor/diagnosis.js';
import { freePort } from '../support/free-port.js';
import { makeKey, needsSshd, startSshd, type Sshd, type SshdOptions } from '../support/sshd.js';
import { startKernward } from '../support/kernward.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { isHere } from '../support/debian-tool.js';

/** The library behind `faketime`, wherever this machine's architecture has it. */
function faketime(): string | undefined {
  return existsSync('/usr/lib')
    ? readdirSync('/usr/lib')
        .map((name) => join('/usr/lib', name, 'faketime', 'libfaketime.so.1'))
        .find((file) => existsSync(file))
    : undefined;
}

const isDoctors = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('schemas/doctor.schema.json', 'utf8')),
);

function at(port: number, more = ''): string {
  return `address: 127.0.0.1, port: ${port}${more}`;
}

describe('doctor against a real sshd', needsSshd(), () => {
  let folder: string;
  let publicKey: string;
  const servers: Sshd[] = [];
  const serve = async (options: Partial<SshdOptions> = {}): Promise<Sshd> => {
    const sshd = await startSshd({ authorizedKeys: [publicKey], hostKeyTypes: ['ed25519'], ...options });
    servers.push(sshd);
    return sshd;
  };
  const inventory = (hosts: Readonly<Record<string, string>>): void =>
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `defaults: { user: ${servers[0]?.user}, identityFile: ${join(folder, 'key')} }\nhosts:\n${Object.entries(hosts)
        .map(([name, more]) => `  - { name: ${name}, ${more} }\n`)
        .join('')}`,
    );
  const diagnosed = async (
    ...args: readonly string[]
  ): Promise<{ readonly status: number | null; readonly diagnosis: Diagnosis; readonly stderr: string }> => {
    const { status, stdout, stderr } = await kernwardWarm(
      folder,
      'doctor',
      '-i',
      'inventory.yaml',
      '-o',
      'json',
      ...args,
    );
    assert.notEqual(stdout, '', stderr);
    const diagnosis: Diagnosis = JSON.parse(stdout);
    assert.ok(isDoctors(diagnosis), JSON.stringify(isDoctors.errors?.slice(0, 2)));
    return { status, diagnosis, stderr };
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kernward-doctor-'));
    ({ publicKey } = makeKey(join(folder, 'key')));
    makeKey(join(folder, 'stranger'));
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    await serve();
  });
  after(async () => {
    for (const sshd of servers) await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('each problem is found at its check, with what to do; a scan fails in the same words', async () => {
    const [good] = servers;
    assert.ok(good);
    const [unknown, changed, noShell, notPosix] = [
      await serve(),
      await serve(),
      await serve({ config: ['ForceCommand /bin/false'] }),
      await serve({ config: ['ForceCommand printf "Welcome\\n> "'] }),
    ];
    const known = [good, noShell, notPosix].map((sshd) => sshd.knownHosts());
    writeFileSync(
      join(folder, '.ssh', 'known_hosts'),
      [...known, changed.knownHosts().replace(/ \S+\n/, ` ${good.hostKeys['ed25519']?.split(' ')[1]}\n`)].join(''),
    );
    inventory({
      good: at(good.port),
      unknown: at(unknown.port),
      changed: at(changed.port),
      'key-refused': at(good.port, `, identityFile: ${join(folder, 'stranger')}`),
      'no-key': at(good.port, `, identityFile: ${join(folder, 'missing')}`),
      closed: at(await freePort()),
      nameless: 'address: no-such-host.invalid',
      'bin-false': at(noShell.port),
      menu: at(notPosix.port),
    });
    const { status, diagnosis } = await diagnosed();
    const found = diagnosis.hosts.map(({ host, problems }) => [host, problems[0]?.code, problems[0]?.check]);
    assert.deepEqual(found, [
      ['good', undefined, undefined],
      ['unknown', 'host-key-unknown', 'host-key'],
      ['changed', 'host-key-changed', 'host-key'],
      ['key-refused', 'authentication-failed', 'login'],
      ['no-key', 'identity-unusable', 'login'],
      ['closed', 'refused', 'port'],
      ['nameless', 'name-not-resolved', 'name'],
      ['bin-false', 'no-probe-output', 'shell'],
      ['menu', 'no-probe-output', 'shell'],
    ]);
    assert.equal(status, 3);
    assert.deepEqual([diagnosis.summary.hosts, diagnosis.summary.ready], [9, 1]);
    assert.deepEqual(diagnosis.hosts[1]?.checks, {
      config: 'ok',
      name: 'ok',
      port: 'ok',
      ssh: 'ok',
      'host-key': 'failed',
      login: 'not-tried',
      shell: 'not-tried',
      clock: 'not-tried',
      sudo: 'not-tried',
    });
    assert.deepEqual(diagnosis.hosts[4]?.checks.port, 'not-tried', 'a host without a usable key is not contacted');
    assert.ok(
      diagnosis.hosts.every(({ problems }) => problems.every(({ fix, detail }) => fix !== '' && detail !== '')),
    );

    const { stdout } = await kernwardWarm(folder, 'scan', '-i', 'inventory.yaml', '-o', 'jsonl');
    const scanned = stdout.split('\n').flatMap((line) => (line.startsWith('{"kind":"host"') ? [JSON.parse(line)] : []));
    assert.deepEqual(
      scanned.map(({ host, failure }) => [host, failure?.code]),
      found.map(([host, code]) => [host, code]),
    );

    const table = await kernwardWarm(folder, 'doctor', '-i', 'inventory.yaml');
    assert.match(table.stdout, /│ +2 │ no-probe-output +│ bin-false, menu/);
    assert.match(table.stdout, /exit 3: 1 of 9 hosts are ready for a scan/);
    assert.equal(table.status, 3);
  });

  test('a clock that is wrong is a warning, and how far it may be off is said', async (t) => {
    const library = faketime();
    if (!isHere(library !== undefined, 'faketime', 'faketime') || library === undefined) {
      t.skip('faketime is missing');
      return;
    }
    const late = await serve({ config: [`SetEnv LD_PRELOAD=${library} FAKETIME=-3600s`] });
    writeFileSync(
      join(folder, '.ssh', 'known_hosts'),
      [late, servers[0]].map((sshd) => sshd?.knownHosts() ?? '').join(''),
    );
    inventory({ late: at(late.port), good: at(servers[0]?.port ?? 0) });
    const { status, diagnosis } = await diagnosed();
    assert.equal(status, 0);
    assert.deepEqual(
      diagnosis.hosts.map(({ problems }) => problems.map(({ code, severity }) => [code, severity])),
      [[['clock-skew', 'warning']], []],
    );
    assert.match(diagnosis.hosts[0]?.problems[0]?.detail ?? '', /^the clock is 3(?:600|59\d) s behind/);
    assert.deepEqual((await diagnosed('--clock-skew', '7200')).diagnosis.summary.problems, []);
  });

  test('a sudo that is configured and refused is found, after everything else worked', async () => {
    // Root's script is not installed here; a machine where it is would have sudo let it or not.
    if (existsSync('/usr/local/sbin/kernward-root')) return;
    writeFileSync(join(folder, '.ssh', 'known_hosts'), servers[0]?.knownHosts() ?? '');
    inventory({ becomes: at(servers[0]?.port ?? 0, ', become: sudo'), plain: at(servers[0]?.port ?? 0) });
    const { status, diagnosis } = await diagnosed();
    assert.equal(status, 3);
    assert.deepEqual(
      diagnosis.hosts.map(({ problems, checks }) => [problems.map(({ code }) => code), checks.clock, checks.sudo]),
      [
        [['sudo-refused'], 'ok', 'failed'],
        [[], 'ok', 'not-tried'],
      ],
    );
  });

  test('this machine comes first: no agent key, no known host, too few descriptors', async () => {
    rmSync(join(folder, '.ssh', 'known_hosts'), { force: true });
    writeFileSync(join(folder, 'many.yaml'), `hosts:\n  - 'h[1:300].invalid'\n`);
    const { stdout } = spawnSync(
      'sh',
      [
        '-c',
        'ulimit -n 256; exec "$@"',
        'sh',
        process.execPath,
        join(process.cwd(), 'dist', 'kernward.js'),
        'doctor',
        '-i',
        'many.yaml',
        '--forks',
        '300',
        '--retries',
        '0',
        '-o',
        'json',
      ],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, SSH_AUTH_SOCK: join(folder, 'no-agent') },
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      },
    );
    const diagnosis: Diagnosis = JSON.parse(stdout);
    assert.deepEqual(
      diagnosis.local.map(({ about, state }) => [about, state]),
      [
        ['open files', 'warning'],
        ['agent', 'warning'],
        ['keys', 'warning'],
        ['known hosts', 'warning'],
        ['ssh', 'ok'],
      ],
    );
    for (const { state, fix } of diagnosis.local) if (state === 'warning') assert.ok(fix);
    assert.deepEqual(
      diagnosis.summary.problems.map(({ code, hosts }) => [code, hosts.length]),
      [['identity-unusable', 300]],
    );
  });

  test('mistakes of ssh_config are findings of the hosts that they concern, and the others are looked at', async () => {
    const [good] = servers;
    assert.ok(good);
    writeFileSync(join(folder, '.ssh', 'known_hosts'), good.knownHosts());
    writeFileSync(
      join(folder, 'ssh_config'),
      `Host behind\n  ProxyJump gate\nHost gate\n  ProxyJump behind\nHost bad\n  IdentityFile %y\nHost 127.0.0.1\n  StrictHostKeyChecking no\n`,
    );
    inventory({
      good: at(good.port),
      'behind-1': 'address: behind, proxyJump: gate',
      'behind-2': 'address: behind, proxyJump: gate',
      bad: 'address: bad',
      here: 'transport: local',
    });
    const { status, diagnosis, stderr } = await diagnosed('-F', 'ssh_config');
    assert.deepEqual([status, stderr], [3, '']);
    assert.deepEqual(
      diagnosis.hosts.map(({ host, problems }) => [host, problems.map(({ code }) => code)]),
      [
        ['good', []],
        ['behind-1', ['ssh-config']],
        ['behind-2', ['ssh-config']],
        ['bad', ['ssh-config']],
        ['here', []],
      ],
    );
    assert.deepEqual(
      diagnosis.summary.problems.map(({ hosts, check }) => [hosts, check]),
      [
        [['behind-1', 'behind-2'], 'config'],
        [['bad'], 'config'],
      ],
    );
    assert.deepEqual(diagnosis.hosts[3]?.checks, {
      config: 'failed',
      name: 'not-tried',
      port: 'not-tried',
      ssh: 'not-tried',
      'host-key': 'not-tried',
      login: 'not-tried',
      shell: 'not-tried',
      clock: 'not-tried',
      sudo: 'not-tried',
    });
    assert.deepEqual(
      diagnosis.local.filter(({ about }) => about === 'ssh_config').map(({ state }) => state),
      ['warning'],
    );
  });

  test('an ssh_config that cannot be read is told mistake by mistake; what is not reached over SSH is looked at', async () => {
    writeFileSync(join(folder, 'ssh_config'), 'Host web\n  Port 22x\nMatch hsot db\n  User x\n');
    inventory({ web: 'address: web', db: 'address: db', here: 'transport: local' });
    const { status, diagnosis, stderr } = await diagnosed('-F', 'ssh_config');
    assert.deepEqual([status, stderr], [3, '']);
    const findings = diagnosis.local.filter(({ about }) => about === 'ssh_config');
    assert.deepEqual(
      findings.map(({ state }) => state),
      ['error'],
    );
    assert.match(findings[0]?.detail ?? '', /^ssh_config:3: there is no criterion hsot$/u);
    assert.deepEqual(
      diagnosis.summary.problems.map(({ code, hosts }) => [code, hosts]),
      [['ssh-config', ['web', 'db']]],
    );
    assert.equal(diagnosis.summary.ready, 1);
    const table = await kernwardWarm(folder, 'doctor', '-i', 'inventory.yaml', '-F', 'ssh_config');
    assert.match(table.stdout, /│ ssh_config +│ error +│ ssh_config:3: there is no criterion hsot/u);
    assert.equal(table.status, 3);
  });

  test('the support file holds no name, no address, no key, no label, and nothing that a host said', async () => {
    const talking = await serve({ config: ['ForceCommand echo SECRET-said-by-host'] });
    writeFileSync(
      join(folder, '.ssh', 'known_hosts'),
      [talking, servers[0]].map((sshd) => sshd?.knownHosts() ?? '').join(''),
    );
    mkdirSync(join(folder, 'SECRET-folder'), { recursive: true });
    const key = makeKey(join(folder, 'SECRET-folder', 'SECRET-key'));
    writeFileSync(
      join(folder, 'SECRET-inventory.yaml'),
      `defaults: { user: SECRET-user, identityFile: ${key.file} }\ngroups:\n  SECRET-group:\n    labels: { SECRET-label: SECRET-value }\n    hosts:\n` +
        `      - { name: SECRET-talks, address: 127.0.0.1, port: ${talking.port}, user: ${talking.user}, identityFile: ${join(folder, 'key')} }\n` +
        `      - { name: SECRET-lost, address: SECRET-address.invalid }\n      - { name: SECRET-refused, address: 127.0.0.1, port: ${servers[0]?.port}, proxyJump: none }\n`,
    );
    const { status, stderr } = await startKernward(
      folder,
      [
        'doctor',
        '-i',
        'SECRET-inventory.yaml',
        '-l',
        'SECRET-*',
        '-u',
        'SECRET-login',
        '--identity',
        join(folder, 'SECRET-folder', 'SECRET-key'),
        '--host-keys',
        `file:${join(folder, '.ssh', 'known_hosts')}`,
        '--bundle',
        'bundle.json',
      ],
      { SSH_AUTH_SOCK: join(folder, 'SECRET-socket') },
    ).ended;
    assert.equal(status, 3, stderr);
    const text = readFileSync(join(folder, 'bundle.json'), 'utf8');
    const keyLine = readFileSync(key.file, 'utf8').split('\n')[1] ?? '';
    for (const planted of [
      'secret',
      folder,
      '127.0.0.1',
      talking.user === 'root' ? 'SECRET' : talking.user,
      keyLine,
      String(talking.port),
      publicKey.split(' ')[1] ?? '',
      'SHA256:',
    ])
      assert.ok(!text.toLowerCase().includes(planted.toLowerCase()), `${planted} stands in the bundle`);
    const bundle: {
      summary: { problems: Record<string, number> };
      someHosts: { host: string; user: string; groups: string[] }[];
      options: { given: string[] };
    } = JSON.parse(text);
    assert.deepEqual(bundle.summary.problems, {
      'no-probe-output': 1,
      'name-not-resolved': 1,
      'authentication-failed': 1,
    });
    assert.deepEqual(
      bundle.someHosts.map(({ host, user, groups }) => [host, user, groups]),
      [
        ['host-1', 'user-1', ['group-1']],
        ['host-2', 'user-2', ['group-1']],
        ['host-3', 'user-2', ['group-1']],
      ],
    );
    assert.ok(bundle.options.given.includes('identity') && bundle.options.given.includes('limit'));
    assert.equal(statSync(join(folder, 'bundle.json')).isFile(), true);
  });
});
