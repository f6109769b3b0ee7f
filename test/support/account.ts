import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
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

export interface AccountOptions {
  /** Lines of /etc/pam.d/sshd; none: as the machine has it. */
  readonly pam?: readonly string[];
  readonly shell?: string;
}

/** Commands for `startSshd({ within })`: the account, in copies of the machine's files that are mounted over them. */
export function accountIn(directory: string, { pam, shell = '/bin/sh' }: AccountOptions = {}): string {
  const { name, uid, password } = ACCOUNT;
  const file = (as: string, content: string, mode: number): string => {
    const path = join(directory, as);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  const mounts = [
    [
      file('passwd', `${readFileSync('/etc/passwd', 'utf8')}${name}:x:${uid}:${uid}:audit:/:${shell}\n`, 0o644),
      '/etc/passwd',
    ],
    [file('group', `${readFileSync('/etc/group', 'utf8')}${name}:x:${uid}:\n`, 0o644), '/etc/group'],
    [
      file('shadow', `${readFileSync('/etc/shadow', 'utf8')}${name}:${hashed(password)}:19000:0:99999:7:::\n`, 0o640),
      '/etc/shadow',
    ],
    ...(pam === undefined
      ? []
      : [[file('pam', pam.map((line) => `${line}\n`).join(''), 0o644), '/etc/pam.d/sshd'] as const]),
  ];
  return mounts.map(([from, to]) => `mount --bind '${from}' ${to}`).join('\n');
}
