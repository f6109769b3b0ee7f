import type { Host } from '../../src/model/host.js';

/** A host as the inventory would give it, with what a test wants different. */
export function hostAt(port: number, over: Partial<Host> = {}): Host {
  return {
    name: `host-${port}`,
    address: '127.0.0.1',
    port,
    identityFiles: [],
    groups: [],
    labels: {},
    transport: 'ssh2',
    at: { file: 'inventory.yaml', line: 1, column: 1 },
    ...over,
  };
}
