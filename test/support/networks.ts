import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loginsIn } from './account.js';
import { scratch } from './scratch.js';
import { makeKey, QUICK_KEY_EXCHANGE, sshdPath, type KeyPair } from './sshd.js';
import { within } from './within.js';

/**
 * Networks of their own, in network namespaces: nothing leaves them, and nothing outside is seen from within.
 *
 * ```
 *   client 10.99.0.2 ── 10.99.0.1 bastion 10.99.1.1 ── 10.99.1.2 one 10.99.3.1 ── 10.99.3.2 two
 *                                        10.99.2.1 ── 10.99.2.2 two
 * ```
 *
 * Nobody forwards packets: what is behind the bastion is reached over an account there, and 10.99.3.2 over two. `one` has
 * further addresses, 10.99.1.100 and on; at 10.99.0.250 and 10.99.1.250 everything vanishes.
 */
export const NETWORK = {
  bastion: '10.99.0.1',
  one: '10.99.1.2',
  two: '10.99.2.2',
  inner: '10.99.3.2',
  hole: '10.99.0.250',
  innerHole: '10.99.1.250',
} as const;

/** Addresses of `one` beside its own: many hosts that are one sshd. */
export const MANY = Array.from({ length: 120 }, (_, index) => `10.99.1.${100 + index}`);

type Name = 'client' | 'bastion' | 'one' | 'two';
const NAMES: readonly Name[] = ['client', 'bastion', 'one', 'two'];

const LINKS: readonly (readonly [Name, string, Name, string])[] = [
  ['client', '10.99.0.2', 'bastion', '10.99.0.1'],
  ['bastion', '10.99.1.1', 'one', '10.99.1.2'],
  ['bastion', '10.99.2.1', 'two', '10.99.2.2'],
  ['one', '10.99.3.1', 'two', '10.99.3.2'],
];

export interface ServerOptions {
  readonly port?: number;
  readonly config?: readonly string[];
}

export interface Server {
  readonly log: () => string;
  readonly stop: () => Promise<void>;
  /** As if the machine had lost its power, but for its kernel, which tells its peers. */
  readonly kill: () => Promise<void>;
}

export interface SshServer extends Server {
  /** `type base64`, for known_hosts. */
  readonly hostKey: string;
}

export interface Networks {
  readonly folder: string;
  readonly key: KeyPair;
  /** The command line that runs something on the client. */
  readonly onClient: (...argv: readonly string[]) => readonly string[];
  readonly startSshd: (at: Name, options?: ServerOptions) => Promise<SshServer>;
  readonly startOdd: (at: Name, ...args: readonly string[]) => Promise<Server>;
  /**
   * From now on `at` takes this address for its own: whom it forwards there reaches itself. Gives what ends that.
   */
  readonly impersonate: (at: Name, address: string) => () => void;
  readonly stop: () => Promise<void>;
}

function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { stdio: 'ignore' }).status === 0;
}

function must(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

/** For `describe`: skips loudly where namespaces cannot be made, except in CI, where that is a failure. */
export function needsNetworks(): { readonly skip: string | false } {
  const probe = `kw-test-${process.pid}-probe`;
  const can =
    sshdPath() !== undefined &&
    process.getuid?.() === 0 &&
    ip('netns', 'add', probe) &&
    ip('-n', probe, 'link', 'set', 'lo', 'up');
  ip('netns', 'del', probe);
  if (can) return { skip: false };
  const why = 'network namespaces cannot be made here (that needs root, CAP_NET_ADMIN, ip of iproute2, and sshd)';
  if (process.env['CI'] === 'true') throw new Error(`CI must test jump hosts: ${why}`);
  console.error(`\n*** ${why}: NOTHING WAS TESTED OF JUMP HOSTS ***\n`);
  return { skip: why };
}

function linesOf(...args: readonly string[]): readonly string[] {
  return spawnSync('ip', args, { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '');
}

/** What a run that was killed has left behind: namespaces of a process that is gone, and whoever still runs in them. */
function removeStale(): void {
  for (const line of linesOf('netns', 'list')) {
    const [name = ''] = line.split(' ');
    const pid = /^kw-test-(?<pid>\d+)-/u.exec(name)?.groups?.['pid'];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    for (const left of linesOf('netns', 'pids', name)) process.kill(Number(left), 'SIGKILL');
    ip('netns', 'del', name);
  }
}

async function listening(child: ChildProcess, log: () => string, sign: string): Promise<void> {
  const deadline = Date.now() + within(20_000);
  while (!log().includes(sign)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`it does not listen: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function netns(name: Name): string {
  return `kw-test-${process.pid}-${name}`;
}

/** The command line that runs a server whose logins have a home and a shell of their own. */
function withLogins(argv: readonly string[], directory: string): readonly string[] {
  const within = loginsIn(directory);
  return within === undefined
    ? argv
    : ['unshare', '-m', '--propagation', 'private', 'sh', '-c', `set -e\n${within}\nexec "$0" "$@"`, ...argv];
}

/** The processes that a process has started, and theirs. */
function descendants(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter((text) => text !== '')
      .map(Number);
    return children.flatMap((child) => [...descendants(child), child]);
  } catch {
    return []; // it has ended
  }
}

export function makeNetworks(): Networks {
  removeStale();
  const folder = scratch();
  const key = makeKey(join(folder, 'key'));
  const running = new Set<Server>();
  let made = 0;

  for (const name of NAMES) {
    must('netns', 'add', netns(name));
    must('-n', netns(name), 'link', 'set', 'lo', 'up');
  }
  for (const [index, [a, aAddress, b, bAddress]] of LINKS.entries()) {
    must(
      'link',
      'add',
      `kw${index}a`,
      'netns',
      netns(a),
      'type',
      'veth',
      'peer',
      'name',
      `kw${index}b`,
      'netns',
      netns(b),
    );
    for (const [name, side, address] of [
      [a, 'a', aAddress],
      [b, 'b', bAddress],
    ] as const) {
      must('-n', netns(name), 'address', 'add', `${address}/24`, 'dev', `kw${index}${side}`);
      must('-n', netns(name), 'link', 'set', `kw${index}${side}`, 'up');
    }
  }
  for (const address of MANY) must('-n', netns('one'), 'address', 'add', `${address}/24`, 'dev', 'kw1b');
  // A neighbour that is written down and not there: what is sent to it vanishes.
  must(
    '-n',
    netns('client'),
    'neigh',
    'add',
    NETWORK.hole,
    'lladdr',
    '02:00:00:00:00:01',
    'dev',
    'kw0a',
    'nud',
    'permanent',
  );
  must(
    '-n',
    netns('bastion'),
    'neigh',
    'add',
    NETWORK.innerHole,
    'lladdr',
    '02:00:00:00:00:01',
    'dev',
    'kw1a',
    'nud',
    'permanent',
  );

  const start = async (at: Name, argv: readonly string[], sign: string): Promise<Server> => {
    const child = spawn('ip', ['netns', 'exec', netns(at), ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const ended = new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
    });
    const server: Server = {
      log: () => log,
      stop: async () => {
        running.delete(server);
        child.kill('SIGTERM');
        await ended;
      },
      kill: async () => {
        running.delete(server);
        // It takes no connection while those that it has die: whoever lost one and comes again would be let in.
        child.kill('SIGSTOP');
        for (const pid of descendants(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
        child.kill('SIGKILL');
        await ended;
      },
    };
    running.add(server);
    await listening(child, server.log, sign);
    return server;
  };

  return {
    folder,
    key,
    onClient: (...argv) => ['ip', 'netns', 'exec', netns('client'), ...argv],
    impersonate: (at, address) => {
      must('-n', netns(at), 'address', 'add', `${address}/32`, 'dev', 'lo');
      return () => must('-n', netns(at), 'address', 'del', `${address}/32`, 'dev', 'lo');
    },
    startOdd: (at, ...args) =>
      start(
        at,
        [process.execPath, join(process.cwd(), 'dist', 'test', 'support', 'odd-server.js'), ...args],
        'listening',
      ),
    startSshd: async (at, { port = 22, config = [] } = {}) => {
      const sshd = sshdPath();
      if (sshd === undefined) throw new Error('there is no sshd');
      mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
      const directory = join(folder, `sshd${made++}`);
      mkdirSync(directory);
      const hostKey = makeKey(join(directory, 'host'));
      writeFileSync(join(directory, 'authorized_keys'), `${key.publicKey}\n`, { mode: 0o600 });
      const lines = [
        ...config,
        QUICK_KEY_EXCHANGE,
        `Port ${port}`,
        'ListenAddress 0.0.0.0',
        `HostKey ${hostKey.file}`,
        `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
        `PidFile ${join(directory, 'pid')}`,
        'UsePAM no',
        'StrictModes no',
        'UseDNS no',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PermitRootLogin prohibit-password',
        'MaxStartups 400',
        'LogLevel VERBOSE',
      ];
      writeFileSync(join(directory, 'sshd_config'), `${lines.join('\n')}\n`);
      const argv = [sshd, '-D', '-e', '-f', join(directory, 'sshd_config')];
      const server = await start(at, withLogins(argv, directory), 'Server listening on');
      return { ...server, hostKey: hostKey.publicKey.split(' ').slice(0, 2).join(' ') };
    },
    stop: async () => {
      for (const server of running) await server.stop();
      for (const name of NAMES) ip('netns', 'del', netns(name));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
