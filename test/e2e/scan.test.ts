import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FORMATS } from '../../src/report/formats/index.js';
import { parseReport } from '../../src/report/parse-json.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';
import { kernward, startKernward } from '../support/kernward.js';

const MINE = `policy: mine
title: For these tests
rules:
  - { id: real, title: a, severity: high, requires: 'sysctl.kernel.panic >= -1 || sysctl.kernel.panic < -1', because: x }
`;
const FAILING = `policy: failing
title: For these tests
rules:
  - { id: impossible, title: a, severity: high, requires: 'uname.sysname == "Plan 9"', because: 'this is {uname.sysname}' }
`;

/** Accepts connections and says nothing. */
function blackHole(): Promise<{ readonly server: Server; readonly port: number; readonly accepted: () => number }> {
  return new Promise((resolve) => {
    let count = 0;
    const server = createServer((socket) => {
      count += 1;
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        server,
        port: typeof address === 'object' && address !== null ? address.port : 0,
        accepted: () => count,
      });
    });
  });
}

/** What a symptom's reason and evidence say changes from one moment to the next. */
const SYMPTOM = /^(.*?,symptoms,[^,]*,(?:"[^"]*"|[^,"]*),[a-z]+,[a-z]+),.*$/;

/** The rows of a CSV without the run's time. */
function verdicts(csv: string): string[] {
  return csv
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(line.indexOf(',')).replace(SYMPTOM, '$1'));
}

describe('scan against a real sshd', needsSshd(), () => {
  let folder: string;
  let sshd: Sshd;
  let hole: Awaited<ReturnType<typeof blackHole>>;
  const key = (): string => join(folder, 'key');

  const inventory = (name: string, hosts: readonly { readonly name: string; readonly port: number }[]): string => {
    const file = join(folder, name);
    const list = hosts.map((host) => `  - { name: ${host.name}, address: 127.0.0.1, port: ${host.port} }\n`).join('');
    writeFileSync(file, `defaults: { user: ${sshd.user}, identityFile: ${key()} }\nhosts:\n${list}`);
    return file;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kernward-e2e-'));
    const { publicKey } = makeKey(key());
    sshd = await startSshd({ authorizedKeys: [publicKey], config: [`Banner none`, 'PrintMotd yes'] });
    hole = await blackHole();
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    writeFileSync(join(folder, '.ssh', 'known_hosts'), sshd.knownHosts());
    // Hashed, as many distributions have it; the lookup must not care.
    assert.equal(spawnSync('ssh-keygen', ['-H', '-f', join(folder, '.ssh', 'known_hosts')]).status, 0);
    writeFileSync(join(folder, 'mine.yaml'), MINE);
    writeFileSync(join(folder, 'failing.yaml'), FAILING);
  });

  after(async () => {
    await sshd.stop();
    hole.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('reads from the host what the host says of itself', async () => {
    const file = inventory('one.yaml', [{ name: 'here', port: sshd.port }]);
    const { status, stderr } = await kernward(folder, 'scan', '-i', file, '-p', 'mine.yaml', '-o', 'json:report.json');
    assert.equal(status, 0, stderr);
    const { value: report } = parseReport(readFileSync(join(folder, 'report.json'), 'utf8'), 'report.json');
    const [host] = report?.hosts ?? [];
    assert.ok(host);
    let compared = 0;
    for (const [fact, reading] of host.readings) {
      const path = /^sysctl\.(.+)$/.exec(fact)?.[1]?.replaceAll('.', '/');
      if (path === undefined) continue;
      const truth = join('/proc/sys', path);
      if (reading.state === 'absent') assert.ok(!existsSync(truth), `${fact} is there`);
      if (reading.state !== 'known') continue;
      assert.equal(
        `${typeof reading.value === 'object' ? JSON.stringify(reading.value) : reading.value}`,
        readFileSync(truth, 'utf8').trimEnd(),
        fact,
      );
      compared += 1;
    }
    assert.ok(compared > 20, `only ${compared} sysctls were compared`);
    const release = host.readings.get('uname.release');
    assert.equal(
      release?.state === 'known' && release.value,
      spawnSync('uname', ['-r'], { encoding: 'utf8' }).stdout.trim(),
    );
  });

  test('scan, collect and eval agree on every verdict', async () => {
    const file = inventory('agree.yaml', [{ name: 'here', port: sshd.port }]);
    await kernward(folder, 'collect', '-i', file, '-o', 'readings.jsonl');
    const judged = await kernward(folder, 'eval', 'readings.jsonl', '-o', 'csv', '--include-passes');
    const scanned = await kernward(folder, 'scan', '-i', file, '-o', 'csv', '--include-passes');
    assert.deepEqual(verdicts(judged.stdout), verdicts(scanned.stdout));
    assert.equal(judged.status, scanned.status);
  });

  const SCENARIOS: readonly {
    readonly name: string;
    readonly args: readonly string[];
    readonly hosts: readonly string[];
    readonly status: number;
  }[] = [
    { name: 'every rule passes', args: ['-p', 'mine.yaml'], hosts: ['good'], status: 0 },
    { name: 'a rule fails', args: ['-p', 'failing.yaml'], hosts: ['good'], status: 1 },
    {
      name: 'a fail, and nothing fails the run',
      args: ['-p', 'failing.yaml', '--fail-on', 'never'],
      hosts: ['good'],
      status: 0,
    },
    {
      name: 'a fail below the gate',
      args: ['-p', 'failing.yaml', '--fail-on', 'critical'],
      hosts: ['good'],
      status: 0,
    },
    { name: 'a host is not reached', args: ['-p', 'mine.yaml'], hosts: ['good', 'dead'], status: 3 },
    {
      name: 'a host is not reached, half is enough',
      args: ['-p', 'mine.yaml', '--min-coverage', '50'],
      hosts: ['good', 'dead'],
      status: 0,
    },
    { name: 'a fail and a host that is not reached', args: ['-p', 'failing.yaml'], hosts: ['good', 'dead'], status: 1 },
    { name: 'a fail and --exit-zero', args: ['-p', 'failing.yaml', '--exit-zero'], hosts: ['good', 'dead'], status: 0 },
  ];
  /** They have a row a group, and name no host. */
  const WITHOUT_HOSTS = new Set(['csv-summary', 'csv-groups']);
  for (const format of FORMATS.keys())
    for (const scenario of SCENARIOS)
      test(`${format}: ${scenario.name} exits ${scenario.status}`, async () => {
        const file = inventory(
          'scenario.yaml',
          scenario.hosts.map((name) => ({ name, port: name === 'good' ? sshd.port : 1 })),
        );
        const { status, stdout, stderr } = await kernward(folder, 'scan', '-i', file, ...scenario.args, '-o', format);
        assert.equal(status, scenario.status, stderr);
        if (WITHOUT_HOSTS.has(format)) return;
        if (scenario.status === 1) assert.match(stdout, /good/, `the failing host does not stand in ${format}`);
        if (scenario.hosts.includes('dead'))
          assert.match(stdout, /dead/, `the unreachable host does not stand in ${format}`);
      });

  test('a host that hangs delays nobody', async () => {
    const hosts = [
      { name: 'hangs', port: hole.port },
      ...Array.from({ length: 8 }, (_, index) => ({ name: `good${index}`, port: sshd.port })),
    ];
    const file = inventory('hangs.yaml', hosts);
    const { status } = await kernward(
      folder,
      'scan',
      '-i',
      file,
      '-p',
      'mine.yaml',
      '--forks',
      '2',
      '--connect-timeout',
      '6',
      '-o',
      'json:hangs.json',
    );
    assert.equal(status, 3);
    const { value: report } = parseReport(readFileSync(join(folder, 'hangs.json'), 'utf8'), 'hangs.json');
    const [hangs, ...good] = [...(report?.hosts ?? [])];
    assert.ok(hangs?.failure !== undefined && hangs.tookMs >= 5_500);
    assert.ok(
      good.every((host) => host.failure === undefined),
      'every other host answered',
    );
    // One fork hung for 6 s; the other did all eight meanwhile, so that the run took little more than the hanging host.
    assert.ok(
      (report?.summary.tookMs ?? Number.NaN) < hangs.tookMs + 3_000,
      `the run took ${report?.summary.tookMs} ms, the hanging host ${hangs.tookMs} ms`,
    );
  });

  test('SIGINT writes what is known and exits 130', async () => {
    const file = inventory('interrupted.yaml', [
      { name: 'good', port: sshd.port },
      { name: 'hangs', port: hole.port },
      { name: 'waits', port: hole.port },
    ]);
    const { child, ended } = startKernward(folder, [
      'scan',
      '-i',
      file,
      '-p',
      'mine.yaml',
      '--forks',
      '2',
      '--connect-timeout',
      '60',
      '-o',
      'json:interrupted.json',
      '-o',
      'csv-hosts:interrupted.csv',
    ]);
    // With two forks the second silent host is asked when the good one has answered.
    const before = hole.accepted();
    while (hole.accepted() < before + 2 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    assert.equal(status, 130, stderr);
    const { value: report } = parseReport(readFileSync(join(folder, 'interrupted.json'), 'utf8'), 'interrupted.json');
    const failures = Object.fromEntries([...(report?.hosts ?? [])].map((host) => [host.host, host.failure?.code]));
    assert.deepEqual(failures, { good: undefined, hangs: 'interrupted', waits: 'interrupted' });
    assert.equal(report?.summary.interrupted, true);
    assert.match(readFileSync(join(folder, 'interrupted.csv'), 'utf8'), /hangs/);
  });

  test('a full disk on one output still writes the others, and exits 4 with the reason', async () => {
    const file = inventory('full.yaml', [{ name: 'good', port: sshd.port }]);
    const { status, stderr } = await kernward(
      folder,
      'scan',
      '-i',
      file,
      '-p',
      'mine.yaml',
      '-o',
      'json:/dev/full',
      '-o',
      'csv-hosts:full.csv',
    );
    assert.equal(status, 4);
    assert.match(stderr, /json could not be written to \/dev\/full: ENOSPC/);
    assert.match(readFileSync(join(folder, 'full.csv'), 'utf8'), /good/);
  });

  test('--forks is lowered with one warning where the limit of open files demands it', async () => {
    const hosts = Array.from({ length: 460 }, (_, index) => ({ name: `dead${index}`, port: 1 }));
    const file = inventory('limit.yaml', hosts);
    const main = join(process.cwd(), 'dist', 'kernward.js');
    const { status, stderr } = spawnSync(
      'bash',
      [
        '-c',
        'ulimit -n 512; exec "$@"',
        'bash',
        process.execPath,
        main,
        'scan',
        '-i',
        file,
        '-p',
        'mine.yaml',
        '--forks',
        '500',
        '-o',
        'csv-hosts:limit.csv',
      ],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder },
        encoding: 'utf8',
      },
    );
    assert.equal(status, 3, stderr);
    assert.equal(stderr.match(/the limit of 512 open files carries 448 forks, not 460/g)?.length, 1, stderr);
  });

  test('a reader that goes away is an output that could not be written', async () => {
    const file = inventory('pipe.yaml', [{ name: 'good', port: sshd.port }]);
    const main = join(process.cwd(), 'dist', 'kernward.js');
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', '"$@" | true; echo "${PIPESTATUS[0]}"', 'bash', process.execPath, main, 'scan', '-i', file, '-o', 'json'],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder },
        encoding: 'utf8',
      },
    );
    assert.equal(stdout.trim(), '4', stderr);
    assert.match(stderr, /json could not be written to standard output: .*EPIPE/);
  });
});
