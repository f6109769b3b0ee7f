import { spawnSync } from 'node:child_process';

const works = (probe: readonly string[]): boolean => {
  const [command = '', ...args] = probe;
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
};

/**
 * Whether a tool that a test compares us with is there; installed from its Debian package where that is possible.
 * In CI a tool that cannot be had is a failure; elsewhere it is said loudly, and the caller skips.
 *
 * @param probe a command that succeeds exactly when the tool works
 */
export const haveTool = (probe: readonly string[], debianPackage: string): boolean => {
  if (works(probe)) return true;
  if (process.getuid?.() === 0) {
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    if (works(probe)) return true;
  }
  const message = `NOT TESTED: ${probe[0]} is not here and could not be installed (Debian package ${debianPackage})`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.error(`\n*** ${message} ***\n`);
  return false;
};
