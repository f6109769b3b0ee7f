import { defined } from '../../language/defined.js';
import type { Host } from '../../model/host.js';
import type { ConnectFailure, Connection, RunOutcome } from '../../model/outcome.js';
import { createDialTarget, type ConnectedStream } from '../connect/dial-target.js';
import { failure, toFailure } from '../failure.js';
import { createGateways, getJumpHostNames, type GatewayLimits } from '../connect/jump-hosts.js';
import type { Identities } from '../keys/identities.js';
import type { Password } from '../keys/password.js';
import { createResolver, type Resolver } from '../connect/resolve.js';
import { createSsh2Link, type Ssh2Link } from './jump-connection.js';
import { logIn, type LogInMeans } from './log-in.js';
import { IS_PLAIN, useRawVerification } from './raw-keys.js';
import { createSsh2Session } from './session.js';
import { plainTargets, formatTarget, type PlainTargetOptions, type Target, type TargetOf } from '../targets/target.js';
import type { Opened, Session, Transport } from '../transport.js';

/** Passes a jump host by another way than a connection of ssh2's own; undefined: by one. */
export type PassJump = (
  target: Target,
  over: Target,
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<ConnectedStream> | undefined;

interface CommonOptions {
  readonly identities: Identities;
  readonly authTimeoutMs: number;
  /** For hosts that take no key, or want a password beside it; never given to a jump host. */
  readonly password?: Password;
  /** Closed with the transport. */
  readonly resolver?: Resolver;
  readonly passJump?: PassJump;
  readonly limits?: GatewayLimits;
}

/** Where each host leads was planned, or it is what the inventory alone says. */
export type Ssh2Options = CommonOptions & ({ readonly targetOf: TargetOf } | PlainTargetOptions);

/** A jump host that says nothing is asked whether it is there. */
const JUMP_KEEPALIVE_MS = 15_000;

/** A session whose way may break. */
function overAWay(session: Session, lost: () => Promise<ConnectFailure | undefined>): Session {
  return {
    run: async (script, limits): Promise<RunOutcome> => {
      const outcome = await session.run(script, limits);
      const broken = outcome.ended === 'disconnected' ? await lost() : undefined;
      return broken === undefined || outcome.ended !== 'disconnected'
        ? outcome
        : { ...outcome, code: 'jump-host-failed', detail: broken.detail };
    },
    close: () => session.close(),
  };
}

/** The transport ssh2, which keeps the connections to the jump hosts that it passes. */
export interface Ssh2Transport extends Transport {
  /** How many hosts the jump host takes at the same time, as far as it has shown until now. At least 1. */
  readonly capacityOf: (over: Target) => number;
}

export function createSsh2Transport(options: Ssh2Options): Ssh2Transport {
  const { identities, password, authTimeoutMs, passJump } = options;
  if (!IS_PLAIN) useRawVerification();
  const { resolve, close } = options.resolver ?? createResolver();
  const targetOf = 'targetOf' in options ? options.targetOf : plainTargets(options);

  const overJump = async (
    target: Target,
    over: Target,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ConnectedStream> => {
    const elsewhere = passJump?.(target, over, timeoutMs, signal);
    if (elsewhere !== undefined) return elsewhere;
    const through = await gateways.through(over, signal, (link) => link.open(target, timeoutMs, signal));
    if (!through.ok) return through;
    const { value, release, isLost } = through;
    if (!value.ok) {
      release();
      return value;
    }
    value.stream.once('close', release);
    const lost = (): Promise<ConnectFailure | undefined> =>
      Promise.resolve(
        isLost()
          ? failure(
              'jump-host-failed',
              `${formatTarget(target)}: the connection to the jump host ${over.name} (${formatTarget(over)}) was lost`,
            )
          : undefined,
      );
    return { ok: true, stream: value.stream, lost };
  };
  const dial = createDialTarget(resolve, overJump);
  const toJump: LogInMeans = { dial, identities, authTimeoutMs, keepaliveMs: JUMP_KEEPALIVE_MS };
  const toHost: LogInMeans = { dial, identities, authTimeoutMs, ...defined({ password }) };
  const gateways = createGateways<Ssh2Link>(
    async (over, signal) => {
      const loggedIn = await logIn(over, toJump, signal);
      return loggedIn.ok ? { ok: true, link: createSsh2Link(loggedIn.client, loggedIn.stream, over) } : loggedIn;
    },
    options.limits === undefined ? {} : { limits: options.limits },
  );

  const open = async (host: Host, signal: AbortSignal): Promise<Opened> => {
    const target = targetOf(host);
    const reach: Connection = {
      address: target.address,
      port: target.port,
      transport: 'ssh2',
      ...getJumpHostNames(target),
    };
    const loggedIn = await logIn(target, toHost, signal);
    if (!loggedIn.ok) return { ok: false, failure: loggedIn.failure, reach };
    const { client, stream, lost } = loggedIn;
    const session = createSsh2Session(client, stream, formatTarget(target), signal);
    return { ok: true, session: target.route.by === 'direct' ? session : overAWay(session, lost), reach };
  };

  return {
    name: 'ssh2',
    open: async (host, signal) => {
      try {
        return await open(host, signal);
      } catch (thrown) {
        return { ok: false, failure: toFailure(thrown, 'internal', host.name) };
      }
    },
    capacityOf: gateways.capacityOf,
    close: () => {
      gateways.close();
      close();
      return Promise.resolve();
    },
  };
}
