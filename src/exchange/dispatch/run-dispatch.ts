import { createHash } from 'node:crypto';
import { clean } from '../../text/clean.js';
import { readCommit, type ResultCommit } from '../commit-message.js';
import type { Exchange, StoredCommit } from '../exchange.js';
import { pause } from '../patience.js';

/** A shard that is to be collected. */
export interface ShardToSend {
  readonly shard: number;
  readonly hosts: number;
}

/** How far a zone is. */
export interface ZoneProgress {
  readonly zone: string;
  /** That wait, and that are at a shard. */
  readonly workers: number;
  readonly shards: number;
  readonly doneShards: number;
  readonly hosts: number;
  readonly doneHosts: number;
}

/** What a dispatcher needs of the world. */
export interface DispatchWorld {
  readonly exchange: Exchange;
  readonly runId: string;
  /** UTC, ISO 8601 with seconds. */
  readonly notAfter: string;
  /** By zone, in the order of the plan. */
  readonly zones: ReadonlyMap<string, readonly ShardToSend[]>;
  readonly taskOf: (shard: number) => Uint8Array;
  /**
   * Takes what came of a shard, compressed, and keeps it.
   *
   * @returns a sentence where it is not what was asked for
   * @throws where it is, and cannot be kept: what came stays where it is
   */
  readonly accept: (shard: number, bytes: Uint8Array) => Promise<string | undefined>;
  /** Those that were collected before. */
  readonly isHere: (shard: number) => Promise<boolean>;
  /** Takes the run back. */
  readonly signal: AbortSignal;
  readonly now: () => string;
  readonly warn: (sentence: string) => void;
  readonly tell: (progress: readonly ZoneProgress[]) => void;
  /** A turn: how often it looks at zones of which something comes. */
  readonly everyMs: number;
  /** How long it waits, after `notAfter`, for shards that somebody is at. */
  readonly lingerMs: number;
}

export interface DispatchResult {
  readonly missing: readonly { readonly shard: number; readonly zone: string; readonly why: string }[];
  readonly isCancelled: boolean;
}

/** How often a shard is sent when it has gone from the queue without a result, or with one that is none. */
const MOST_SENDINGS = 3;
/** What any file of `collect` may have, packed: ten thousand hosts are 2 MB. */
const MOST_BYTES = 256 * 1024 * 1024;

const NOTHING_CAME = 'nothing came';
const NO_ROOM = 'the queue of its zone had no room for it';

interface OpenShard extends ShardToSend {
  sendings: number;
  /** What is known of why it is not here. */
  why: string;
}

/** Of a shard that did not come in time: what is known of it says more than that. */
function whyLate({ why }: OpenShard, words: string): string {
  return why === NOTHING_CAME ? words : why;
}

interface OpenZone {
  readonly zone: string;
  readonly open: Map<number, OpenShard>;
  readonly givenUp: Map<number, OpenShard>;
  readonly all: readonly ShardToSend[];
  doneShards: number;
  doneHosts: number;
  workers: number;
  /** The last commit that was looked at. */
  place: number;
  /** Looks in a row at which nobody was to take what is left. */
  stuck: number;
  /** Looks in a row at which nothing had come. */
  quiet: number;
  /** Turns that pass before it is looked at again. */
  rest: number;
  /** Its queue took no more, so that nothing is sent to it before the next look. */
  isFull: boolean;
  /** It was once, which is said once. */
  wasFull: boolean;
  /** Something of it came and could not be kept here: it stays in the exchange, for a dispatcher that can. */
  isKept: boolean;
}

async function openZone(zone: string, all: readonly ShardToSend[], isHere: DispatchWorld['isHere']): Promise<OpenZone> {
  const done: ShardToSend[] = [];
  const open: ShardToSend[] = [];
  for (const each of all) ((await isHere(each.shard)) ? done : open).push(each);
  return {
    zone,
    open: new Map(open.map((each) => [each.shard, { ...each, sendings: 0, why: NOTHING_CAME }])),
    givenUp: new Map(),
    all,
    doneShards: done.length,
    doneHosts: done.reduce((sum, { hosts }) => sum + hosts, 0),
    workers: 0,
    place: 0,
    stuck: 0,
    quiet: 0,
    rest: 0,
    isFull: false,
    wasFull: false,
    isKept: false,
  };
}

/** As a power of two: a zone of which nothing comes is looked at each eighth turn. */
const MOST_QUIET = 3;

/** How long a zone is left alone after a look: each one costs the server and this process more than a host does. */
function restAfter(zone: OpenZone, doneBefore: number, isOver: boolean): void {
  // What is about to be given up is counted in looks, and somebody waits for it.
  const isUrgent = isOver || zone.stuck > 0 || zone.doneShards > doneBefore;
  zone.quiet = isUrgent ? 0 : Math.min(zone.quiet + 1, MOST_QUIET);
  zone.rest = 2 ** zone.quiet - 1;
}

function progressOf({ zone, all, doneShards, doneHosts, workers }: OpenZone): ZoneProgress {
  return {
    zone,
    workers,
    shards: all.length,
    doneShards,
    hosts: all.reduce((sum, { hosts }) => sum + hosts, 0),
    doneHosts,
  };
}

/** Brings the parts of a commit together. @returns a sentence where they are not what it says */
async function fetchParts(
  { zone, runId, shard }: { readonly zone: string; readonly runId: string; readonly shard: number },
  commit: ResultCommit,
  exchange: Exchange,
): Promise<Uint8Array | string> {
  if (commit.bytes > MOST_BYTES) return `it would have ${commit.bytes} bytes`;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let part = 1; part <= commit.parts; part += 1) {
    const found = await exchange.read({ zone, runId, shard }, commit.attempt, part);
    if (found === undefined) return `part ${part} of ${commit.parts} is not there`;
    bytes += found.length;
    if (bytes > commit.bytes) return `it has more than the ${commit.bytes} bytes that it says`;
    parts.push(found);
  }
  const all = Buffer.concat(parts);
  return createHash('sha256').update(all).digest('hex') === commit.sha256
    ? all
    : 'its parts are not those that were committed';
}

function dispatcher(world: DispatchWorld) {
  const { exchange, runId, signal, warn } = world;

  const giveUp = async (zone: OpenZone, shard: OpenShard, why: string): Promise<void> => {
    shard.why = why;
    zone.open.delete(shard.shard);
    zone.givenUp.set(shard.shard, shard);
    await exchange.forget({ zone: zone.zone, runId, shard: shard.shard }, 'task');
  };
  /** Sends it unless the queue of its zone is full: then it is sent at a later look, and what comes meanwhile is gathered. */
  const send = async (zone: OpenZone, shard: OpenShard): Promise<void> => {
    if (shard.sendings >= MOST_SENDINGS) return giveUp(zone, shard, shard.why);
    const place = { zone: zone.zone, runId, shard: shard.shard };
    const sent = zone.isFull ? undefined : await exchange.send(place, world.taskOf(shard.shard), signal);
    if (typeof sent === 'string') {
      shard.sendings += 1;
      if (shard.why === NO_ROOM) shard.why = NOTHING_CAME;
      return;
    }
    if (shard.why === NOTHING_CAME) shard.why = NO_ROOM;
    zone.isFull = true;
    if (sent === undefined) return;
    // At the next look another is the first: one that has no room in an empty queue keeps up no smaller one.
    zone.open.delete(shard.shard);
    zone.open.set(shard.shard, shard);
    if (zone.wasFull) return;
    zone.wasFull = true;
    const why = clean(sent.full, 200);
    warn(
      `zone ${zone.zone}: its queue has no room for shard ${shard.shard} (${why}); what is left is sent when it has`,
    );
  };
  /** What came is no result: it goes, so that the next one is the first. */
  const reject = async (zone: OpenZone, shard: OpenShard, why: string, again: boolean): Promise<void> => {
    shard.why = why;
    warn(`zone ${zone.zone}, shard ${shard.shard}: ${why}`);
    await exchange.forget({ zone: zone.zone, runId, shard: shard.shard }, 'result');
    if (again && world.now() <= world.notAfter) await send(zone, shard);
    else await giveUp(zone, shard, why);
  };
  /** What came is a result, and there is no place for it here, as on a full disk: other shards may have one. */
  const leave = async (zone: OpenZone, shard: OpenShard, what: string): Promise<void> => {
    const why = `${what}; it waits for the same command`;
    warn(`zone ${zone.zone}, shard ${shard.shard}: ${why}`);
    zone.isKept = true;
    await giveUp(zone, shard, why);
  };
  const gather = async (zone: OpenZone, stored: StoredCommit): Promise<void> => {
    const shard = zone.open.get(stored.shard);
    if (shard === undefined) return;
    const place = { zone: zone.zone, runId, shard: shard.shard };
    const commit = readCommit(stored.bytes);
    if (commit === undefined) return reject(zone, shard, 'what came is no result of kernward', true);
    const by = clean(commit.worker, 100);
    if (commit.kind === 'refused')
      // One of before: whoever refused it may have been told otherwise since.
      return reject(zone, shard, `${by} refused it: ${clean(commit.why, 500)}`, shard.sendings === 0);
    const bytes = await fetchParts(place, commit, exchange);
    let why: string | undefined;
    try {
      why = typeof bytes === 'string' ? bytes : await world.accept(shard.shard, bytes);
    } catch (thrown) {
      return leave(
        zone,
        shard,
        `what ${by} sent cannot be written down: ${clean(thrown instanceof Error ? thrown.message : String(thrown), 300)}`,
      );
    }
    if (why !== undefined) return reject(zone, shard, `what ${by} sent is refused: ${clean(why, 500)}`, true);
    zone.open.delete(shard.shard);
    zone.doneShards += 1;
    zone.doneHosts += shard.hosts;
    // The commit stays until the end: whoever comes later is too late.
    await exchange.forget(place, 'parts');
    await exchange.forget(place, 'task');
  };
  const gatherAll = async (zone: OpenZone): Promise<void> => {
    while (!signal.aborted) {
      const stored = await exchange.commits(zone.zone, runId, zone.place);
      if (stored === undefined) return;
      zone.place = stored.place;
      await gather(zone, stored);
    }
  };

  return {
    begin: async (zone: OpenZone): Promise<void> => {
      await gatherAll(zone);
      if (world.now() > world.notAfter) return;
      for (const shard of zone.open.values()) {
        if (signal.aborted) return;
        await send(zone, shard);
      }
    },
    look: async (zone: OpenZone, overMs: number | undefined): Promise<void> => {
      zone.isFull = false;
      // The queue first: what is not in it any more has its commit, if it has one.
      const { queued, untaken, underWay, waiting } = await exchange.zone(zone.zone, runId);
      zone.workers = waiting + underWay;
      const gone = [...zone.open.values()].filter(({ shard }) => !queued.has(shard));
      const sendings = gone.map((shard) => shard.sendings);
      await gatherAll(zone);
      for (const [index, shard] of gone.entries())
        // It may have come, or have been sent anew, while results were gathered.
        if (zone.open.has(shard.shard) && shard.sendings === sendings[index] && !signal.aborted) {
          if (overMs === undefined) await send(zone, shard);
          else await giveUp(zone, shard, whyLate(shard, 'nobody began with it in time'));
        }
      const left = [...zone.open.values()].filter(({ shard }) => queued.has(shard));
      // Handed out as often as may be, and nobody has said a word: it stays in the queue, and nobody gets it any more.
      zone.stuck = left.length > 0 && untaken === 0 && underWay === 0 ? zone.stuck + 1 : 0;
      const isOver = overMs !== undefined && (underWay === 0 || overMs > world.lingerMs);
      for (const shard of left) {
        if (zone.stuck > 2) await giveUp(zone, shard, 'each worker that had it was lost with it');
        else if (isOver) await giveUp(zone, shard, whyLate(shard, 'nobody did it in time'));
      }
    },
  };
}

/** Sends what is not here yet, and gathers what comes, until everything is here or cannot come any more. */
export async function runDispatch(world: DispatchWorld): Promise<DispatchResult> {
  const { exchange, runId, signal } = world;
  const zones: OpenZone[] = [];
  for (const [zone, shards] of world.zones) zones.push(await openZone(zone, shards, world.isHere));
  const { begin, look } = dispatcher(world);
  const tell = (): void => world.tell(zones.map(progressOf));
  let overSince: number | undefined;
  try {
    for (const zone of zones) await begin(zone);
    while (!signal.aborted && zones.some(({ open }) => open.size > 0)) {
      if (world.now() > world.notAfter) overSince ??= performance.now();
      const overMs = overSince === undefined ? undefined : performance.now() - overSince;
      for (const zone of zones) {
        if (zone.open.size === 0) continue;
        if (zone.rest > 0 && overMs === undefined) {
          zone.rest -= 1;
          continue;
        }
        const { doneShards } = zone;
        await look(zone, overMs);
        restAfter(zone, doneShards, overMs !== undefined);
      }
      tell();
      if (zones.some(({ open }) => open.size > 0)) await pause(world.everyMs, signal);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  tell();
  const used = zones.filter(({ all }) => all.length > 0);
  if (signal.aborted) await Promise.all(used.map(({ zone }) => exchange.cancel(zone, runId)));
  else for (const { zone, isKept } of used) if (!isKept) await exchange.clear(zone, runId);
  const missing = zones.flatMap(({ zone, open, givenUp }) =>
    [...givenUp.values(), ...open.values()].map(({ shard, why }) => ({ shard, zone, why })),
  );
  return { missing: missing.toSorted((a, b) => a.shard - b.shard), isCancelled: signal.aborted };
}
