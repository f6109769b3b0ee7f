import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import pLimit from 'p-limit';
import type { ConnectFailure } from '../model/outcome.js';
import { failure, failureOf } from './failure.js';

export type Resolved = { readonly ok: true; readonly addresses: readonly string[] } | { readonly ok: false; readonly failure: ConnectFailure };
export type Resolve = (name: string) => Promise<Resolved>;

/** libuv's own default; getaddrinfo blocks one of these threads for as long as it takes. @see docs.libuv.org, threadpool */
const POOL_THREADS = 4;

/**
 * Looks names up as ssh does, by getaddrinfo(3): `/etc/hosts`, search domains and nsswitch are honoured, which the
 * asynchronous resolver of Node does not do. Each name is looked up once a run, and one thread of the pool is left for files.
 *
 * @param threads of the pool (`UV_THREADPOOL_SIZE`)
 */
export const createResolve = (threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? POOL_THREADS), ask = (name: string): Promise<readonly { readonly address: string }[]> => lookup(name, { all: true, order: 'verbatim' })): Resolve => {
  const limit = pLimit(Math.max(1, (Number.isInteger(threads) ? threads : POOL_THREADS) - 1));
  const cache = new Map<string, Promise<Resolved>>();
  const look = async (name: string): Promise<Resolved> => {
    try {
      const addresses = [...new Set((await ask(name)).map(({ address }) => address))];
      return addresses.length > 0 ? { ok: true, addresses } : { ok: false, failure: failure('name-not-resolved', `${name} has no address`) };
    } catch (thrown) {
      return { ok: false, failure: failureOf(thrown, 'name-not-resolved', `${name} cannot be looked up`) };
    }
  };
  return (name) => {
    if (isIP(name) !== 0) return Promise.resolve({ ok: true, addresses: [name] });
    const cached = cache.get(name) ?? limit(() => look(name));
    cache.set(name, cached);
    return cached;
  };
};
