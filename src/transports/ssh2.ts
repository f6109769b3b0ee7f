import { userInfo } from 'node:os';
import type { Host } from '../model/host.js';
import type { ConnectFailure, Reach } from '../model/outcome.js';
import { dial } from './dial.js';
import { failureOf, failureOfAbort } from './failure.js';
import type { HostKeyPolicy } from './host-keys.js';
import type { Identities } from './identities.js';
import type { KnownAs } from './known-hosts.js';
import type { Password } from './password.js';
import { createResolver, type Resolver } from './resolve.js';
import { authenticate } from './ssh2-connect.js';
import { createSsh2Session } from './ssh2-session.js';
import type { Opened, Transport } from './transport.js';

export interface Ssh2Options {
  readonly hostKeys: HostKeyPolicy;
  readonly identities: Identities;
  /** TCP connection, banner and key exchange. */
  readonly connectTimeoutMs: number;
  readonly authTimeoutMs: number;
  /** For hosts whose inventory names no user; the user who runs kernward where not given. */
  readonly user?: string;
  /** For hosts whose inventory names no identity file; none: the agent and the default ones. */
  readonly identityFiles?: readonly string[];
  /** For hosts that take no key, or want a password beside it. */
  readonly password?: Password;
  /** Closed with the transport. */
  readonly resolver?: Resolver;
}

const SSH_PORT = 22;

const sameTypes = (before: readonly string[], known: readonly string[]): boolean =>
  known.length === 0 || (before.length === known.length && known.every((type) => before.includes(type)));

/** Resolves as soon as the signal aborts, whatever the promise does: a look-up cannot be taken back. */
const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const aborted = (): void => resolve(undefined);
    if (signal.aborted) {
      aborted();
      return;
    }
    signal.addEventListener('abort', aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });

export const createSsh2Transport = (options: Ssh2Options): Transport => {
  const { hostKeys, identities, password, connectTimeoutMs, authTimeoutMs } = options;
  const { resolve, close } = options.resolver ?? createResolver();
  const filesFor = (host: Host): readonly string[] => (host.identityFiles.length > 0 ? host.identityFiles : (options.identityFiles ?? []));

  const open = async (host: Host, signal: AbortSignal): Promise<Opened> => {
    const username = host.user ?? options.user ?? userInfo().username;
    const port = host.port ?? SSH_PORT;
    const reach: Reach = { address: host.address, port, transport: 'ssh2' };
    const failed = (why: ConnectFailure): Opened => ({ ok: false, failure: why, reach });
    const where = `${username}@${host.address}:${port}`;
    const keys = await unlessAborted(identities.forFiles(filesFor(host)), signal);
    if (keys === undefined) return failed(failureOfAbort(signal, where));
    if (!keys.ok && password === undefined) return failed(keys.failure);
    const { identities: offered, notes } = keys.ok ? keys : { identities: [], notes: [keys.failure.detail] };
    const resolved = await unlessAborted(resolve(host.address), signal);
    if (resolved === undefined) return failed(failureOfAbort(signal, `${where}, while its name was looked up`));
    if (!resolved.ok) return failed(resolved.failure);

    const knownAs: KnownAs = { names: [...new Set([host.address, host.name])], port };
    let types = hostKeys.likelyTypes(knownAs);
    const deadline = Date.now() + connectTimeoutMs;
    for (let attempt = 1; ; attempt++) {
      const dialled = await dial(resolved.addresses, port, Math.max(1, deadline - Date.now()), signal);
      if (!dialled.ok) return failed(dialled.failure);
      const request = { host: knownAs, username, identities: offered, ...(password === undefined ? {} : { password }), notes, hostKeys, types, handshakeTimeoutMs: Math.max(1, deadline - Date.now()), authTimeoutMs };
      const authenticated = await authenticate(dialled.socket, request, signal);
      if (authenticated.ok) {
        const session = createSsh2Session(authenticated.client, dialled.socket, where, signal);
        return { ok: true, session, reach };
      }
      // The host showed a key that is not known, and keys of other types are: ask once for those first.
      if (attempt > 1 || sameTypes(types, authenticated.types)) return failed(authenticated.failure);
      types = authenticated.types;
    }
  };

  return {
    name: 'ssh2',
    open: async (host, signal) => {
      try {
        return await open(host, signal);
      } catch (thrown) {
        return { ok: false, failure: failureOf(thrown, 'internal', host.name) };
      }
    },
    close: () => {
      close();
      return Promise.resolve();
    },
  };
};
