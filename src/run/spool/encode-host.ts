import type { FactId, Reading, Readings } from '../../model/reading.js';
import type { HostReport } from '../../model/report.js';
import type { Evidence, Verdict } from '../../model/verdict.js';
import { shapedSaid, verdictsOf, type HostlessVerdict } from '../../model/said.js';
import { factOrder, orderedReadings, readingList, orderOf, type FactOrder } from '../../model/ordered-readings.js';
import { sharedSaids } from '../../report/shared-parts.js';
import type { Codec } from './spool.js';

/** Evidence that stands among the readings of the host is named by its fact only. */
type WaitingSaid = Omit<HostlessVerdict, 'evidence'> & { readonly evidence: readonly (FactId | Evidence)[] };

/** A judged host as text that anybody can read back: readings as entries. */
type Waiting = Omit<HostReport, 'readings' | 'verdicts'> & {
  readonly readings: readonly (readonly [FactId, Reading])[];
  readonly verdicts: readonly (WaitingSaid & Pick<Verdict, 'host'>)[];
};

/** A judged host as text for whoever has the parts that it shares with others, which are named by their places among them. */
type WaitingInParts = Omit<HostReport, 'readings' | 'verdicts'> & {
  readonly order: number;
  readonly values: readonly (number | Reading)[];
  readonly said: readonly (number | WaitingSaid)[];
};

function withoutReadings<Says extends HostlessVerdict>(
  said: Says,
  readings: Readings,
): Omit<Says, 'evidence'> & WaitingSaid {
  return {
    ...said,
    evidence: said.evidence.map((item) => (readings.get(item.fact) === item.reading ? item.fact : item)),
  };
}

/** What waits in the spool between a host's answer and its turn in the report. */
export function encodeHost(report: HostReport): string {
  const waiting: Waiting = {
    ...report,
    readings: [...report.readings],
    verdicts: report.verdicts.map((verdict) => withoutReadings(verdict, report.readings)),
  };
  return JSON.stringify(waiting);
}

function withReadings<Waits extends WaitingSaid>(
  said: Waits,
  readings: Readings,
): Waits & { readonly evidence: readonly Evidence[] } {
  const evidence = (fact: FactId): Evidence => {
    const reading = readings.get(fact);
    if (reading === undefined) throw new Error(`the reading of ${fact} did not come back from the spool`);
    return { fact, reading };
  };
  return { ...said, evidence: said.evidence.map((item) => (typeof item === 'string' ? evidence(item) : item)) };
}

function fromWhole(waiting: Waiting): HostReport {
  const readings = new Map(waiting.readings);
  return { ...waiting, readings, verdicts: waiting.verdicts.map((verdict) => withReadings(verdict, readings)) };
}

/** Back from `encodeHost`; nobody else writes to the spool. */
export function fromText(text: string): HostReport {
  const waiting: Waiting = JSON.parse(text);
  return fromWhole(waiting);
}

/**
 * What a host takes beside the texts, measured over hosts that differ in their counters alone; what hosts share is
 * counted for each.
 */
const BYTES = { reading: 90, verdict: 110 };

function textOf(reading: Reading): string {
  if (reading.state === 'known') return reading.raw;
  return reading.state === 'absent' ? reading.witness : reading.detail;
}

function bytesOf({ readings, verdicts }: HostReport): number {
  let bytes = verdicts.length * BYTES.verdict;
  for (const reading of readingList(readings)) bytes += BYTES.reading + textOf(reading).length;
  return bytes;
}

/** How many parts are kept, some hundred bytes each. A fleet has a few thousand; of one that has more, the rest is written out. */
export const MOST_PARTS = 32_768;
const MOST_ORDERS = 16;

/** How many further parts may be kept. */
interface Room {
  left: number;
}

/** Parts that hosts share, by their places. */
interface Parts {
  readonly orders: readonly FactOrder[];
  readonly readings: readonly Reading[];
  readonly said: readonly HostlessVerdict[];
}

interface Kept<Part> {
  readonly placeOf: (part: Part) => number | undefined;
  readonly parts: readonly Part[];
}

const MET_ONCE = -1;

/** Gives a place to those that are met twice. */
function keepParts<Part extends object>(room: Room): Kept<Part> {
  const places = new WeakMap<Part, number>();
  const parts: Part[] = [];
  return {
    placeOf: (part) => {
      const before = places.get(part);
      if (before !== undefined && before !== MET_ONCE) return before;
      if (room.left <= 0) return undefined;
      if (before === undefined) {
        places.set(part, MET_ONCE);
        return undefined;
      }
      room.left -= 1;
      places.set(part, parts.length);
      return parts.push(part) - 1;
    },
    parts,
  };
}

interface Encoder {
  readonly parts: Parts;
  readonly toText: (report: HostReport) => string;
}

function createEncoder(room: Room): Encoder {
  const orders: FactOrder[] = [];
  const readingParts = keepParts<Reading>(room);
  const saidParts = keepParts<HostlessVerdict>(room);

  const placeOfOrder = (order: FactOrder): number | undefined => {
    const before = orders.indexOf(order);
    if (before >= 0) return before;
    if (orders.length >= MOST_ORDERS || room.left <= 0) return undefined;
    room.left -= 1;
    return orders.push(order) - 1;
  };
  return {
    parts: { orders, readings: readingParts.parts, said: saidParts.parts },
    toText: (report) => {
      const { readings, verdicts, ...host } = report;
      const isOfOthers = verdicts.some((verdict) => verdict.host !== host.host);
      const order = isOfOthers ? undefined : placeOfOrder(orderOf(readings));
      if (order === undefined) return encodeHost(report);
      const waiting: WaitingInParts = {
        ...host,
        order,
        values: readingList(readings).map((reading) => readingParts.placeOf(reading) ?? reading),
        said: sharedSaids(verdicts).map((said) => saidParts.placeOf(said) ?? withoutReadings(said, readings)),
      };
      return JSON.stringify(waiting);
    },
  };
}

function partAt<Part>(parts: readonly Part[], place: number): Part {
  const part = parts[place];
  if (part === undefined) throw new Error(`part ${place} of a host did not come back from the spool`);
  return part;
}

function fromParts(text: string, parts: Parts): HostReport {
  const waiting: Waiting | WaitingInParts = JSON.parse(text);
  if (!('order' in waiting)) return fromWhole(waiting);
  const { order, values, said: all, ...host } = waiting;
  const readings = orderedReadings(
    partAt(parts.orders, order),
    values.map((value) => (typeof value === 'number' ? partAt(parts.readings, value) : value)),
  );
  const said = all.map((each) =>
    typeof each === 'number' ? partAt(parts.said, each) : shapedSaid(withReadings(each, readings)),
  );
  return { ...host, readings, verdicts: verdictsOf(host.host, said) };
}

/**
 * Judged hosts in a spool. Each is written without what it shares with others, and comes back with the same objects, so that
 * nothing of it is written, read or made into text more than once.
 */
export function createJudgedCodec(): Codec<HostReport> {
  const { parts, toText } = createEncoder({ left: MOST_PARTS });
  return { bytes: bytesOf, toText, fromText: (text) => fromParts(text, parts) };
}

/** Parts that a thread has come to share among its hosts, a text each; their places go on from those that it told before. */
export interface NewParts {
  readonly orders: readonly string[];
  readonly readings: readonly string[];
  readonly said: readonly string[];
}

/** Judged hosts as a thread hands them over. */
export interface HostTeller {
  /** The text of a host, and of the parts that it is the first to name. */
  readonly tell: (report: HostReport) => { readonly text: string; readonly parts?: NewParts };
  /** So many parts may be named in addition to those that were allowed before; in the beginning none. */
  readonly allow: (parts: number) => void;
}

export function createHostTeller(): HostTeller {
  const room: Room = { left: 0 };
  const { parts, toText } = createEncoder(room);
  const told = { orders: 0, readings: 0, said: 0 };
  const newOf = <Kind extends keyof Parts>(
    kind: Kind,
    toJson: (part: Parts[Kind][number]) => unknown,
  ): readonly string[] => {
    const from = told[kind];
    told[kind] = parts[kind].length;
    return parts[kind].slice(from).map((part) => JSON.stringify(toJson(part)));
  };
  return {
    tell: (report) => {
      const text = toText(report);
      const added = {
        orders: newOf('orders', ({ ids }) => ids),
        readings: newOf('readings', (reading) => reading),
        said: newOf('said', (said) => said),
      };
      return Object.values(added).every(({ length }) => length === 0) ? { text } : { text, parts: added };
    },
    allow: (more) => {
      room.left += more;
    },
  };
}

/** Reads what one thread tells of its hosts. */
export interface HostReader {
  /** How many parts that thread may name in addition to those that it was allowed before. */
  readonly mayShare: () => number;
  /** To be told of new parts before any host that came with them or after them. */
  readonly learn: (parts: NewParts) => void;
  readonly read: (text: string) => HostReport;
  /** Leaves to others what it may still share. What it read can be read on. */
  readonly close: () => void;
}

/** Holds nothing but these parts: a host that waits in the spool keeps it. */
function readerOf(parts: Parts): HostReader['read'] {
  return (text) => fromParts(text, parts);
}

/** What texts say, the same object for the same text. */
interface Known<Part> {
  readonly of: (text: string) => Part;
  readonly has: (text: string) => boolean;
}

function knownParts<Part>(parse: (text: string) => Part): Known<Part> {
  const known = new Map<string, Part>();
  return {
    of: (text) => {
      const before = known.get(text);
      if (before !== undefined) return before;
      const part = parse(text);
      known.set(text, part);
      return part;
    },
    has: (text) => known.has(text),
  };
}

/**
 * Readers for threads that tell of one fleet: what the hosts of two of them share is one object here, as it is without threads, and
 * all of them together have no more such objects than one would have. Each thread has an equal share of what may be; a part that
 * another one told before costs it nothing.
 *
 * @param threads that have a reader at the same time
 */
export function createHostReaders(threads: number): () => HostReader {
  const readingOf = knownParts((text): Reading => JSON.parse(text));
  const toldOrderOf = knownParts((text): FactOrder => factOrder(JSON.parse(text)));
  const saidOf = knownParts((text): HostlessVerdict => {
    const said: HostlessVerdict = JSON.parse(text);
    const evidence = said.evidence.map(({ fact, reading }) => ({
      fact,
      reading: readingOf.of(JSON.stringify(reading)),
    }));
    return shapedSaid({ ...said, evidence });
  });
  let left = MOST_PARTS;
  return () => {
    const orders: FactOrder[] = [];
    const readings: Reading[] = [];
    const said: HostlessVerdict[] = [];
    // Not told yet, and told and not used.
    let untold = Math.min(left, Math.floor(MOST_PARTS / threads));
    let unused = 0;
    left -= untold;
    const learnOf = <Part>(known: Known<Part>, into: Part[], texts: readonly string[]): void => {
      unused -= texts.length;
      for (const text of texts) {
        if (known.has(text)) untold += 1;
        into.push(known.of(text));
      }
    };
    return {
      mayShare: () => {
        const told = untold;
        unused += told;
        untold = 0;
        return told;
      },
      learn: (parts) => {
        learnOf(toldOrderOf, orders, parts.orders);
        learnOf(readingOf, readings, parts.readings);
        learnOf(saidOf, said, parts.said);
      },
      read: readerOf({ orders, readings, said }),
      close: () => {
        left += untold + unused;
        [untold, unused] = [0, 0];
      },
    };
  };
}
