import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FORMATS } from '../../src/report/formats/index.js';
import { parseAsWritten } from '../../src/report/parse-json.js';
import { recordedAnswer } from '../support/recorded-answer.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';
import { kernward, startKernward, type Ended } from '../support/kernward.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { secondsWithin } from '../support/within.js';

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

interface BlackHole {
  readonly server: Server;
  readonly port: number;
  readonly accepted: () => number;
  /** When the client lets go of the connection that is made next. */
  readonly nextEnds: () => Promise<void>;
}

/** Accepts connections and says nothing. */
function blackHole(): Promise<BlackHole> {
  return new Promise((resolve) => {
    let count = 0;
    const server = createServer((socket) => {
      count += 1;
      socket.on('error', () => undefined);
      socket.resume(); // a socket that is not read never sees its end
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        server,
        port: typeof address === 'object' && address !== null ? address.port : 0,
        accepted: () => count,
        nextEnds: async () => {
          const [socket]: Socket[] = await once(server, 'connection');
          if (socket !== undefined) await once(socket, 'close');
        },
      });
    });
  });
}

/** How many logins a server has taken. */
function logins(sshd: Sshd): number {
  return sshd.log().match(/^Accepted publickey/gmu)?.length ?? 0;
}

/** The rows of a CSV without the run's day and time. */
function verdicts(csv: string): string[] {
  return csv
    .split('\r\n')
    .slice(1)
    .map((line) => line.replace(/^[^,]*,[^,]*/, ''));
}

/** What `eval` says of what `collect` kept, and what `scan` says of the same hosts. */
async function judgedBothWays(
  folder: string,
  inventory: string,
): Promise<{ readonly judged: Ended; readonly scanned: Ended }> {
  await kernwardWarm(folder, 'collect', '-i', inventory, '-o', 'readings.jsonl');
  const judged = await kernwardWarm(folder, 'eval', 'readings.jsonl', '-o', 'csv', '--include-passes');
  const scanned = await kernwardWarm(folder, 'scan', '-i', inventory, '-o', 'csv', '--include-passes');
  return { judged, scanned };
}

/** Those that do not hang on what a machine is doing at the moment: what blocks, what is short, what was counted. */
function lasting(rows: readonly string[]): string[] {
  return rows.filter((row) => !row.includes(',symptoms,'));
}

describe('scan against a real sshd', needsSshd(), () => {
  let folder: string;
  let sshd: Sshd;
  /** Says what was recorded once: for who asks, and not what is said. */
  let recorded: Sshd;
  let hole: BlackHole;
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
    sshd = await startSshd({
      authorizedKeys: [publicKey],
      keyExchange: 'as installed',
      config: [`Banner none`, 'PrintMotd yes'],
    });
    recorded = await startSshd({
      authorizedKeys: [publicKey],
      config: [`ForceCommand ${recordedAnswer(folder)}`],
    });
    hole = await blackHole();
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    writeFileSync(join(folder, '.ssh', 'known_hosts'), sshd.knownHosts() + recorded.knownHosts());
    // Hashed, as many distributions have it; the lookup must not care.
    assert.equal(spawnSync('ssh-keygen', ['-H', '-f', join(folder, '.ssh', 'known_hosts')]).status, 0);
    writeFileSync(join(folder, 'mine.yaml'), MINE);
    writeFileSync(join(folder, 'failing.yaml'), FAILING);
  });

  after(async () => {
    await Promise.all([sshd.stop(), recorded.stop()]);
    hole.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('reads from the host what the host says of itself', async () => {
    const file = inventory('one.yaml', [{ name: 'here', port: sshd.port }]);
    const { status, stderr } = await kernwardWarm(
      folder,
      'scan',
      '-i',
      file,
      '--no-shipped',
      '-p',
      'mine.yaml',
      '-o',
      'json:report.json',
    );
    assert.equal(status, 0, stderr);
    const { value: report } = parseAsWritten(readFileSync(join(folder, 'report.json'), 'utf8'), 'report.json');
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
    // Says the same both times: every word must be the same.
    const same = await judgedBothWays(folder, inventory('agree.yaml', [{ name: 'here', port: recorded.port }]));
    assert.ok(verdicts(same.judged.stdout).some((row) => row.includes(',symptoms,')));
    assert.deepEqual(verdicts(same.judged.stdout), verdicts(same.scanned.stdout));
    assert.equal(same.judged.status, same.scanned.status);
    // Is asked twice, and another may be busy with it: what it is doing may differ, how it is set up may not.
    const asked = await judgedBothWays(folder, inventory('agree-here.yaml', [{ name: 'here', port: sshd.port }]));
    const rows = lasting(verdicts(asked.judged.stdout));
    assert.ok(rows.length > 20, `only ${rows.length} rows were compared`);
    assert.deepEqual(rows, lasting(verdicts(asked.scanned.stdout)));
  });

  const SCENARIOS: readonly {
    readonly name: string;
    readonly args: readonly string[];
    readonly hosts: readonly string[];
    readonly status: number;
  }[] = [
    { name: 'every rule passes', args: ['--no-shipped', '-p', 'mine.yaml'], hosts: ['good'], status: 0 },
    { name: 'a rule fails', args: ['--no-shipped', '-p', 'failing.yaml'], hosts: ['good'], status: 1 },
    {
      name: 'a fail, and nothing fails the run',
      args: ['--no-shipped', '-p', 'failing.yaml', '--fail-on', 'never'],
      hosts: ['good'],
      status: 0,
    },
    {
      name: 'a fail below the gate',
      args: ['--no-shipped', '-p', 'failing.yaml', '--fail-on', 'critical'],
      hosts: ['good'],
      status: 0,
    },
    { name: 'a host is not reached', args: ['--no-shipped', '-p', 'mine.yaml'], hosts: ['good', 'dead'], status: 3 },
    {
      name: 'a host is not reached, half is enough',
      args: ['--no-shipped', '-p', 'mine.yaml', '--min-coverage', '50'],
      hosts: ['good', 'dead'],
      status: 0,
    },
    {
      name: 'a fail and a host that is not reached',
      args: ['--no-shipped', '-p', 'failing.yaml'],
      hosts: ['good', 'dead'],
      status: 1,
    },
    {
      name: 'a fail and --exit-zero',
      args: ['--no-shipped', '-p', 'failing.yaml', '--exit-zero'],
      hosts: ['good', 'dead'],
      status: 0,
    },
  ];
  /** They have a row a group, and name no host. */
  const WITHOUT_HOSTS = new Set(['csv-summary', 'csv-groups']);
  type Scenario = (typeof SCENARIOS)[number];
  const inventoryOf = ({ name, hosts }: Scenario): string =>
    inventory(
      `${name}.yaml`,
      hosts.map((host) => ({ name: host, port: host === 'good' ? recorded.port : 1 })),
    );
  /** One run of a scenario that writes every format; all tests of it look at that one. */
  const runs = new Map<Scenario, Promise<Ended>>();
  const fileOf = (scenario: Scenario, format: string): string =>
    join(folder, `${SCENARIOS.indexOf(scenario)}.${format}`);
  const runOf = (scenario: Scenario): Promise<Ended> => {
    const outputs = [...FORMATS.keys()].flatMap((format) => ['-o', `${format}:${fileOf(scenario, format)}`]);
    const run =
      runs.get(scenario) ?? kernwardWarm(folder, 'scan', '-i', inventoryOf(scenario), ...scenario.args, ...outputs);
    runs.set(scenario, run);
    return run;
  };
  const showsWhoMatters = (format: string, { status, hosts }: Scenario, text: string): void => {
    if (WITHOUT_HOSTS.has(format)) return;
    if (status === 1) assert.match(text, /good/, `the failing host does not stand in ${format}`);
    if (hosts.includes('dead')) assert.match(text, /dead/, `the unreachable host does not stand in ${format}`);
  };
  for (const [index, format] of [...FORMATS.keys()].entries()) {
    for (const scenario of SCENARIOS)
      test(`${format}: ${scenario.name} exits ${scenario.status}`, async () => {
        const { status, stderr } = await runOf(scenario);
        assert.equal(status, scenario.status, stderr);
        showsWhoMatters(format, scenario, readFileSync(fileOf(scenario, format), 'utf8'));
      });
    // Each format as the only one, to standard output, each in another scenario than the one before.
    const alone = SCENARIOS[index % SCENARIOS.length] ?? assert.fail();
    test(`${format} alone: ${alone.name} exits ${alone.status}`, async () => {
      const { status, stdout, stderr } = await kernwardWarm(
        folder,
        'scan',
        '-i',
        inventoryOf(alone),
        ...alone.args,
        '-o',
        format,
      );
      assert.equal(status, alone.status, stderr);
      showsWhoMatters(format, alone, stdout);
    });
  }

  test('a host that hangs delays nobody', async () => {
    const good = Array.from({ length: 8 }, (_, index) => ({ name: `good${index}`, port: recorded.port }));
    const file = inventory('hangs.yaml', [{ name: 'hangs', port: hole.port }, ...good]);
    const seconds = Number(secondsWithin(6));
    const before = logins(recorded);
    // One fork hangs; how many hosts has the other asked when kernward lets go of the first?
    const meanwhile = hole.nextEnds().then(() => logins(recorded) - before);
    const { status } = await kernward(
      folder,
      'scan',
      '-i',
      file,
      '--no-shipped',
      '-p',
      'mine.yaml',
      '--forks',
      '2',
      '--retries',
      '0',
      '--connect-timeout',
      String(seconds),
      '-o',
      'json:hangs.json',
    );
    assert.equal(status, 3);
    const { value: report } = parseAsWritten(readFileSync(join(folder, 'hangs.json'), 'utf8'), 'hangs.json');
    const [hangs, ...others] = [...(report?.hosts ?? [])];
    assert.equal(hangs?.failure?.code, 'connect-timed-out');
    assert.ok(hangs.tookMs >= seconds * 1000 - 50, `${hangs.tookMs} ms`);
    assert.ok(
      others.every((host) => host.failure === undefined),
      'every other host answered',
    );
    assert.equal(await meanwhile, good.length, 'hosts that were asked while one hung');
  });

  test('SIGINT writes what is known and exits 130', async () => {
    const file = inventory('interrupted.yaml', [
      { name: 'good', port: recorded.port },
      { name: 'hangs', port: hole.port },
      { name: 'waits', port: hole.port },
    ]);
    const { child, ended } = startKernward(folder, [
      'scan',
      '-i',
      file,
      '--no-shipped',
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
    const { value: report } = parseAsWritten(
      readFileSync(join(folder, 'interrupted.json'), 'utf8'),
      'interrupted.json',
    );
    const failures = Object.fromEntries([...(report?.hosts ?? [])].map((host) => [host.host, host.failure?.code]));
    assert.deepEqual(failures, { good: undefined, hangs: 'interrupted', waits: 'interrupted' });
    assert.equal(report?.summary.interrupted, true);
    assert.match(readFileSync(join(folder, 'interrupted.csv'), 'utf8'), /hangs/);
  });

  test('a full disk on one output still writes the others, and exits 4 with the reason', async () => {
    const file = inventory('full.yaml', [{ name: 'good', port: recorded.port }]);
    const { status, stderr } = await kernwardWarm(
      folder,
      'scan',
      '-i',
      file,
      '--no-shipped',
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
        '--no-shipped',
        '-p',
        'mine.yaml',
        '--forks',
        '500',
        '-o',
        'csv-hosts:limit.csv',
      ],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, KERNWARD_SSH_CONFIG: 'none' },
        encoding: 'utf8',
      },
    );
    assert.equal(status, 3, stderr);
    assert.equal(stderr.match(/the limit of 512 open files carries 448 forks, not 460/g)?.length, 1, stderr);
  });

  test('a reader that goes away is an output that could not be written', async () => {
    const file = inventory('pipe.yaml', [{ name: 'good', port: recorded.port }]);
    const main = join(process.cwd(), 'dist', 'kernward.js');
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', '"$@" | true; echo "${PIPESTATUS[0]}"', 'bash', process.execPath, main, 'scan', '-i', file, '-o', 'json'],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, KERNWARD_SSH_CONFIG: 'none' },
        encoding: 'utf8',
      },
    );
    assert.equal(stdout.trim(), '4', stderr);
    assert.match(stderr, /json could not be written to standard output: .*EPIPE/);
  });
});
