import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Exchange,
  MOST_DELIVERIES,
  type ShardOfZone,
  type StoredCommit,
  type Task,
  type ZoneTerms,
} from './exchange.js';

interface Queued extends ShardOfZone {
  readonly bytes: Uint8Array;
  deliveries: number;
  /** Until when somebody has it, or nobody shall. */
  until: number;
  /** The attempt that has the lease. */
  attempt: string | undefined;
}

interface ZoneOfMemory {
  readonly terms: ZoneTerms;
  readonly queue: Queued[];
  readonly parts: Map<string, Uint8Array>;
  readonly commits: (StoredCommit & { readonly runId: string })[];
  readonly leases: Map<string, AbortController>;
  waiting: number;
  places: number;
}

const MOST_BYTES = 1024 * 1024;
const NAP_MS = 5;
const PATIENCE_MS = 200;

function isOf({ runId, shard }: ShardOfZone) {
  return (other: { readonly runId: string; readonly shard: number }): boolean =>
    other.runId === runId && other.shard === shard;
}

function partKey({ runId, shard }: ShardOfZone, attempt: string, part: number): string {
  return `${runId}/${shard}/${attempt}/${part}`;
}

function remove<T>(list: T[], isGone: (item: T) => boolean): void {
  list.splice(0, list.length, ...list.filter((item) => !isGone(item)));
}

/** An exchange within one process. What it does is what NATS does: one suite of tests is over both. */
export function createMemoryExchange(): Exchange {
  const zones = new Map<string, ZoneOfMemory>();
  const claims = new Map<string, string>();
  let attempts = 0;
  const zoneOf = (zone: string): ZoneOfMemory => {
    const found = zones.get(zone);
    if (found === undefined) throw new Error(`the zone ${zone} is not set up`);
    return found;
  };
  const leased = (task: Task): Queued | undefined =>
    zoneOf(task.zone).queue.find((each) => each.attempt === task.attempt);
  const sizeOf = ({ parts, commits }: ZoneOfMemory): number =>
    [...parts.values(), ...commits.map(({ bytes }) => bytes)].reduce((sum, { length }) => sum + length, 0);
  const untilRoom = async (zone: ZoneOfMemory, bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
    while (sizeOf(zone) + bytes.length > zone.terms.maxBytes) await sleep(NAP_MS, undefined, { signal });
  };
  const dropTask = (shard: ShardOfZone): void => remove(zoneOf(shard.zone).queue, isOf(shard));
  const dropParts = ({ zone, runId, shard }: ShardOfZone): void => {
    const { parts } = zoneOf(zone);
    for (const key of parts.keys()) if (key.startsWith(`${runId}/${shard}/`)) parts.delete(key);
  };
  const next = (zone: ZoneOfMemory): Queued | undefined => {
    const now = performance.now();
    return zone.queue.find(({ until, deliveries }) => until <= now && deliveries < MOST_DELIVERIES);
  };

  return {
    claim: async (runId, by) => {
      const before = claims.get(runId);
      claims.set(runId, before ?? by);
      return before;
    },
    setUp: async (zone, terms) => {
      const before = zones.get(zone);
      const empty = { queue: [], parts: new Map(), commits: [], leases: new Map(), waiting: 0, places: 0 };
      zones.set(zone, { ...(before ?? empty), terms });
    },
    isSetUp: async (zone) => zones.has(zone),
    send: async (shard, bytes) => {
      const { queue, terms } = zoneOf(shard.zone);
      if (queue.some(isOf(shard))) return 'there';
      const queued = queue.reduce((sum, each) => sum + each.bytes.length, 0);
      if (queued + bytes.length > terms.maxBytes) return { full: 'maximum bytes exceeded' };
      queue.push({ ...shard, bytes, deliveries: 0, until: 0, attempt: undefined });
      return 'sent';
    },
    zone: async (name, runId) => {
      const zone = zoneOf(name);
      const now = performance.now();
      return {
        queued: new Set(zone.queue.filter((each) => each.runId === runId).map(({ shard }) => shard)),
        untaken: zone.queue.filter(({ deliveries }) => deliveries === 0).length,
        underWay: zone.queue.filter(
          ({ deliveries, until }) => deliveries > 0 && (until > now || deliveries < MOST_DELIVERIES),
        ).length,
        waiting: zone.waiting,
      };
    },
    commits: async (zone, runId, after) =>
      zoneOf(zone).commits.find((commit) => commit.runId === runId && commit.place > after),
    read: async (shard, attempt, part) => zoneOf(shard.zone).parts.get(partKey(shard, attempt, part)),
    forget: async (shard, what) => {
      if (what === 'task') return dropTask(shard);
      dropParts(shard);
      if (what === 'result') remove(zoneOf(shard.zone).commits, isOf(shard));
    },
    cancel: async (zone, runId) => {
      const { queue, leases } = zoneOf(zone);
      for (const { runId: of, attempt } of queue) if (of === runId) leases.get(attempt ?? '')?.abort();
      remove(queue, (each) => each.runId === runId);
    },
    clear: async (zone, runId) => {
      const { queue, commits, parts } = zoneOf(zone);
      remove(queue, (each) => each.runId === runId);
      remove(commits, (each) => each.runId === runId);
      for (const key of parts.keys()) if (key.startsWith(`${runId}/`)) parts.delete(key);
    },
    leaseMs: async (zone) => zoneOf(zone).terms.leaseMs,
    take: async (name, signal) => {
      const zone = zoneOf(name);
      const patience = performance.now() + PATIENCE_MS;
      zone.waiting += 1;
      try {
        while (performance.now() < patience && !signal.aborted) {
          const found = next(zone);
          if (found === undefined) {
            await sleep(NAP_MS);
            continue;
          }
          attempts += 1;
          const attempt = `a${attempts}`;
          found.deliveries += 1;
          found.until = performance.now() + zone.terms.leaseMs;
          found.attempt = attempt;
          const controller = new AbortController();
          zone.leases.set(attempt, controller);
          const { runId, shard, bytes, deliveries } = found;
          return { zone: name, runId, shard, bytes, delivery: deliveries, attempt, cancelled: controller.signal };
        }
        return undefined;
      } finally {
        zone.waiting -= 1;
      }
    },
    keepAlive: (task) => {
      const found = leased(task);
      if (found !== undefined) found.until = performance.now() + zoneOf(task.zone).terms.leaseMs;
    },
    put: async (task, part, bytes, signal) => {
      const zone = zoneOf(task.zone);
      const key = partKey(task, task.attempt, part);
      if (zone.parts.has(key)) return;
      await untilRoom(zone, bytes, signal);
      zone.parts.set(key, bytes);
    },
    commit: async (task, bytes, signal) => {
      const zone = zoneOf(task.zone);
      await untilRoom(zone, bytes, signal);
      if (zone.commits.some(isOf(task))) return 'too-late';
      zone.places += 1;
      zone.commits.push({ shard: task.shard, runId: task.runId, bytes, place: zone.places });
      return 'first';
    },
    finish: async (task) => {
      if (leased(task) !== undefined) dropTask(task);
    },
    giveBack: (task, afterMs) => {
      const found = leased(task);
      if (found === undefined) return;
      found.until = performance.now() + afterMs;
      found.attempt = undefined;
    },
    drop: (task) => {
      if (leased(task) !== undefined) dropTask(task);
    },
    mostBytes: () => MOST_BYTES,
    close: async () => undefined,
  };
}
