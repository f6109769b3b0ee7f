/** What a passage of a run has shown. */
export interface Passage {
  readonly ms: number;
  /** Which share of the time the event loop computed, or waited for a processor: from 0 to 1. */
  readonly busy: number;
  /** Every fork was in use at some moment, and another host may have waited for one. */
  readonly wasFull: boolean;
  /** Hosts that ended. */
  readonly ended: number;
}

/** How many forks there are, and what has come of them since they became so many. */
export interface AutoForks {
  readonly forks: number;
  readonly ended: number;
  readonly ms: number;
  /** There was a passage in which the processor had no room: since then they grow with care. */
  readonly metLimit: boolean;
}

/** The number that kernward takes where nobody says one: what a run begins with, and what no load makes fewer. */
const LEAST = 64;
/** A loop with less to do than this has room for the key exchanges of more hosts. */
const ROOM = 0.8;
/** Above this a host waits for the loop, and its deadlines pass while nobody looks at its answer. */
const OVERLOADED = 0.98;
/** Until the limit was met once: it may be far away. */
const SEARCH = 2;
/** Half as many again: a step that overshoots is taken back in two. */
const GROWTH = 1.5;
const CUT = 0.8;
/** Hosts that do not answer end nothing: after this long the forks have shown what they cost. */
const SHOWN_AFTER_MS = 1000;

/** @param most what descriptors and transports carry, at least 1 */
export function firstForks(most: number): AutoForks {
  return { forks: Math.min(LEAST, most), ended: 0, ms: 0, metLimit: false };
}

/**
 * How many forks the next passage has. They grow where each was in use and the processor had room, but not before those that
 * are there have shown what they cost: half of them ended a host, or a second passed. They shrink where the processor
 * had none.
 *
 * @param most what descriptors and transports carry, at least 1
 */
export function nextForks(now: AutoForks, { ms, busy, wasFull, ended }: Passage, most: number): AutoForks {
  const shown = { ...now, ended: now.ended + ended, ms: now.ms + ms };
  const hasShown = shown.ended * 2 >= now.forks || shown.ms >= SHOWN_AFTER_MS;
  if (!hasShown) return shown;
  const metLimit = now.metLimit || busy >= ROOM;
  const changed = (forks: number): AutoForks =>
    forks === now.forks ? { ...shown, metLimit } : { forks, ended: 0, ms: 0, metLimit };
  if (busy > OVERLOADED) return changed(Math.min(now.forks, Math.max(LEAST, Math.floor(now.forks * CUT))));
  const growth = metLimit ? GROWTH : SEARCH;
  if (wasFull && busy < ROOM) return changed(Math.max(now.forks, Math.min(most, Math.ceil(now.forks * growth))));
  return changed(now.forks);
}
