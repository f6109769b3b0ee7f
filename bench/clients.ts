/**
 * `node dist/bench/clients.js`: what asking a host costs the machine that asks, with kernward and with whatever else is
 * installed, over the same simulated hosts, in turn. CPU is user and system time of the whole process and of all that it
 * started. What judges is in the table beside what judges nothing.
 *
 * Options: --hosts N,N (500,2000,10000), --forks N (64), --rounds N (5), --peers N (200): hosts that the peers are given,
 * --write FILE: the tables as a page, with versions and machine, such as docs/benchmarks.md.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { VERSION } from '../src/run/shipped/version.js';
import { startFleet } from './start-fleet.js';
import { writeFleetFiles } from './fleet-files.js';

function option(name: string, standard: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : (process.argv[at + 1] ?? standard);
}
const SIZES = option('hosts', '500,2000,10000').split(',').map(Number);
const FORKS = option('forks', '64');
const ROUNDS = Number(option('rounds', '5'));
const PEERS = Number(option('peers', '200'));
const PAGE = option('write', '');

const folder = mkdtempSync(join(tmpdir(), 'kernward-clients-'));
function file(name: string): string {
  return join(folder, name);
}
function built(path: string): string {
  return join(PACKAGE_ROOT, 'dist', path);
}

interface Client {
  readonly name: string;
  /** What it does besides asking. */
  readonly judges: string;
  readonly command: readonly string[];
  readonly input?: string;
  readonly accepts: readonly number[];
  /** Peers start processes for each host: that is measured on fewer, and is the same for each. */
  readonly isPeer?: true;
  readonly version: string;
}

function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

function firstLine(program: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return (stdout || stderr).split('\n')[0]?.trim() ?? '';
}

/** The floor, where there is a compiler and libssh2; otherwise why it is left out. */
function buildFloor(): string | undefined {
  const { status, stderr, error } = spawnSync(
    'cc',
    ['-O2', '-o', file('floor'), join(PACKAGE_ROOT, 'bench', 'native', 'floor.c'), '-lssh2'],
    { encoding: 'utf8' },
  );
  if (status === 0) return undefined;
  return error === undefined
    ? (stderr.split('\n').find((line) => /error/u.test(line)) ?? 'it does not compile')
    : error.message;
}

interface Measured {
  readonly cpuMs: number;
  readonly bytes: number;
}

/** bash's `time` counts what the command waited for as well. */
function measure({ name, command, input, accepts }: Client): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      'bash',
      ['-c', 'TIMEFORMAT="%3U %3S"; { time "$@" 2>&4 3>&- 4>&-; } 4>/dev/null 2>&3', 'time', ...command],
      {
        stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
        env: {
          ...process.env,
          SSH_AUTH_SOCK: '',
          ANSIBLE_HOST_KEY_CHECKING: 'False',
          PDSH_SSH_ARGS_APPEND: `-n -F ${file('ssh_config')}`,
          ANSIBLE_LOCAL_TEMP: folder,
          // Connections that are kept would outlive what is measured.
          ANSIBLE_SSH_ARGS: '-n -o ControlMaster=no',
          ANSIBLE_SSH_USETTY: 'False',

          LC_ALL: 'C.UTF-8',
        },
      },
    );
    let bytes = 0;
    let time = '';
    child.stdout?.on('data', (chunk: Buffer) => (bytes += chunk.length));
    child.stdio[3]?.on('data', (chunk: Buffer) => (time += chunk.toString()));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
    child.once('error', reject);
    child.once('close', (code) => {
      const [user, system] = time.trim().split(' ').map(Number);
      if (code === null || !accepts.includes(code)) reject(new Error(`${name} ended with ${code}`));
      else resolve({ cpuMs: 1000 * ((user ?? Number.NaN) + (system ?? Number.NaN)), bytes });
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const left: string[] = [];

function peers(hosts: number): readonly Client[] {
  const names = Array.from({ length: hosts }, (_, index) => `host${index}`);
  writeFileSync(file('names'), names.map((name) => `${name}\n`).join(''));
  const ssh = firstLine('ssh', '-V');
  const all: readonly (readonly [program: string, pack: string, version: () => string, command: readonly string[]])[] =
    [
      [
        'pdsh',
        'pdsh',
        () => firstLine('pdsh', '-V'),
        ['pdsh', '-R', 'ssh', '-f', FORKS, '-w', `^${file('names')}`, 'true'],
      ],
      [
        'clush',
        'clustershell',
        () => firstLine('clush', '--version'),
        ['clush', '-q', '-f', FORKS, '-o', `-n -F ${file('ssh_config')}`, '--hostfile', file('names'), 'true'],
      ],
      [
        'parallel-ssh',
        'pssh',
        () => firstLine('parallel-ssh', '--version'),
        [
          'parallel-ssh',
          '-i',
          '-p',
          FORKS,
          '-t',
          '0',
          '-x',
          `-n -F ${file('ssh_config')}`,
          '-h',
          file('names'),
          'true',
        ],
      ],
      [
        'ansible',
        'ansible-core',
        () => firstLine('ansible', '--version'),
        [
          'ansible',
          'all',
          '-i',
          file('names'),
          '-f',
          FORKS,
          '-m',
          'raw',
          '-a',
          'true',
          `--ssh-common-args=-F ${file('ssh_config')}`,
        ],
      ],
    ];
  return all.flatMap(([program, pack, version, command]): readonly Client[] => {
    if (!isInstalled(program)) {
      left.push(`${program} (Debian's ${pack})`);
      return [];
    }
    const name = program === 'ansible' ? 'ansible -m raw' : program;
    return [{ name, judges: 'nothing, `true`', command, accepts: [0], isPeer: true, version: `${version()}, ${ssh}` }];
  });
}

function clients(ports: readonly number[], why: string | undefined): readonly Client[] {
  const node = `Node ${process.versions.node}`;
  const loop = [
    '--key',
    file('key'),
    '--script',
    file('script'),
    '--user',
    'audit',
    '--sessions',
    String(ports.length),
    '--concurrency',
    FORKS,
    '--ports',
    ports.join(','),
  ];
  const scan = [
    process.execPath,
    built('kernward.js'),
    'scan',
    '--forks',
    FORKS,
    '-i',
    file('inventory.yaml'),
    '--host-keys',
    `file:${file('known_hosts')}`,
  ];
  const kernward = `kernward ${VERSION}, ${node}`;
  return [
    ...(why === undefined
      ? [
          {
            name: 'libssh2 in C',
            judges: 'nothing',
            command: [file('floor'), 'audit', file('key'), file('script'), FORKS],
            input: ports.join('\n'),
            accepts: [0],
            version: 'the floor: bench/native/floor.c',
          },
        ]
      : []),
    {
      name: 'bare ssh2 loop, hosts prove their keys',
      judges: 'nothing',
      command: [process.execPath, built('bench/ssh2-loop.js'), ...loop],
      accepts: [0],
      version: `ssh2 1.17.0, ${node}`,
    },
    {
      name: 'bare ssh2 loop, without the proofs',
      judges: 'nothing',
      command: [process.execPath, built('bench/ssh2-loop.js'), '--decline-proofs', ...loop],
      accepts: [0],
      version: `ssh2 1.17.0, ${node}`,
    },
    {
      name: 'kernward scan, table',
      judges: 'all rules',
      command: [...scan, '-o', `table:${file('table.txt')}`],
      accepts: [0, 1],
      version: kernward,
    },
    {
      name: 'kernward scan, jsonl',
      judges: 'all rules',
      command: [...scan, '-o', `jsonl:${file('report.jsonl')}`],
      accepts: [0, 1],
      version: kernward,
    },
  ];
}

interface Row {
  readonly client: Client;
  readonly perHost: number;
}

async function ofSize(hosts: number, why: string | undefined): Promise<readonly Row[]> {
  const recording = Buffer.from(recordedHost('debian-12') ?? new Uint8Array()).toString();
  const keys = makeKeyPair();
  writeFileSync(file('key'), keys.private, { mode: 0o600 });
  const fleet = await startFleet({ hosts, authorizedKey: keys.public, recording, withDeclared: recording });
  try {
    const { ports } = fleet.started;
    writeFleetFiles(file, fleet.started);
    const asked = Math.min(PEERS, hosts);
    // One file for all peers. The exchange is the one that the others have: OpenSSH's own choice takes six times as long.
    writeFileSync(
      file('ssh_config'),
      `${ports
        .slice(0, asked)
        .map((port, index) => `Host host${index}\n  Port ${port}\n`)
        .join(
          '',
        )}Host *\n  HostName 127.0.0.1\n  User audit\n  IdentityFile ${file('key')}\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n  KexAlgorithms curve25519-sha256\n`,
    );
    const all = [...clients(ports, why), ...(hosts === SIZES[0] && asked > 0 ? peers(asked) : [])];
    const found = new Map<Client, number[]>();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const client of all) {
        const count = client.isPeer === true ? asked : hosts;
        const { cpuMs, bytes } = await measure(client);
        // Each simulated host answers with what a real one reads, whatever it is asked to run.
        if (client.isPeer === true && bytes < 1000 * count) throw new Error(`${client.name}: only ${bytes} bytes came`);
        found.set(client, [...(found.get(client) ?? []), cpuMs / count]);
      }
    // A line a host: of 10,000 hosts it is more than one text may hold.
    let judged = 0;
    for await (const line of createInterface({ input: createReadStream(file('report.jsonl')) }))
      if (/"status":"(?!unreachable)/u.test(line)) judged += 1;
    if (judged !== hosts) throw new Error(`${judged} of ${hosts} hosts were judged: nothing was measured`);
    return all.map((client) => ({ client, perHost: median(found.get(client) ?? []) }));
  } finally {
    fleet.end();
  }
}

function table(hosts: number, rows: readonly Row[]): string {
  const [floor] = rows;
  const loop = rows.find(({ client }) => client.name.endsWith('without the proofs'));
  const lines = rows.map(({ client, perHost }) => {
    const of = (other: Row | undefined): string => (other === undefined ? '' : (perHost / other.perHost).toFixed(2));
    return `| ${client.name} | ${client.judges} | ${perHost.toFixed(2)} | ${floor?.client.name === 'libssh2 in C' ? of(floor) : '–'} | ${of(loop)} |`;
  });
  return `| ${hosts} hosts | judges | CPU-ms a host | × the floor | × the loop without proofs |\n|---|---|---|---|---|\n${lines.join('\n')}\n`;
}

async function bench(): Promise<void> {
  const why = buildFloor();
  if (why !== undefined) left.push(`the floor in C (${why}; Debian: apt-get install gcc libssh2-1-dev)`);
  const before = loadavg()[0] ?? 0;
  const tables: string[] = [];
  const versions = new Map<string, string>();
  for (const hosts of SIZES) {
    const rows = await ofSize(hosts, why);
    for (const { client } of rows) versions.set(client.name, client.version);
    tables.push(table(hosts, rows));
    console.log(tables.at(-1));
  }
  const commit = existsSync(join(PACKAGE_ROOT, '.git'))
    ? execFileSync('git', ['-C', PACKAGE_ROOT, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
    : VERSION;
  const page = `# Benchmarks

What asking a host costs the machine that asks. Made by \`node dist/bench/clients.js\`; [how to read it](../bench/README.md).
User and system CPU of whole processes and all that they start, median of ${ROUNDS} rounds in turn, ${FORKS} hosts at a time, over the same
simulated hosts, whose own CPU is not counted. Each answers ${Math.round((recordedHost('debian-12')?.length ?? 0) / 1000)} KB and differs from its neighbours. The peers were given ${PEERS} hosts and the
command \`true\`, and judge nothing.

${tables.join('\n')}
Left out: ${left.length === 0 ? 'nothing' : left.join('; ')}. Not measured: a fleet of real sshd, whose CPU would be on the same machine.

Of ${commit}, on ${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}; the load was ${before.toFixed(1)} before and ${(loadavg()[0] ?? 0).toFixed(1)} after, of which the bench itself makes 2.
The ratios say more than the milliseconds.

${[...versions].map(([name, version]) => `* ${name}: ${version}`).join('\n')}
`;
  // Other benches have their sections below.
  const [, ...others] = PAGE !== '' && existsSync(PAGE) ? readFileSync(PAGE, 'utf8').split(/^(?=## )/mu) : [];
  if (PAGE !== '') writeFileSync(PAGE, [page, ...others].join(others.length === 0 ? '' : '\n'));
}

try {
  await bench();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
