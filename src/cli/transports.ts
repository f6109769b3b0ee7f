import { join } from 'node:path';
import type { Host, TransportName } from '../model/host.js';
import { createAgent } from '../transports/agent.js';
import { forksThatFit, openFilesLimit } from '../transports/fd-limit.js';
import { createIdentities } from '../transports/identities.js';
import { loadHostKeyPolicy } from '../transports/load-host-keys.js';
import { createLocalTransport } from '../transports/local.js';
import { createRecordedTransport } from '../transports/recorded.js';
import { createResolverWith } from '../transports/resolve.js';
import { createSsh2Transport } from '../transports/ssh2.js';
import type { Transport } from '../transports/transport.js';
import { askPassphrase } from './ask-passphrase.js';
import type { ConnectOptions } from './options.js';
import { PACKAGE_ROOT } from './shipped.js';
import { EXIT, Stop, stopOnErrors } from './stop.js';

export interface OpenTransports {
  readonly transports: ReadonlyMap<TransportName, Transport>;
  readonly forks: number;
  readonly close: () => Promise<void>;
}

/** As many forks as were asked for, or as the file-descriptor limit carries; the difference is told once. */
const forksWithin = (wanted: number): number => {
  const limit = openFilesLimit();
  const fit = forksThatFit(limit, wanted);
  if (fit < wanted) process.stderr.write(`kernward: the limit of ${limit} open files carries ${fit} forks, not ${wanted}; raise it with ulimit -n\n`);
  return fit;
};

const ssh2For = async (hosts: readonly Host[], options: ConnectOptions): Promise<Transport> => {
  const policy = loadHostKeyPolicy(options.hostKeys);
  stopOnErrors(policy.diagnostics);
  if (policy.value === undefined) throw new Error('a host-key policy without a value has an error');
  const socket = process.env['SSH_AUTH_SOCK'];
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  const identities = createIdentities({
    ...(socket === undefined || socket === '' ? {} : { agent: createAgent(socket) }),
    askPassphrase: (file) => (isInterrupted ? Promise.resolve(undefined) : askPassphrase(file, interrupt)),
  });
  const identityFiles = options.identity ?? [];
  const wanted = hosts.map((host) => (host.identityFiles.length > 0 ? host.identityFiles : identityFiles));
  // A passphrase is asked for before the clocks of the hosts start.
  for (const files of new Map(wanted.map((files) => [files.join('\0'), files])).values()) {
    await identities.forFiles(files);
    if (isInterrupted) throw new Stop(EXIT.interrupted);
  }
  return createSsh2Transport({
    hostKeys: policy.value,
    identities,
    connectTimeoutMs: options.connectTimeout,
    authTimeoutMs: options.authTimeout,
    identityFiles,
    resolver: createResolverWith(join(PACKAGE_ROOT, 'dist', 'src', 'transports', 'look-up-child.js')),
    ...(options.user === undefined ? {} : { user: options.user }),
  });
};

/** Opens the transports that these hosts need, and no others: a fleet without ssh2 hosts needs no keys. */
export const openTransports = async (hosts: readonly Host[], options: ConnectOptions): Promise<OpenTransports> => {
  const needed = new Set(hosts.map((host) => host.transport));
  const make: Readonly<Record<TransportName, () => Transport | Promise<Transport>>> = {
    ssh2: () => ssh2For(hosts.filter((host) => host.transport === 'ssh2'), options),
    local: createLocalTransport,
    recorded: createRecordedTransport,
  };
  const transports = new Map<TransportName, Transport>();
  for (const name of needed) transports.set(name, await make[name]());
  return {
    transports,
    forks: forksWithin(Math.min(options.forks, Math.max(1, hosts.length))),
    close: async () => {
      for (const transport of transports.values()) await transport.close();
    },
  };
};
