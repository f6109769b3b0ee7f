import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../model/host.js';
import type { ConnectFailure, ConnectFailureCode, Reach } from '../../model/outcome.js';
import type { Dialled } from '../connect/dial-target.js';
import { failure, failureOf, failureOfAbort } from '../failure.js';
import { createGateways, viaOf, type GatewayLimits, type Linked } from '../connect/jump-hosts.js';
import { createOpensshLink, socketOf, type OpensshLink } from './jump-connection.js';
import type { SshProcess } from './process.js';
import { startOpensshSession } from './session.js';
import { createOpensshStarter } from './start.js';
import { termsFor } from './host-key-options.js';
import type { Password } from '../keys/password.js';
import { programInWords, programWords, wireOfChild } from '../connect/proxy-program.js';
import { shellLine } from '../shell-quote.js';
import { hostNameProblem, userProblem } from '../ssh-config/match/host-name.js';
import { plainTargets, whereOf, type PlainTargetOptions, type Target, type TargetOf } from '../targets/target.js';
import type { Opened, Transport } from '../transport.js';

interface CommonOptions {
  readonly authTimeoutMs: number;
  /** For hosts that take one by the method `password`: ssh tells its helper too little of any other question to answer it. */
  readonly password?: Password;
  /** The program; `ssh` where not given. */
  readonly program?: string;
  readonly limits?: GatewayLimits;
}

/** Where each host leads was planned, or it is what the inventory alone says. */
export type OpensshOptions = CommonOptions & ({ readonly targetOf: TargetOf } | PlainTargetOptions);

export interface OpensshTransport extends Transport {
  /** Passes a jump host that needs the system's ssh, for a connection that does not. */
  readonly passJump: (target: Target, over: Target, timeoutMs: number, signal: AbortSignal) => Promise<Dialled>;
}

/** A way to a host that is open: what ssh is given for it. */
interface OpenWay {
  readonly proxyLine?: string;
  /** The same as words, where kernward itself starts it. */
  readonly words?: readonly string[];
  /** What of the way is broken, or was refused on it. */
  readonly broken: () => ConnectFailure | undefined;
  readonly lost: () => ConnectFailure | undefined;
  readonly release: () => void;
}

const WITHOUT_WAY: OpenWay = { broken: () => undefined, lost: () => undefined, release: () => undefined };

/** Failures that a broken way looks like from the other end of it. */
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
function proxyFailure({ way }: Target, why: ConnectFailure): ConnectFailure {
  return (way.by === 'program' || way.by === 'command') && why.code === 'disconnected'
    ? failure('jump-host-failed', `${programInWords(way)}: ${why.detail}`)
    : why;
}

/**
 * The system's own ssh: for certificates, keys on tokens and key exchanges that ssh2 lacks. It reads no ssh_config: kernward
 * has read it, and gives everything by options.
 */
export function createOpensshTransport(options: OpensshOptions): OpensshTransport {
  const { authTimeoutMs, password, program = 'ssh' } = options;
  const targetOf = 'targetOf' in options ? options.targetOf : plainTargets(options);
  const directory = mkdtempSync(join(tmpdir(), 'kernward-ssh-'));
  const start = createOpensshStarter(program, directory, password);
  let sockets = 0;

  const openWay = async (target: Target, signal: AbortSignal): Promise<OpenWay | ConnectFailure> => {
    const { way } = target;
    switch (way.by) {
      case 'direct':
        return WITHOUT_WAY;
      case 'program':
        return { ...WITHOUT_WAY, proxyLine: shellLine(programWords(way.words, target)) };
      case 'command':
        return { ...WITHOUT_WAY, proxyLine: way.line };
      case 'jump': {
        const through = await gateways.through(way.over, signal, (link) => Promise.resolve({ passed: link }));
        if (!through.ok) return through.failure;
        const { value: link, release, isLost } = through;
        const mark = link.mark();
        const lost = (): ConnectFailure | undefined =>
          isLost()
            ? failure(
                'jump-host-failed',
                `${whereOf(target)}: the connection to the jump host ${way.over.name} (${whereOf(way.over)}) was lost`,
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
    const way = await openWay(over, signal);
    if ('code' in way) return { ok: false, failure: way };
    const terms = await termsFor(over);
    const socket = join(directory, `c${sockets++}`);
    const kept = {
      ...over,
      settings: { ...over.settings, serverAliveIntervalSeconds: over.settings.serverAliveIntervalSeconds || 15 },
    };
    const { process: ssh, logFile } = await start(kept, {
      terms,
      signal,
      masterSocket: socket,
      ...(way.proxyLine === undefined ? {} : { proxyLine: way.proxyLine }),
    });
    const refused = await ssh.login({ connectTimeoutMs: over.connectTimeoutMs, authTimeoutMs });
    if (refused === undefined && (await socketOf(socket))) {
      void ssh.gone.then(way.release);
      return { ok: true, link: createOpensshLink({ program, process: ssh, socket, logFile, over }) };
    }
    ssh.end();
    way.release();
    const why =
      refused ?? failure('disconnected', `${whereOf(over)}: ssh made no socket for others to share its connection`);
    return { ok: false, failure: (MAY_BE_THE_WAY.has(why.code) ? way.broken() : undefined) ?? why };
  };
  const gateways = createGateways<OpensshLink>(connect, options.limits === undefined ? {} : { limits: options.limits });

  const open = async (host: Host, signal: AbortSignal): Promise<Opened> => {
    const target = targetOf(host);
    const where = whereOf(target);
    const reach: Reach = { address: target.address, port: target.port, transport: 'openssh', ...viaOf(target) };
    const failed = (why: ConnectFailure): Opened => ({ ok: false, failure: why, reach });
    const problem = nameProblem(target);
    if (problem !== undefined) return failed(problem);
    const terms = await termsFor(target);
    if (signal.aborted) return failed(failureOfAbort(signal, where));
    const way = await openWay(target, signal);
    if ('code' in way) return failed(way);

    const closing = new AbortController();
    const bound = AbortSignal.any([signal, closing.signal]);
    const startWith = async (used: typeof terms): Promise<SshProcess> => {
      const started = await start(target, {
        terms: used,
        signal: bound,
        ...(way.proxyLine === undefined ? {} : { proxyLine: way.proxyLine }),
      });
      return started.process;
    };
    try {
      const first = await startWith(terms);
      const refused = await first.login({ connectTimeoutMs: target.connectTimeoutMs, authTimeoutMs });
      if (refused !== undefined) {
        way.release();
        return failed((MAY_BE_THE_WAY.has(refused.code) ? way.broken() : undefined) ?? proxyFailure(target, refused));
      }
      const done = (): void => {
        closing.abort();
        way.release();
      };
      const session = startOpensshSession({
        first,
        again: () => startWith({ ...terms, check: 'yes' }),
        connectTimeoutMs: target.connectTimeoutMs,
        authTimeoutMs,
        where,
        lost: way.lost,
        done,
      });
      return { ok: true, session, reach };
    } catch (thrown) {
      way.release();
      throw thrown;
    }
  };

  return {
    name: 'openssh',
    open: async (host, signal) => {
      try {
        return await open(host, signal);
      } catch (thrown) {
        return { ok: false, failure: failureOf(thrown, 'internal', host.name) };
      }
    },
    passJump: async (target, over, timeoutMs, signal) => {
      const problem = nameProblem(target);
      if (problem !== undefined) return { ok: false, failure: problem };
      const way = await openWay({ ...target, connectTimeoutMs: timeoutMs, way: { by: 'jump', over } }, signal);
      if ('code' in way) return { ok: false, failure: way };
      const [command = '', ...words] = way.words ?? [];
      const { wire } = wireOfChild(
        spawn(command, words, { detached: true, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] }),
      );
      wire.once('close', way.release);
      return { ok: true, wire, lost: () => Promise.resolve(way.broken()) };
    },
    close: () => {
      gateways.close();
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}
