import { spawnSync } from 'node:child_process';
import type { Diagnostic } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';

/** RemoteCommand and StrictHostKeyChecking accept-new came with 7.6. @see https://www.openssh.com/txt/release-7.6 */
const OLDEST = 7.6;

function versionOf(said: string): number {
  return Number(/^OpenSSH_(?:for_Windows_)?(?<version>\d+\.\d+)/mu.exec(said)?.groups?.['version'] ?? 0);
}

/** Why this machine's ssh cannot be used; undefined where it can. */
export function opensshProblem(program = 'ssh'): Diagnostic | undefined {
  const { error, status, stderr } = spawnSync(program, ['-V'], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 10_000,
  });
  if (error === undefined && status === 0 && versionOf(stderr) >= OLDEST) return undefined;
  const said = error?.message ?? (stderr.trim().split('\n').at(-1) || `status ${status}`);
  return {
    code: 'openssh/no-client',
    severity: 'error',
    message: `there are hosts with the transport openssh, and this machine has no ssh of OpenSSH ${OLDEST} or later: ${clean(said, 200)}`,
    help: 'install the OpenSSH client (Debian, Ubuntu: openssh-client; RHEL, SUSE: openssh-clients), or give the hosts transport: ssh2',
  };
}
