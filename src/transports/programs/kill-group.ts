import type { ChildProcess } from 'node:child_process';

/**
 * Kills a child that was started `detached`, and its own children with it. A process in D state survives even this, so
 * nobody waits for it.
 */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: all of it has ended already, which is what was wanted
  }
}
