import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../../language/defined.js';
import type { Host } from '../../model/host.js';
import type { ConnectFailure, ConnectFailureCode, Connection } from '../../model/outcome.js';
import type { ConnectedStream } from '../connect/dial-target.js';
import { failure, toFailure, failureOfAbort } from '../failure.js';
import { createGateways, getJumpHostNames, type GatewayLimits, type Linked } from '../connect/jump-hosts.js';
import { createOpensshLink, getSocket, type OpensshLink } from './jump-connection.js';
import type { SshProcess } from './process.js';
import { startOpensshSession } from './session.js';
import { createOpensshStarter } from './start.js';
import { termsFor } from './host-key-options.js';
import type { Password } from '../keys/password.js';
import { formatProgram, programWords, wireOfChild } from '../connect/proxy-program.js';
import { shellLine } from '../shell-quote.js';
import { hostNameProblem, userProblem } from '../ssh-config/match/host-name.js';
import { plainTargets, formatTarget, type PlainTargetOptions, type Target, type TargetOf } from '../targets/target.js';
import { KEEPER } from '../programs/keeper.js';
import { makePrivateFolder } from '../programs/private-folder.js';
import { startProgram } from '../programs/start-program.js';
import type { Opened, Transport } from '../transport.js';

interface CommonOptions {
  readonly authTimeoutMs: number;
  /**
   * For hosts that take one by the method `password`: ssh tells its helper too little of any other question to answer
   * it.
   */
  readonly password?: Password;
  /** The program; `ssh` where not given. */
  readonly program?: string;
  readonly limits?: GatewayLimits;
}

/** Where each host leads was planned, or it is what the inventory alone says. */
export type OpensshOptions = CommonOptions & ({ readonly targetOf: TargetOf } | PlainTargetOptions);

export interface OpensshTransport extends Transport {
  /** Passes a jump host that needs the system's ssh, for a connection that does not. */
  readonly passJump: (target: Target, over: Target, timeoutMs: number, signal: AbortSignal) => Promise<ConnectedStream>;
  /** How many hosts the jump host takes at the same time, as far as it has shown until now. At least 1. */
  readonly capacityOf: (over: Target) => number;
}

/** A way to a host that is open: what ssh is given for it. */
interface OpenRoute {
  readonly proxyLine?: string;
  /** The same as words, where kernward itself starts it. */
  readonly words?: readonly string[];
  /** What of the way is broken, or was refused on it. */
  readonly broken: () => ConnectFailure | undefined;
  readonly lost: () => ConnectFailure | undefined;
  readonly release: () => void;
}

const DIRECT_ROUTE: OpenRoute = { broken: () => undefined, lost: () => undefined, release: () => undefined };

/** Failures that a broken connection may look like from the other end. */
const MAY_BE_THE_WAY: ReadonlySet<ConnectFailureCode> = new Set([
  'disconnected',
  'handshake-failed',
  'connect-timed-out',
]);

/** Names that ssh could take for something else never reach it. */
function nameProblem({ address, user }: Target): ConnectFailure | undefined {
  const problem = hostNameProblem(address) ?? userProblem(user);
  return problem === undefined ? undefined : failure('name-not-resolved', problem);
}

/** A program that made no connection is not the host. */
function proxyFailure({ route }: Target, why: ConnectFailure): ConnectFailure {
  return (route.by === 'program' || route.by === 'command') && why.code === 'disconnected'
    ? failure('jump-host-failed', `${formatProgram(route)}: ${why.detail}`)
    : why;
}

/**
 * The system's own ssh: for certificates, keys on tokens and key exchanges that ssh2 lacks. It reads no ssh_config:
 * kernward has read it, and gives everything by options.
 */
export function createOpensshTransport(options: OpensshOptions): OpensshTransport {
  const { authTimeoutMs, password, program = 'ssh' } = options;
  const targetOf = 'targetOf' in options ? options.targetOf : plainTargets(options);
  const directory = makePrivateFolder('kernward-ssh-');
  const start = createOpensshStarter(program, directory, password);
  let sockets = 0;

  const openRoute = async (target: Target, signal: AbortSignal): Promise<OpenRoute | ConnectFailure> => {
    const { route } = target;
    switch (route.by) {
      case 'direct':
        return DIRECT_ROUTE;
      case 'program':
        return { ...DIRECT_ROUTE, proxyLine: shellLine(programWords(route.words, target)) };
      case 'command':
        return { ...DIRECT_ROUTE, proxyLine: route.line };
      case 'jump': {
        const through = await gateways.through(route.over, signal, (link) => Promise.resolve({ passed: link }));
        if (!through.ok) return through.failure;
        const { value: link, release, isLost } = through;
        const mark = link.mark();
        const lost = (): ConnectFailure | undefined =>
          isLost()
            ? failure(
                'jump-host-failed',
                `${formatTarget(target)}: the connection to the jump host ${route.over.name} (${formatTarget(route.over)}) was lost`,
              )
            : undefined;
        return {
          proxyLine: shellLine(link.words(target)),
          words: link.words(target),
          broken: () => lost() ?? link.refusal(target, mark),
          lost,
          release,
        };
      }
    }
  };

  const connect = async (over: Target, signal: AbortSignal): Promise<Linked<OpensshLink>> => {
    const problem = nameProblem(over);
    if (problem !== undefined) return { ok: false, failure: problem };
    const route = await openRoute(over, signal);
    if ('code' in route) return { ok: false, failure: route };
    const terms = await termsFor(over);
    if ('code' in terms) {
      route.release();
      return { ok: false, failure: terms };
    }
    const socket = join(directory, `c${sockets++}`);
    const kept = {
      ...over,
      settings: { ...over.settings, serverAliveIntervalSeconds: over.settings.serverAliveIntervalSeconds || 15 },
    };
    const { process: ssh, logFile } = await start(kept, {
      terms,
      signal,
      masterSocket: socket,
      ...defined({ proxyLine: route.proxyLine }),
    });
    const refused = await ssh.login({ connectTimeoutMs: over.connectTimeoutMs, authTimeoutMs });
    if (refused === undefined && (await getSocket(socket))) {
      void ssh.gone.then(route.release);
      return { ok: true, link: createOpensshLink({ program, process: ssh, socket, logFile, over }) };
    }
    ssh.end();
    route.release();
    const why =
      refused ??
      failure('disconnected', `${formatTarget(over)}: ssh made no socket for others to share its connection`);
    return { ok: false, failure: (MAY_BE_THE_WAY.has(why.code) ? route.broken() : undefined) ?? why };
  };
  const gateways = createGateways<OpensshLink>(connect, options.limits === undefined ? {} : { limits: options.limits });

  const open = async (host: Host, signal: AbortSignal): Promise<Opened> => {
    const target = targetOf(host);
    const where = formatTarget(target);
    const reach: Connection = {
      address: target.address,
      port: target.port,
      transport: 'openssh',
      ...getJumpHostNames(target),
    };
    const failed = (why: ConnectFailure): Opened => ({ ok: false, failure: why, reach });
    const problem = nameProblem(target);
    if (problem !== undefined) return failed(problem);
    const terms = await termsFor(target);
    if ('code' in terms) return failed(terms);
    if (signal.aborted) return failed(failureOfAbort(signal, where));
    const route = await openRoute(target, signal);
    if ('code' in route) return failed(route);

    const closing = new AbortController();
    const bound = AbortSignal.any([signal, closing.signal]);
    const startWith = async (used: typeof terms): Promise<SshProcess> => {
      const started = await start(target, {
        terms: used,
        signal: bound,
        ...defined({ proxyLine: route.proxyLine }),
      });
      return started.process;
    };
    try {
      const first = await startWith(terms);
      const refused = await first.login({ connectTimeoutMs: target.connectTimeoutMs, authTimeoutMs });
      if (refused !== undefined) {
        route.release();
        return failed((MAY_BE_THE_WAY.has(refused.code) ? route.broken() : undefined) ?? proxyFailure(target, refused));
      }
      const done = (): void => {
        closing.abort();
        route.release();
      };
      const session = startOpensshSession({
        first,
        again: () => startWith({ ...terms, check: 'yes' }),
        connectTimeoutMs: target.connectTimeoutMs,
        authTimeoutMs,
        where,
        lost: route.lost,
        done,
      });
      return { ok: true, session, reach };
    } catch (thrown) {
      route.release();
      throw thrown;
    }
  };

  return {
    name: 'openssh',
    open: async (host, signal) => {
      try {
        return await open(host, signal);
      } catch (thrown) {
        return { ok: false, failure: toFailure(thrown, 'internal', host.name) };
      }
    },
    passJump: async (target, over, timeoutMs, signal) => {
      const problem = nameProblem(target);
      if (problem !== undefined) return { ok: false, failure: problem };
      const route = await openRoute({ ...target, connectTimeoutMs: timeoutMs, route: { by: 'jump', over } }, signal);
      if ('code' in route) return { ok: false, failure: route };
      const [command = '', ...words] = route.words ?? [];
      const { stream } = wireOfChild(startProgram(command, words, { cwd: '/' }));
      stream.once('close', route.release);
      return { ok: true, stream, lost: () => Promise.resolve(route.broken()) };
    },
    capacityOf: gateways.capacityOf,
    close: () => {
      gateways.close();
      rmSync(directory, { recursive: true, force: true });
      KEEPER.gone(directory);
      return Promise.resolve();
    },
  };
}
