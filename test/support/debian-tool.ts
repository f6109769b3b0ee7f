import { spawnSync } from 'node:child_process';

/**
 * Says whether something that a test compares us with is here; the set-up of the tests (packages.ts) installs it where it
 * can. What is not here is a failure in CI, and elsewhere said loudly, and the caller skips.
 */
export function isHere(found: boolean, what: string, debianPackage: string): boolean {
  if (found) return true;
  const message = `NOT TESTED: ${what} is not here (Debian package ${debianPackage})`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.error(`\n*** ${message} ***\n`);
  return false;
}

/** @param probe a command that succeeds exactly when the tool works */
export function haveTool(probe: readonly string[], debianPackage: string): boolean {
  const [command = '', ...args] = probe;
  return isHere(spawnSync(command, args, { stdio: 'ignore' }).status === 0, probe.join(' '), debianPackage);
}
