import { spawnSync } from 'node:child_process';
import type { Diagnostic } from '../model/diagnostic.js';
import { clean } from '../text/clean.js';

/** Why this machine's ssh cannot be used; undefined where it can. */
export const opensshProblem = (program = 'ssh'): Diagnostic | undefined => {
  const { error, status, stderr } = spawnSync(program, ['-V'], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: 10_000 });
  if (error === undefined && status === 0 && /^OpenSSH_/mu.test(stderr)) return undefined;
  const said = error?.message ?? (stderr.trim().split('\n').at(-1) || `status ${status}`);
  return {
    code: 'openssh/no-client',
    severity: 'error',
    message: `there are hosts with the transport openssh, and this machine has no usable ssh: ${clean(said, 200)}`,
    help: 'install the OpenSSH client (Debian, Ubuntu: openssh-client; RHEL, SUSE: openssh-clients), or give the hosts transport: ssh2',
  };
};
