import ssh2, { type AuthenticationType, type Client, type NextAuthHandler } from 'ssh2';
import { defined } from '../../language/defined.js';
import type { ConnectFailure, ConnectFailureCode } from '../../model/outcome.js';
import { failure, toFailure, failureOfAbort } from '../failure.js';
import { makeWholePackets } from './aes-gcm.js';
import { hostKeyAlgorithms } from './host-key-algorithms.js';
import type { HostKeyJudgement, HostKeyPolicy } from '../host-keys/policy.js';
import type { Identity } from '../keys/identities.js';
import type { KnownAs } from '../host-keys/known-hosts.js';
import type { ProposedAlgorithms } from './algorithms.js';
import type { Stream } from '../connect/stream.js';
import { createLogin } from './login-methods.js';
import type { Password } from '../keys/password.js';
import {
  declineGlobalRequests,
  logInAtOnce,
  passOverAnnouncedKeys,
  readInTurns,
  signAtOnce,
  signsInOneWay,
} from './internals.js';
import { padFromPool } from './null-cipher.js';
import { READING_TURNS, type ReadingTurns } from './reading-turns.js';
import { IS_PLAIN, useRawExchanges } from './raw-keys.js';

export interface Authentication {
  readonly host: KnownAs;
  /** For messages: `user@address:port`. */
  readonly where: string;
  readonly username: string;
  readonly identities: readonly Identity[];
  /** Offered after the keys; undefined: the user was asked for none. */
  readonly password?: Password;
  /** Keys that were not offered, and why; told when the host refuses the others. */
  readonly notes: readonly string[];
  /** There is no way to leave the host key unchecked: without a verifier ssh2 takes any key in silence. */
  readonly hostKeys: HostKeyPolicy;
  /** Key types to propose first. */
  readonly types: readonly string[];
  /** As ssh_config has them. */
  readonly algorithms: ProposedAlgorithms;
  /** For a connection that is kept: a question to the host after each such silence. */
  readonly keepaliveMs?: number;
  /** Until the key exchange is done. */
  readonly handshakeTimeoutMs: number;
  readonly authTimeoutMs: number;
}

export type Authenticated =
  | { readonly ok: true; readonly client: Client }
  /** `types`: the host is known by keys of these types, so asking for one of them is worth a second try. */
  | { readonly ok: false; readonly failure: ConnectFailure; readonly types: readonly string[] };

/** Authenticates over a connected socket. Settles once, never rejects; on failure the socket is destroyed. */
export function authenticate(
  socket: Stream,
  request: Authentication,
  signal: AbortSignal,
  turns: ReadingTurns = READING_TURNS,
): Promise<Authenticated> {
  return new Promise((resolve) => {
    const {
      host,
      where,
      username,
      identities,
      password,
      notes,
      hostKeys,
      types,
      algorithms,
      keepaliveMs,
      handshakeTimeoutMs,
      authTimeoutMs,
    } = request;
    const client = new ssh2.Client();
    let settled = false;
    let stage: 'key exchange' | 'authentication' = 'key exchange';
    let acceptedAsNew: Buffer | undefined;
    let timer: NodeJS.Timeout;

    const settle = (authenticated: Authenticated): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      if (!authenticated.ok) socket.destroy();
      resolve(authenticated);
    };
    const fail = (why: ConnectFailure, others: readonly string[] = []): void =>
      settle({ ok: false, failure: why, types: others });
    const failWith = (code: ConnectFailureCode, detail: string): void => fail(failure(code, `${where}: ${detail}`));
    const aborted = (): void => fail(failureOfAbort(signal, `${where}, during ${stage}`));
    const silence = (): string => (socket.bytesRead === 0 ? 'without sending an SSH banner' : `during ${stage}`);
    const refused = (why: string): void => failWith('authentication-failed', [why, ...declined, ...notes].join('; '));

    const conclude = (key: Buffer, judgement: HostKeyJudgement, verify: (permitted: boolean) => void): void => {
      if (socket.destroyed) return;
      if (!judgement.accept) {
        fail(judgement.failure, judgement.types);
        socket.destroy(); // after a new key exchange in a running session, too
        return;
      }
      if (judgement.isNew) acceptedAsNew = key;
      try {
        verify(true);
      } catch (thrown) {
        fail(toFailure(thrown, 'handshake-failed', where));
      }
    };
    const verifyHost = (key: Buffer, verify: (permitted: boolean) => void): void => {
      const judgement = hostKeys.judge(host, key);
      if (!(judgement instanceof Promise)) conclude(key, judgement, verify);
      else
        judgement
          .then((judged) => conclude(key, judged, verify))
          .catch((thrown: unknown) => fail(toFailure(thrown, 'internal', where)));
    };

    const guard = {
      isOver: () => settled,
      fail: (thrown: unknown) => fail(toFailure(thrown, 'authentication-failed', where)),
    };
    const login = createLogin({ username, identities, guard, ...defined({ password }) });
    const declined: string[] = [];
    let remembering: Promise<void> | undefined;
    const remember = (key: Buffer): void => {
      const said = hostKeys.remember(host, key);
      if (!(said instanceof Promise)) {
        if (said !== undefined) fail(said);
        return;
      }
      remembering = said
        .then((problem) => problem && fail(problem))
        .catch((thrown: unknown) => fail(toFailure(thrown, 'internal', where)));
    };
    const offerNext = (methods: AuthenticationType[] | null, partial: boolean | null, offer: NextAuthHandler): void => {
      if (remembering !== undefined) {
        // Nothing is offered to a host whose key was not kept.
        const kept = remembering;
        remembering = undefined;
        void kept.then(() => offerNext(methods, partial, offer));
        return;
      }
      if (settled) return;
      const next = login({ methods, isPartial: partial === true });
      if ('method' in next) offer(next.method);
      else refused(next.refused);
    };

    client.on('error', (error: Error & { readonly level?: string }) => {
      if (error.level === 'agent') declined.push(error.message);
      else if (stage === 'authentication' && /authentication|auth/iu.test(error.message)) refused(error.message);
      else fail(toFailure(error, stage === 'key exchange' ? 'handshake-failed' : 'disconnected', where));
    });
    client.on('handshake', () => {
      if (!IS_PLAIN) {
        makeWholePackets(client);
        passOverAnnouncedKeys(client);
      }
      if (settled) return;
      clearTimeout(timer);
      timer = setTimeout(
        () => failWith('authentication-timed-out', `not authenticated within ${authTimeoutMs} ms`),
        authTimeoutMs,
      );
      stage = 'authentication';
      if (acceptedAsNew !== undefined) remember(acceptedAsNew);
    });
    client.on('change password', () => refused('the host wants the password to be changed'));
    client.on('ready', () => settle({ ok: true, client }));
    socket.prependListener('end', () => failWith('disconnected', `the host closed the connection ${silence()}`));
    socket.prependListener('close', () => failWith('disconnected', `the connection was lost ${silence()}`));
    timer = setTimeout(
      () =>
        failWith(
          'connect-timed-out',
          `connected, but no key exchange within the time for connecting: it stalled ${silence()}`,
        ),
      handshakeTimeoutMs,
    );
    if (signal.aborted) {
      aborted();
      return;
    }
    signal.addEventListener('abort', aborted, { once: true });
    const begin = (): void => {
      if (settled) return;
      try {
        client.connect({
          sock: socket,
          username,
          readyTimeout: 0, // three deadlines of our own instead
          hostVerifier: verifyHost,
          algorithms: {
            ...algorithms.exchange,
            serverHostKey: hostKeyAlgorithms(types, algorithms.hostKeys),
            compress: ['none'],
          },
          ...(keepaliveMs === undefined ? {} : { keepaliveInterval: keepaliveMs, keepaliveCountMax: 3 }),
          authHandler: offerNext,
          agentForward: false,
        });
        declineGlobalRequests(client);
        readInTurns(client, socket, turns);
        if (!IS_PLAIN) {
          padFromPool(client);
          useRawExchanges(client);
          const [only, ...others] = identities;
          if (only !== undefined && others.length === 0 && signAtOnce(client)) {
            if (signsInOneWay(only.method(username, guard))) logInAtOnce(client);
          }
        }
      } catch (thrown) {
        fail(toFailure(thrown, 'internal', where));
      }
    };
    // Many hosts may be connected at the same moment.
    if (turns.isFree()) begin();
    else turns.later(begin);
  });
}
