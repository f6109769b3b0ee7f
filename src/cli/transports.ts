import { join } from 'node:path';
import type { Host, TransportName } from '../model/host.js';
import { createAgent } from '../transports/agent.js';
import { forksThatFit, openFilesLimit } from '../transports/fd-limit.js';
import { createIdentities } from '../transports/identities.js';
import { loadHostKeyPolicy } from '../transports/load-host-keys.js';
import type { HostKeyPolicy } from '../transports/host-keys.js';
import { createLocalTransport } from '../transports/local.js';
import { createOpensshTransport } from '../transports/openssh.js';
import { opensshProblem } from '../transports/openssh-program.js';
import { createRecordedTransport } from '../transports/recorded.js';
import { createResolverWith } from '../transports/resolve.js';
import { createSsh2Transport } from '../transports/ssh2.js';
import type { Transport } from '../transports/transport.js';
import type { Password } from '../transports/password.js';
import { askHidden } from './ask-hidden.js';
import { askPassword } from './ask-password.js';
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

/** Each ssh is a process of some 8 MB, and as many key exchanges at once as this keep any machine busy. */
const MOST_SSH_PROCESSES = 64;

const forksFor = (wanted: number, transports: ReadonlySet<TransportName>): number => {
  if (!transports.has('openssh') || wanted <= MOST_SSH_PROCESSES) return forksWithin(wanted);
  process.stderr.write(`kernward: some hosts have the transport openssh, a process each: ${MOST_SSH_PROCESSES} forks, not ${wanted}\n`);
  return forksWithin(MOST_SSH_PROCESSES);
};

const hostKeysOf = (options: ConnectOptions): HostKeyPolicy => {
  const policy = loadHostKeyPolicy(options.hostKeys);
  stopOnErrors(policy.diagnostics);
  if (policy.value === undefined) throw new Error('a host-key policy without a value has an error');
  return policy.value;
};

/** What both ways over SSH are told. */
const connectionOf = (options: ConnectOptions, hostKeys: HostKeyPolicy, password: Password | undefined) => ({
  hostKeys,
  connectTimeoutMs: options.connectTimeout,
  authTimeoutMs: options.authTimeout,
  identityFiles: options.identity ?? [],
  ...(options.user === undefined ? {} : { user: options.user }),
  ...(password === undefined ? {} : { password }),
});

const ssh2For = async (hosts: readonly Host[], options: ConnectOptions, hostKeys: HostKeyPolicy, password: Password | undefined): Promise<Transport> => {
  const socket = process.env['SSH_AUTH_SOCK'];
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  const identities = createIdentities({
    ...(socket === undefined || socket === '' ? {} : { agent: createAgent(socket) }),
    askPassphrase: (file) => (isInterrupted ? Promise.resolve(undefined) : askHidden(`passphrase of ${file}`, interrupt)),
  });
  const identityFiles = options.identity ?? [];
  const wanted = hosts.map((host) => (host.identityFiles.length > 0 ? host.identityFiles : identityFiles));
  // A passphrase is asked for before the clocks of the hosts start.
  for (const files of new Map(wanted.map((files) => [files.join('\0'), files])).values()) {
    await identities.forFiles(files);
    if (isInterrupted) throw new Stop(EXIT.interrupted);
  }
  const resolver = createResolverWith(join(PACKAGE_ROOT, 'dist', 'src', 'transports', 'look-up-child.js'));
  return createSsh2Transport({ ...connectionOf(options, hostKeys, password), identities, resolver });
};

const opensshFor = (options: ConnectOptions, hostKeys: HostKeyPolicy, password: Password | undefined): Transport => {
  const problem = opensshProblem();
  stopOnErrors(problem === undefined ? [] : [problem]);
  return createOpensshTransport(connectionOf(options, hostKeys, password));
};

const byChoice = (host: Host): boolean => host.transport === 'ssh2' || host.transport === 'auto';

/** Opens the transports that these hosts need, and no others: a fleet without ssh2 hosts needs no keys. */
export const openTransports = async (hosts: readonly Host[], options: ConnectOptions): Promise<OpenTransports> => {
  const needed = new Set(hosts.map((host) => host.transport));
  const password = options.askPass === true ? await askPassword(hosts) : undefined;
  let loaded: HostKeyPolicy | undefined;
  const hostKeys = (): HostKeyPolicy => (loaded ??= hostKeysOf(options));
  let ssh2: Promise<Transport> | undefined;
  const bySsh2 = (): Promise<Transport> => (ssh2 ??= ssh2For(hosts.filter(byChoice), options, hostKeys(), password));
  const make: Readonly<Record<TransportName, () => Transport | Promise<Transport>>> = {
    auto: bySsh2,
    ssh2: bySsh2,
    openssh: () => opensshFor(options, hostKeys(), password),
    local: createLocalTransport,
    recorded: createRecordedTransport,
  };
  const transports = new Map<TransportName, Transport>();
  for (const name of needed) transports.set(name, await make[name]());
  return {
    transports,
    forks: forksFor(Math.min(options.forks, Math.max(1, hosts.length)), needed),
    close: async () => {
      for (const transport of new Set(transports.values())) await transport.close();
    },
  };
};
