import { join } from 'node:path';
import type { Host, TransportName } from '../../model/host.js';
import { createAgent } from '../../transports/keys/agent.js';
import { createAutoTransport } from '../../transports/auto.js';
import { forksThatFit, openFilesLimit } from '../../transports/fd-limit.js';
import { createIdentities, type Identities } from '../../transports/keys/identities.js';
import { createNeedForOpenssh } from '../../transports/choose-transport.js';
import { createLocalTransport } from '../../transports/local.js';
import { createOpensshTransport, type OpensshTransport } from '../../transports/openssh/transport.js';
import { opensshProblem } from '../../transports/openssh/find-program.js';
import { createRecordedTransport } from '../../transports/recorded.js';
import { createResolverWith } from '../../transports/connect/resolve.js';
import { createSsh2Transport, type PassJump } from '../../transports/ssh2/transport.js';
import { jumpHosts, type Target, type TargetOf } from '../../transports/targets/target.js';
import type { Transport } from '../../transports/transport.js';
import type { Password } from '../../transports/keys/password.js';
import { askHidden } from '../terminal/ask-hidden.js';
import { askPassword } from '../terminal/ask-password.js';
import type { ConnectOptions } from '../options/common.js';
import { PACKAGE_ROOT } from '../input/shipped.js';
import { getTargets } from './plan-targets.js';
import { EXIT, Stop, stopOnErrors } from '../terminal/exit.js';

export interface OpenTransports {
  readonly transports: ReadonlyMap<TransportName, Transport>;
  readonly forks: number;
  readonly close: () => Promise<void>;
}

/** As many forks as were asked for, or as the file-descriptor limit carries; the difference is told once. */
function forksWithin(wanted: number): number {
  const limit = openFilesLimit();
  const fit = forksThatFit(limit, wanted);
  if (fit < wanted)
    process.stderr.write(
      `kernward: the limit of ${limit} open files carries ${fit} forks, not ${wanted}; raise it with ulimit -n\n`,
    );
  return fit;
}

/** Each ssh is a process of some 8 MB, and as many key exchanges at once as this keep any machine busy. */
const MOST_SSH_PROCESSES = 64;

function forksFor(wanted: number, usesOpenssh: boolean): number {
  if (!usesOpenssh || wanted <= MOST_SSH_PROCESSES) return forksWithin(wanted);
  process.stderr.write(
    `kernward: some hosts are reached by the transport openssh, a process each: ${MOST_SSH_PROCESSES} forks, not ${wanted}\n`,
  );
  return forksWithin(MOST_SSH_PROCESSES);
}

/** Agent, keys and passphrases, which are asked for before the clocks of the hosts start. */
async function identitiesFor(targets: readonly Target[]): Promise<Identities> {
  const socket = process.env['SSH_AUTH_SOCK'];
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  const identities = createIdentities({
    ...(socket === undefined || socket === '' ? {} : { agent: createAgent(socket) }),
    askPassphrase: (file) =>
      isInterrupted ? Promise.resolve(undefined) : askHidden(`passphrase of ${file}`, interrupt),
  });
  const ends = targets.flatMap((target) => [...jumpHosts(target), target]);
  for (const keys of new Set(ends.map(({ settings }) => settings.keys))) {
    await identities.forKeys(keys);
    if (isInterrupted) throw new Stop(EXIT.interrupted);
  }
  return identities;
}

const OVER_SSH: ReadonlySet<TransportName> = new Set(['auto', 'ssh2', 'openssh']);
export function isOverSsh({ transport }: Host): boolean {
  return OVER_SSH.has(transport);
}

interface OverSsh {
  readonly transports: readonly Transport[];
  /** Some hosts, or jump hosts, are reached by processes of the system's ssh. */
  readonly usesOpenssh: boolean;
}

/** The transports over SSH share what was planned, and the jump hosts that need the system's ssh. */
async function overSsh(
  hosts: readonly Host[],
  options: ConnectOptions,
  password: Password | undefined,
  planned: TargetOf | undefined,
): Promise<OverSsh> {
  const targetOf = planned ?? (await getTargets(hosts, options));
  const bySsh2 = hosts.filter(({ transport }) => transport !== 'openssh').map(targetOf);
  const identities = await identitiesFor(bySsh2);
  const need = createNeedForOpenssh(identities);
  const isForOpenssh = (host: Host): boolean =>
    host.transport === 'openssh' || (host.transport === 'auto' && need.before(targetOf(host)) !== undefined);
  const usesOpenssh =
    hosts.some(isForOpenssh) ||
    bySsh2.some((target) => jumpHosts(target).some((over) => need.before(over) !== undefined));
  const problem = usesOpenssh ? opensshProblem() : undefined;
  stopOnErrors(problem === undefined ? [] : [problem]);

  const common = { authTimeoutMs: options.authTimeout, targetOf, ...(password === undefined ? {} : { password }) };
  let made: OpensshTransport | undefined;
  /** Made when the first host needs it, which may be in the middle of the run. */
  const openssh = (): OpensshTransport | undefined =>
    (made ??= usesOpenssh || opensshProblem() === undefined ? createOpensshTransport(common) : undefined);
  const passJump: PassJump = (target, over, timeoutMs, signal) =>
    need.before(over) === undefined ? undefined : openssh()?.passJump(target, over, timeoutMs, signal);
  const resolver = createResolverWith(join(PACKAGE_ROOT, 'dist', 'src', 'transports', 'connect', 'dns-child.js'));
  const ssh2 = createSsh2Transport({ ...common, identities, resolver, passJump });
  const lazily: Transport = {
    name: 'openssh',
    open: (host, signal) => openssh()?.open(host, signal) ?? Promise.reject(new Error('there is no ssh')),
    close: async () => made?.close(),
  };
  return { transports: [createAutoTransport({ targetOf, need, ssh2, openssh }), ssh2, lazily], usesOpenssh };
}

/**
 * Opens the transports that these hosts need, and no others: a fleet without ssh2 hosts needs no keys.
 *
 * @param planned where the hosts lead, where that was worked out before
 */
export async function openTransports(
  hosts: readonly Host[],
  options: ConnectOptions,
  planned?: TargetOf,
): Promise<OpenTransports> {
  const password = options.askPass === true ? await askPassword(hosts) : undefined;
  const remote = hosts.filter(isOverSsh);
  const { transports: made, usesOpenssh } =
    remote.length === 0 ? { transports: [], usesOpenssh: false } : await overSsh(remote, options, password, planned);
  const transports = new Map<TransportName, Transport>(
    [...made, createLocalTransport(), createRecordedTransport()].map((transport) => [transport.name, transport]),
  );
  return {
    transports,
    forks: forksFor(Math.min(options.forks, Math.max(1, hosts.length)), usesOpenssh),
    close: async () => {
      for (const transport of transports.values()) await transport.close();
    },
  };
}
