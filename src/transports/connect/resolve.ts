import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import type { ConnectFailure } from '../../model/outcome.js';
import { failure, toFailure } from '../failure.js';
import { memoize } from '../../language/memoize.js';
import { ownProgram } from '../programs/own-program.js';
import { getaddrinfo } from './dns-child.js';
import { createLookUpChildren, type LookUpChildren } from './dns-children.js';

export type LookedUp =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly failure: ConnectFailure };
export type Resolve = (name: string) => Promise<LookedUp>;

export interface Resolver {
  readonly resolve: Resolve;
  /** Ends what was started to look names up; look-ups under way are given up. */
  readonly close: () => void;
}

export interface ResolverOptions {
  /** Looks one name up in this process, where no child can be had. */
  readonly ask?: (name: string) => Promise<readonly string[]>;
  readonly children?: LookUpChildren;
  /** Look-ups at once in this process. */
  readonly slots?: number;
}

/** Half of libuv's threads: it gives getaddrinfo no more (slow_work_thread_threshold in its src/threadpool.c). */
function ownSlots(): number {
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  return Number.isInteger(threads) && threads > 1 ? Math.floor(threads / 2) : 1;
}

/** The program that the children run. It stands beside this module, and beside what this module is bundled into. */
const CHILD_FILE = fileURLToPath(new URL('./dns-child.js', import.meta.url));

/**
 * Looks names up as ssh does, by getaddrinfo(3), each once a run. getaddrinfo holds a thread for as long as a dead name
 * server takes, nothing ends it, and no process can exit before it: names are looked up in child processes, which are killed.
 * They have hundreds of threads, so that a name that hangs delays no other. Where no child can be had, names wait for each
 * other here, and the exit waits for them.
 */
export function createResolver({
  ask = getaddrinfo,
  children = createLookUpChildren(ownProgram('dns-child', CHILD_FILE)),
  slots = ownSlots(),
}: ResolverOptions = {}): Resolver {
  const limit = pLimit(slots);
  let isClosed = false;
  // What a child was asked when it was closed is given up: here it would hold the exit.
  const here = (name: string): Promise<readonly string[]> => {
    if (isClosed) throw new Error('the run has ended');
    return ask(name);
  };
  const lookUp = memoize(async (name: string): Promise<LookedUp> => {
    try {
      const addresses = [...new Set((await children.ask(name)) ?? (await limit(() => here(name))))];
      return addresses.length > 0
        ? { ok: true, addresses }
        : { ok: false, failure: failure('name-not-resolved', `${name} has no address`) };
    } catch (thrown) {
      return { ok: false, failure: toFailure(thrown, 'name-not-resolved', `${name} cannot be looked up`) };
    }
  });
  return {
    resolve: (name) => {
      if (isIP(name) !== 0) return Promise.resolve({ ok: true, addresses: [name] });
      return lookUp(name);
    },
    close: () => {
      isClosed = true;
      children.close();
    },
  };
}
