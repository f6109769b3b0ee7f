import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { couldNotTest, isRoot } from './shells.js';

/** An account that exists in one mount namespace only. */
export const ACCOUNT = { name: 'kwaudit', uid: 64_123, password: 'open $esame "1\' %s' } as const;

const canMount = isRoot && spawnSync('unshare', ['-m', '--propagation', 'private', 'true']).status === 0;

/** For `describe`: skips loudly where no mount namespace can be made. */
export function needsAccount(): { readonly skip: string | false } {
  if (canMount) return { skip: false };
  couldNotTest('logins of an account with a password (no mount namespace: root with CAP_SYS_ADMIN is needed)', isRoot);
  return { skip: 'no mount namespace' };
}

function hashed(password: string): string {
  return spawnSync('perl', ['-e', "print crypt(<STDIN>, '$6$kernward$')"], { input: password, encoding: 'utf8' })
    .stdout;
}

export interface LoginOptions {
  /** Of whoever runs the tests, when it logs in; without it the one that reads no start files. */
  readonly shell?: string;
  /** Files of its home, by their names. */
  readonly home?: Readonly<Record<string, string>>;
}

/** The machine's file, one of its lines in another form; `name` is the first field. */
function withLine(file: string, name: string, change: (fields: readonly string[]) => readonly string[]): string {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => (line.startsWith(`${name}:`) ? change(line.split(':')).join(':') : line))
    .join('\n');
}

interface Files {
  readonly passwd: string;
  readonly shadow: string;
}

/** Whoever runs the tests logs in to a host with a home of its own, an unlocked account, and a shell that reads no start files. */
function filesOf(directory: string, { shell = '/bin/sh', home = {} }: LoginOptions): Files {
  const own = join(directory, 'home');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(home)) writeFileSync(join(own, name), text);
  const { username } = userInfo();
  return {
    passwd: withLine('/etc/passwd', username, (fields) => [...fields.slice(0, 5), own, shell]),
    shadow: withLine('/etc/shadow', username, ([name = '', , ...rest]) => [name, '*', ...rest]),
  };
}

/** Commands that mount texts over files of the machine, in a mount namespace. */
function mounts(directory: string, texts: readonly (readonly [over: string, text: string, mode: number])[]): string {
  return texts
    .map(([over, text, mode]) => {
      const path = join(directory, over.replaceAll('/', '-').slice(1));
      writeFileSync(path, text);
      chmodSync(path, mode);
      return `mount --bind '${path}' ${over}`;
    })
    .join('\n');
}

/**
 * Commands for `startSshd({ within })`, and what it does by itself: no test logs in to what stands in the home of whoever runs
 * it. Nothing, where no mount namespace can be made.
 */
export function loginsIn(directory: string, options: LoginOptions = {}): string | undefined {
  if (!canMount) return undefined;
  const { passwd, shadow } = filesOf(directory, options);
  return mounts(directory, [
    ['/etc/passwd', passwd, 0o644],
    ['/etc/shadow', shadow, 0o640],
  ]);
}

export interface AccountOptions {
  readonly home?: string;
  /** Lines of /etc/pam.d/sshd; none: as the machine has it. */
  readonly pam?: readonly string[];
  readonly shell?: string;
}

/** The same, and the account beside. */
export function accountIn(directory: string, { pam, shell = '/bin/sh', home = '/' }: AccountOptions = {}): string {
  const { name, uid, password } = ACCOUNT;
  const { passwd, shadow } = filesOf(directory, {});
  return mounts(directory, [
    ['/etc/passwd', `${passwd}${name}:x:${uid}:${uid}:audit:${home}:${shell}\n`, 0o644],
    ['/etc/group', `${readFileSync('/etc/group', 'utf8')}${name}:x:${uid}:\n`, 0o644],
    ['/etc/shadow', `${shadow}${name}:${hashed(password)}:19000:0:99999:7:::\n`, 0o640],
    ...(pam === undefined ? [] : [['/etc/pam.d/sshd', pam.map((line) => `${line}\n`).join(''), 0o644] as const]),
  ]);
}
