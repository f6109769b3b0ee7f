import { availableParallelism } from 'node:os';
import { isOverSsh } from '../../transports/create-transports.js';
import { defined } from '../../language/defined.js';
import type { CollectPlan } from '../scan-plan.js';
import type { AskWorld } from '../world.js';
import type { AskThreads, AskThreadsOptions } from './ask-threads.js';
import { threadsFor } from './how-many.js';
import type { ThreadWork } from './messages.js';

/** What is done with the hosts in their threads. */
export type InThreads = Pick<ThreadWork, 'judged'> & Pick<AskThreadsOptions, 'flapsOf'>;

/** Threads for a plan; undefined where it is better, or only possible, to ask in this one. */
async function threadsOf(
  plan: CollectPlan,
  world: AskWorld,
  { judged, flapsOf }: InThreads,
): Promise<AskThreads | undefined> {
  const { texts, asked, pacing, terms, today, factsRead } = plan;
  const { loan } = world.transports;
  const threads = threadsFor(pacing.workers, asked.length, availableParallelism());
  if (threads === 1 || texts === undefined) return undefined;
  if (loan === undefined && asked.some(([, host]) => isOverSsh(host))) return undefined;
  const ssh = loan && { authTimeoutMs: loan.authTimeoutMs, password: loan.password };
  // Few runs have them.
  const { openAskThreads } = await import('./ask-threads.js');
  return openAskThreads(
    { texts, terms, today, factsRead, ssh, ...(judged && { judged }) },
    { threads, loan, warn: world.warn ?? (() => undefined), ...defined({ flapsOf, stopped: world.signal }) },
  );
}

/** Has threads for as long as the work takes. */
export async function withThreads<T>(
  plan: CollectPlan,
  world: AskWorld,
  done: InThreads,
  work: (threads: AskThreads | undefined) => Promise<T>,
): Promise<T> {
  const threads = await threadsOf(plan, world, done);
  try {
    return await work(threads);
  } finally {
    await threads?.close();
  }
}
