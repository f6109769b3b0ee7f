import type { ChildProcess } from 'node:child_process';
import { hasProcessGroups } from '../control-machine.js';

/**
 * Kills a child that was started `detached`, and its own children with it where the system has groups. A process in D state survives even this, so
 * nobody waits for it.
 */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(hasProcessGroups() ? -pid : pid, 'SIGKILL');
  } catch {
    // ESRCH: all of it has ended already, which is what was wanted
  }
}
