/** A shard of a run, and the zone that it is asked from. */
export interface ShardOfZone {
  readonly zone: string;
  readonly runId: string;
  readonly shard: number;
}

/** A shard that this process has a lease of: nobody else is given it while the lease is kept alive. */
export interface Task extends ShardOfZone {
  readonly bytes: Uint8Array;
  /** How often it was handed out, this time among them. */
  readonly delivery: number;
  /** Names what comes of this delivery; another one of the same shard has another. */
  readonly attempt: string;
  /** Aborts when the dispatcher takes the run back. */
  readonly cancelled: AbortSignal;
}

/** What somebody said of a shard when it was done. */
export interface StoredCommit {
  readonly shard: number;
  readonly bytes: Uint8Array;
  /** Where it stands among those of its zone; the next one is after it. */
  readonly place: number;
}

/** What became of a task that was sent. */
export type Sending = 'sent' | 'there' | { readonly full: string };

/** What is known of a zone's queue. */
interface ZoneState {
  /** The shards of the run that are in the queue, those that somebody has a lease of among them. */
  readonly queued: ReadonlySet<number>;
  /** Tasks of whichever run that nobody has taken yet. */
  readonly untaken: number;
  /** Tasks of whichever run that somebody has a lease of. */
  readonly underWay: number;
  /** Workers that wait for a task. */
  readonly waiting: number;
}

/** How a zone is set up. */
export interface ZoneTerms {
  /** How long a worker may be silent before its shard is given to another. */
  readonly leaseMs: number;
  /** What the queue, and what the results may hold at most. What is more is refused, and nothing is dropped. */
  readonly maxBytes: number;
  /** On how many servers of a cluster each message is. */
  readonly replicas: number;
}

/** It was refused, and to try again is of no use. */
export class ExchangeRefused extends Error {
  override readonly name = 'ExchangeRefused';
}

/** How often a shard is handed out: one that ends its worker each time must not end all of them. */
export const MOST_DELIVERIES = 3;

/**
 * What brings shards from the dispatcher to workers, and what they collected back. It may lose things, repeat them, and bring
 * them in any order; it need not be trusted. Whatever is not answered is said again until the signal aborts.
 */
export interface Exchange {
  // Of the dispatcher.
  /**
   * Says, until the exchange is closed or its process ends, that somebody brings this run: two would send each shard anew that the
   * other has gathered, and take its results away.
   *
   * @param by who it is, for people
   * @returns who brings it already; then nothing was claimed. A process that stands still is not heard
   */
  readonly claim: (runId: string, by: string) => Promise<string | undefined>;
  readonly setUp: (zone: string, terms: ZoneTerms) => Promise<void>;
  readonly isSetUp: (zone: string) => Promise<boolean>;
  /**
   * @returns `there`: it is in the queue already, or somebody has a lease of it; `full`: it was not taken, in the words of
   * whoever has no room, for which is not waited here
   */
  readonly send: (shard: ShardOfZone, task: Uint8Array, signal: AbortSignal) => Promise<Sending>;
  readonly zone: (zone: string, runId: string) => Promise<ZoneState>;
  /** The first commit of a run after a place; undefined: there is none yet. */
  readonly commits: (zone: string, runId: string, after: number) => Promise<StoredCommit | undefined>;
  /** A part of what an attempt brought, counted from 1. */
  readonly read: (shard: ShardOfZone, attempt: string, part: number) => Promise<Uint8Array | undefined>;
  /** Takes out of the exchange what there is of a shard. */
  readonly forget: (shard: ShardOfZone, what: 'task' | 'parts' | 'result') => Promise<void>;
  /** Takes the run back: nobody gets a task of it any more, and whoever has one is told to stop. Results stay. */
  readonly cancel: (zone: string, runId: string) => Promise<void>;
  /** Takes everything of a run out of the exchange. */
  readonly clear: (zone: string, runId: string) => Promise<void>;

  // Of a worker.
  /** How long a worker may be silent. */
  readonly leaseMs: (zone: string, signal: AbortSignal) => Promise<number>;
  /** The next task; undefined: none came for a while. */
  readonly take: (zone: string, signal: AbortSignal) => Promise<Task | undefined>;
  readonly keepAlive: (task: Task) => void;
  readonly put: (task: Task, part: number, bytes: Uint8Array, signal: AbortSignal) => Promise<void>;
  /** Says what came of the shard. Who says it first is right. */
  readonly commit: (task: Task, bytes: Uint8Array, signal: AbortSignal) => Promise<'first' | 'too-late'>;
  /** The task is done and goes. */
  readonly finish: (task: Task) => Promise<void>;
  /** Another worker may have it, after a while. */
  readonly giveBack: (task: Task, afterMs: number) => void;
  /** Nobody shall have it. */
  readonly drop: (task: Task) => void;

  /** Bytes of one message at most. */
  readonly mostBytes: () => number;
  readonly close: () => Promise<void>;
}
