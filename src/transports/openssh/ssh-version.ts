import { spawnSync } from 'node:child_process';
import { clean } from '../../text/clean.js';

/** What this machine's ssh says of itself; undefined: there is none. */
export function sshVersion(program = 'ssh'): string | undefined {
  const { error, stderr } = spawnSync(program, ['-V'], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 10_000,
  });
  return error === undefined ? clean(stderr.trim(), 100) : undefined;
}
