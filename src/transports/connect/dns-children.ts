import { type ChildProcess, fork } from 'node:child_process';
import type { LookUpAnswer, LookUpRequest } from './dns-child.js';

/** Looks names up in processes of their own. */
export interface LookUpChildren {
  /** Rejects as dns.lookup does; `undefined`: no child could be asked, or the one that was asked has died. */
  readonly ask: (name: string) => Promise<readonly string[] | undefined>;
  readonly close: () => void;
}

interface Pending {
  readonly name: string;
  readonly resolve: (addresses: readonly string[] | undefined) => void;
  readonly reject: (why: Error) => void;
}

interface Child {
  readonly process: ChildProcess;
  readonly most: number;
  readonly pending: Map<number, Pending>;
}

export interface LookUpLimits {
  readonly children: number;
  /** Look-ups at once of a child. */
  readonly each: number;
  /** Of the first child, the only one of most runs. */
  readonly first?: number;
}

/** Together more than a thousand look-ups at once. What comes on top waits its turn. A thread costs, so few runs have all. */
const LIMITS: LookUpLimits = { children: 5, first: 16, each: 256 };

/**
 * @param file the compiled `dns-child.js`
 * @param limits libuv gives getaddrinfo at most half of its threads (slow_work_thread_threshold in src/threadpool.c), so a
 *   child has twice as many as it may look up at once
 */
export function createLookUpChildren(file: string, limits: LookUpLimits = LIMITS): LookUpChildren {
  const children = new Set<Child>();
  const queue: Pending[] = [];
  let lastId = 0;
  // A machine that let one child die (no process to be had, no memory) is not asked for more.
  let mayStart = true;

  const lose = (child: Child): void => {
    if (!children.delete(child)) return;
    mayStart = false;
    for (const { resolve } of child.pending.values()) resolve(undefined);
    child.pending.clear();
    if (children.size === 0) for (const { resolve } of queue.splice(0)) resolve(undefined);
  };

  const take = (child: Child, reply: LookUpAnswer): void => {
    const asked = child.pending.get(reply.id);
    child.pending.delete(reply.id);
    if ('addresses' in reply) asked?.resolve(reply.addresses);
    else asked?.reject(Object.assign(new Error(reply.message), reply.code === undefined ? {} : { code: reply.code }));
    const next = queue.shift();
    if (next !== undefined) hand(child, next);
    else if (child.pending.size === 0) child.process.channel?.unref();
  };

  const start = (): Child | undefined => {
    try {
      const most = (children.size === 0 ? limits.first : undefined) ?? limits.each;
      const env = { ...process.env, UV_THREADPOOL_SIZE: String(2 * most) };
      const child: Child = {
        // A terminal tells every process of a group; when this one ends is for us to say.
        process: fork(file, ['serve'], {
          env,
          execArgv: [],
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
          detached: true,
        }),
        pending: new Map(),
        most,
      };
      children.add(child);
      child.process.on('message', (reply: LookUpAnswer) => take(child, reply));
      for (const end of ['error', 'exit', 'disconnect']) child.process.on(end, () => lose(child));
      child.process.unref();
      return child;
    } catch {
      // The system has no process for us: the caller is told by `undefined`, and asks in its own threads.
      mayStart = false;
      return undefined;
    }
  };

  const hand = (child: Child, asked: Pending): void => {
    const request: LookUpRequest = { id: ++lastId, name: asked.name };
    child.pending.set(request.id, asked);
    // The process must not end while somebody waits for an answer.
    child.process.channel?.ref();
    child.process.send(request, (failed) => {
      if (failed !== null) lose(child);
    });
  };

  return {
    ask: (name) =>
      new Promise((resolve, reject) => {
        const asked: Pending = { name, resolve, reject };
        const free =
          [...children].find(({ pending, most }) => pending.size < most) ??
          (mayStart && children.size < limits.children ? start() : undefined);
        if (free !== undefined) hand(free, asked);
        else if (children.size > 0) queue.push(asked);
        else resolve(undefined);
      }),
    close: () => {
      for (const child of children) {
        lose(child);
        child.process.kill('SIGKILL');
      }
    },
  };
}
