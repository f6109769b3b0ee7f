import { writeFileSync } from 'node:fs';
import { probeScript } from '../src/probe/script.js';

/**
 * What every client needs to ask a simulated fleet, in `file(…)`: `known_hosts`, `inventory.yaml` with the identity file `key`, and
 * `script`, which is sent as it is.
 */
export function writeFleetFiles(
  file: (name: string) => string,
  { ports, hostKey }: { readonly ports: readonly number[]; readonly hostKey: string },
): void {
  writeFileSync(file('known_hosts'), ports.map((port) => `[127.0.0.1]:${port} ${hostKey}\n`).join(''));
  writeFileSync(
    file('inventory.yaml'),
    `defaults: { user: audit, identityFile: ${file('key')} }\nhosts:\n${ports.map((port, index) => `  - { name: host${index}, address: 127.0.0.1, port: ${port} }\n`).join('')}`,
  );
  writeFileSync(file('script'), probeScript('0'.repeat(32)));
}
