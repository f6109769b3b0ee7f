import type { Client } from 'ssh2';
import { defined } from '../../language/defined.js';
import type { ConnectFailure, ConnectFailureCode } from '../../model/outcome.js';
import type { DialTarget } from '../connect/dial-target.js';
import { failureOfAbort } from '../failure.js';
import type { Identities } from '../keys/identities.js';
import type { Password } from '../keys/password.js';
import { authenticate } from './connect.js';
import { ssh2Algorithms } from './algorithms.js';
import { formatTarget, type Target } from '../targets/target.js';
import { raceAbort } from '../connect/race-abort.js';
import type { Stream } from '../connect/stream.js';

export interface LogInMeans {
  readonly dial: DialTarget;
  readonly identities: Identities;
  readonly authTimeoutMs: number;
  readonly password?: Password;
  /** For a connection that is kept: a question to the host after each such silence. */
  readonly keepaliveMs?: number;
}

export type LoggedIn =
  | {
      readonly ok: true;
      readonly client: Client;
      readonly stream: Stream;
      readonly lost: () => Promise<ConnectFailure | undefined>;
    }
  | { readonly ok: false; readonly failure: ConnectFailure };

function sameTypes(before: readonly string[], known: readonly string[]): boolean {
  return known.length === 0 || (before.length === known.length && known.every((type) => before.includes(type)));
}

/** Failures that a broken connection may look like from the other end. */
const MAY_BE_THE_ROUTE: ReadonlySet<ConnectFailureCode> = new Set([
  'disconnected',
  'handshake-failed',
  'connect-timed-out',
]);

/**
 * Opens the way to a host, or to a jump host, and logs in there, with its key verified. Settles once, never rejects but
 * for a bug.
 */
export async function logIn(target: Target, means: LogInMeans, signal: AbortSignal): Promise<LoggedIn> {
  const { hostKeys, knownAs, user: username, settings, connectTimeoutMs } = target;
  const { password, authTimeoutMs, keepaliveMs } = means;
  const keys = await raceAbort(means.identities.forKeys(settings.keys), signal);
  if (keys === undefined) return { ok: false, failure: failureOfAbort(signal, formatTarget(target)) };
  if (!keys.ok && password === undefined) return keys;
  const { identities, notes } = keys.ok ? keys : { identities: [], notes: [keys.failure.detail] };
  let types = hostKeys.likelyTypes(knownAs);
  let deadline = performance.now() + connectTimeoutMs;
  const left = (): number => Math.max(1, deadline - performance.now());
  for (let attempt = 1; ; attempt++) {
    const connected = await means.dial(target, left(), signal);
    if (!connected.ok) return connected;
    // What the way took, a queue before a jump host and its login, is not the host's.
    if (target.route.by === 'jump') deadline = performance.now() + connectTimeoutMs;
    const request = {
      host: knownAs,
      where: formatTarget(target),
      username,
      identities,
      ...defined({ password, keepaliveMs }),
      notes,
      hostKeys,
      types,
      algorithms: ssh2Algorithms(settings.algorithms),
      handshakeTimeoutMs: left(),
      authTimeoutMs,
    };
    const { stream, lost } = connected;
    const authenticated = await authenticate(stream, request, signal);
    if (authenticated.ok) return { ok: true, client: authenticated.client, stream, lost };
    const { failure: why } = authenticated;
    const broken = MAY_BE_THE_ROUTE.has(why.code) ? await lost() : undefined;
    if (broken !== undefined) return { ok: false, failure: broken };
    // The host showed a key that is not known, and keys of other types are: ask once for those first.
    if (attempt > 1 || sameTypes(types, authenticated.types)) return { ok: false, failure: why };
    types = authenticated.types;
  }
}
