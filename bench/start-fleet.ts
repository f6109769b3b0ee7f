import { fork } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import type { FleetRequest, FleetStarted } from './simulated-fleet.js';

/** Simulated hosts in a process of their own. */
export function startFleet(
  request: FleetRequest,
): Promise<{ readonly started: FleetStarted; readonly end: () => void }> {
  return new Promise((resolve, reject) => {
    const child = fork(join(PACKAGE_ROOT, 'dist', 'bench', 'simulated-fleet.js'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the simulated fleet ended with ${code}`)));
    child.once('message', (started: FleetStarted) => resolve({ started, end: () => child.disconnect() }));
    child.send(request);
  });
}
