import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { loginsIn } from './account.js';
import { fillOnce } from './debian-packages.js';
import { freePort } from './free-port.js';
import { scratch } from './scratch.js';
import { until } from './until.js';

const CANDIDATES = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'];
function findSshd(): string | undefined {
  return CANDIDATES.find((path) => existsSync(path));
}

/**
 * The OpenSSH server of this machine.
 *
 * @returns undefined where there is none; then it has said so on stderr, and with CI=true the caller must fail
 */
export function sshdPath(): string | undefined {
  const found = findSshd();
  if (found === undefined)
    console.error(
      '\n*** sshd was not found (apt-get install openssh-server): NOTHING WAS TESTED AGAINST A REAL SSH SERVER ***\n',
    );
  return found;
}

/** For `describe`: skips loudly without sshd, except in CI, where that is a failure. */
export function needsSshd(): { readonly skip: string | false } {
  if (sshdPath() !== undefined) return { skip: false };
  if (process.env['CI'] === 'true') throw new Error('CI must test against a real sshd: apt-get install openssh-server');
  return { skip: 'sshd was not found' };
}

/** A private key, made by ssh-keygen, and its public half as in authorized_keys. */
export interface KeyPair {
  readonly file: string;
  readonly publicKey: string;
}

export function makeKey(
  file: string,
  type: 'ed25519' | 'rsa' | 'ecdsa' = 'ed25519',
  passphrase = '',
  extra: readonly string[] = [],
): KeyPair {
  const { status, stderr } = spawnSync(
    'ssh-keygen',
    [
      '-q',
      '-t',
      type,
      ...(type === 'rsa' ? ['-b', '2048'] : []),
      '-N',
      passphrase,
      '-C',
      `test ${type}`,
      '-f',
      file,
      ...extra,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

/**
 * The key that a server here shows. That of RSA is made once and kept: it takes thirty times the CPU of the others, and what is
 * tested of host keys does not hang on its being another one each time.
 */
function makeHostKey(file: string, type: 'ed25519' | 'rsa' | 'ecdsa'): KeyPair {
  if (type !== 'rsa') return makeKey(file, type);
  const kept = join(
    fillOnce(
      'host-key',
      () => true,
      (folder) => makeKey(join(folder, 'rsa'), 'rsa'),
    ),
    'rsa',
  );
  for (const end of ['', '.pub']) copyFileSync(kept + end, file + end);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    // The banner shows that it is sshd, and complete, so that no half-made connection counts against MaxStartups.
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

export interface Sshd {
  readonly port: number;
  readonly user: string;
  readonly directory: string;
  /** Public host keys by type: `type base64`. */
  readonly hostKeys: Readonly<Record<string, string>>;
  /** Lines for known_hosts of this server, all types or one. */
  readonly knownHosts: (type?: string) => string;
  readonly log: () => string;
  /** The log when it says that: sshd answers a client before its own words are here. Throws where it never does. */
  readonly logged: (what: RegExp) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/**
 * What OpenSSH prefers since 9.0 holds against quantum computers too, and takes two thirds of the CPU of a login; tests log in
 * hundreds of times.
 */
export const QUICK_KEY_EXCHANGE = 'KexAlgorithms curve25519-sha256';

export interface SshdOptions {
  readonly authorizedKeys: readonly string[];
  readonly hostKeyTypes?: readonly ('ed25519' | 'rsa' | 'ecdsa')[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  /**
   * Shell commands that prepare a mount namespace of its own for the server; what they mount is gone with it. Needs root.
   * Without it a home and a shell of its own for whoever logs in, where that can be had.
   */
  readonly within?: string;
  /** As the machine's OpenSSH agrees on it by itself; without it the quick one. */
  readonly keyExchange?: 'as installed';
}

/**
 * A real OpenSSH server on a high port of the loopback interface, with its own host keys and configuration in a directory
 * of its own. Needs no root, though without root its hosts have this user's own home and shell; the only user who can log in is
 * the one who runs the tests.
 */
export async function startSshd(options: SshdOptions, attempts = 5): Promise<Sshd> {
  const { authorizedKeys, hostKeyTypes = ['ed25519', 'rsa', 'ecdsa'], config = [] } = options;
  const sshd = sshdPath();
  if (sshd === undefined) throw new Error('there is no sshd');
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const directory = scratch();
  const within = options.within ?? loginsIn(directory);
  const port = await freePort();
  const keys = hostKeyTypes.map((type) => makeHostKey(join(directory, `host_${type}`), type));
  writeFileSync(join(directory, 'authorized_keys'), `${authorizedKeys.join('\n')}\n`, { mode: 0o600 });
  const lines = [
    ...config,
    ...(options.keyExchange === 'as installed' ? [] : [QUICK_KEY_EXCHANGE]),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...keys.map(({ file }) => `HostKey ${file}`),
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    `PidFile ${join(directory, 'pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 200',
    'LogLevel VERBOSE',
  ];
  writeFileSync(join(directory, 'sshd_config'), `${lines.join('\n')}\n`);
  const command = [sshd, '-D', '-e', '-f', join(directory, 'sshd_config')];
  if (within !== undefined) {
    // Another account reads its own keys here.
    chmodSync(directory, 0o755);
    chmodSync(join(directory, 'authorized_keys'), 0o644);
    command.unshift('unshare', '-m', '--propagation', 'private', 'sh', '-c', `set -e\n${within}\nexec "$0" "$@"`);
  }
  const [program = sshd, ...args] = command;
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  // Its own word that it listens: another process may have taken the port meanwhile, and would answer in its place.
  await until(
    async () =>
      child.exitCode !== null || (log.includes(`Server listening on 127.0.0.1 port ${port}`) && (await accepts(port))),
    () => `sshd has not started: ${log}`,
  );
  if (child.exitCode !== null) {
    rmSync(directory, { recursive: true, force: true });
    if (attempts > 1 && log.includes('Address already in use')) return startSshd(options, attempts - 1);
    throw new Error(`sshd ended: ${log}`);
  }
  const hostKeys = Object.fromEntries(
    keys.map(({ publicKey }, index) => [hostKeyTypes[index] ?? '', publicKey.split(' ').slice(0, 2).join(' ')]),
  );
  return {
    port,
    user: userInfo().username,
    directory,
    hostKeys,
    knownHosts: (type) =>
      Object.entries(hostKeys)
        .filter(([name]) => type === undefined || name === type)
        .map(([, key]) => `[127.0.0.1]:${port} ${key}\n`)
        .join(''),
    log: () => log,
    logged: async (what) => {
      await until(
        () => what.test(log),
        () => `${what} is not in the log of sshd: ${log}`,
      );
      return log;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
