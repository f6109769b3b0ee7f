import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { refusalCommit, resultCommit } from '../commit-message.js';
import type { Exchange, Task } from '../exchange.js';
import { createSayer } from '../patience.js';
import { type AdmittedTask, type AdmissionTerms, admitTask } from './admit-task.js';

/** What a shard's hosts said: the file of `collect`, compressed. */
export interface CollectedShard {
  readonly bytes: Uint8Array;
  readonly hosts: number;
  readonly answered: number;
}

/** What a worker needs of the world. */
export interface WorkerWorld {
  readonly exchange: Exchange;
  readonly zone: string;
  /** Ends the worker, and what it is at. */
  readonly signal: AbortSignal;
  readonly admission: () => AdmissionTerms;
  /**
   * Asks the hosts of a shard, until the signal aborts.
   *
   * @returns a sentence where it asks nobody, and why
   */
  readonly collect: (task: AdmittedTask, signal: AbortSignal) => Promise<CollectedShard | string>;
  readonly warn: (sentence: string) => void;
  /** What its commits call it. */
  readonly name: string;
  readonly version: string;
  /** Ends when so many times no task came; undefined: never. */
  readonly mostIdle?: number;
}

/** A part is small enough for several to be under way, and large enough for few to be. */
const PART_BYTES = 256 * 1024;
/** A worker of another version may come by in the meantime. */
const NEWER_MS = 10_000;
/** How many times within its lease a worker says that it lives. */
const BEATS = 3;

function beatOf(leaseMs: number): number {
  return Math.max(10, leaseMs / BEATS);
}

/** Aborts when one of them does. */
function either(...signals: readonly AbortSignal[]): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const ends = signals.map((signal) => {
    const end = (): void => controller.abort(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return () => signal.removeEventListener('abort', end);
  });
  return { signal: controller.signal, stop: () => ends.forEach((end) => end()) };
}

async function deliver(
  task: Task,
  collected: CollectedShard,
  world: WorkerWorld,
  signal: AbortSignal,
): Promise<string> {
  const { exchange, name, version } = world;
  const { bytes, hosts, answered } = collected;
  const size = Math.min(PART_BYTES, exchange.mostBytes());
  const parts = Math.max(1, Math.ceil(bytes.length / size));
  for (let part = 1; part <= parts; part += 1)
    await exchange.put(task, part, bytes.subarray((part - 1) * size, part * size), signal);
  const commit = resultCommit({
    kernward: version,
    worker: name,
    attempt: task.attempt,
    parts,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    answered,
  });
  const outcome = await exchange.commit(task, commit, signal);
  await exchange.finish(task);
  return outcome === 'first'
    ? `${answered} of ${count(hosts, 'host')} answered`
    : 'another worker was faster, and its result stays';
}

async function refuse(task: Task, why: string, { exchange, name, version, signal }: WorkerWorld): Promise<string> {
  await exchange.commit(task, refusalCommit({ kernward: version, worker: name, why: clean(why, 1000) }), signal);
  await exchange.finish(task);
  return `refused, and nobody was asked: ${why}`;
}

/** @returns what came of it, in words; undefined where others have to say it */
async function work(task: Task, world: WorkerWorld, onNewer: (schema: number) => void): Promise<string | undefined> {
  const { exchange } = world;
  const admitted = admitTask(task, world.admission());
  switch (admitted.kind) {
    case 'newer':
      onNewer(admitted.schema);
      exchange.giveBack(task, NEWER_MS);
      return undefined;
    case 'expired':
      exchange.drop(task);
      return `nobody was asked: it was to be begun until ${admitted.notAfter}`;
    case 'refused':
      return refuse(task, admitted.why, world);
    case 'admitted':
      break;
  }
  const { signal, stop } = either(world.signal, task.cancelled);
  try {
    const collected = await world.collect(admitted.task, signal);
    if (typeof collected === 'string') return await refuse(task, collected, world);
    if (!signal.aborted) return await deliver(task, collected, world, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    stop();
  }
  if (task.cancelled.aborted) {
    exchange.drop(task);
    return 'taken back by the dispatcher: hosts are asked no longer';
  }
  exchange.giveBack(task, 0);
  return 'given back, since this worker ends';
}

/** Does tasks of its zone, one after the other, until the signal aborts. */
export async function runWorker(world: WorkerWorld): Promise<void> {
  const { exchange, zone, signal, warn, mostIdle } = world;
  const newer = createSayer(warn);
  let beatMs = beatOf(await exchange.leaseMs(zone, signal));
  for (let idle = 0; !signal.aborted && idle !== mostIdle;) {
    const task = await exchange.take(zone, signal);
    if (task === undefined) {
      idle += 1;
      continue;
    }
    idle = 0;
    let beat = setInterval(() => exchange.keepAlive(task), beatMs);
    try {
      // Asked each time: the zone may have been set up anew with another.
      beatMs = beatOf(await exchange.leaseMs(zone, signal));
      clearInterval(beat);
      beat = setInterval(() => exchange.keepAlive(task), beatMs);
      const said = await work(task, world, (schema) =>
        newer.say(`tasks of schema ${schema} are of a newer kernward, and are left to other workers: upgrade this one`),
      );
      if (said !== undefined) warn(`run ${task.runId}, shard ${task.shard}: ${said}`);
    } catch (thrown) {
      // What this worker cannot do another may; the one that ends all of them is passed over at last.
      exchange.giveBack(task, beatMs);
      warn(
        `run ${task.runId}, shard ${task.shard}: ${clean(thrown instanceof Error ? thrown.message : String(thrown), 300)}`,
      );
    } finally {
      clearInterval(beat);
    }
  }
}
