import type { HostId } from '../model/host.js';
import { readingList, orderOf, type FactOrder } from '../model/ordered-readings.js';
import type { Reading, Readings } from '../model/reading.js';
import type { HostReport } from '../model/report.js';
import type { Evidence } from '../model/verdict.js';
import { memoize } from '../language/memoize.js';
import { safeJson } from '../text/safe-json.js';
import { hostToJson } from './host-json.js';
import type { HostlessVerdict } from '../model/said.js';
import { sharedSaids } from './shared-parts.js';

/** `make`, once for each object: what hosts share is written once. */
function once<Part extends object>(make: (part: Part) => string): (part: Part) => string {
  const made = new WeakMap<Part, string>();
  return (part) => {
    const before = made.get(part);
    if (before !== undefined) return before;
    const text = make(part);
    made.set(part, text);
    return text;
  };
}

const textOfReading = once((reading: Reading) => safeJson(reading));

const textOfEvidence = once(
  (evidence: readonly Evidence[]) =>
    `[${evidence.map(({ fact, reading }) => `{"fact":${safeJson(fact)},"reading":${textOfReading(reading)}}`).join(',')}]`,
);

/** A verdict from behind its host's name to the end. */
const textOfSaid = once(({ evidence, ...said }: HostlessVerdict) => {
  const { rule, severity, result, because, ...others } = said;
  const before = safeJson({ rule, severity, result, because }).slice(1, -1);
  const behind = safeJson(others).slice(1, -1);
  return `,${before},"evidence":${textOfEvidence(evidence)}${behind === '' ? '' : `,${behind}`}}`;
});

/** Where a fact stands among the readings, and what is written before it. */
interface Written {
  readonly place: number;
  readonly start: string;
}

/** Facts as they are written, sorted by name. */
interface WrittenOrder {
  readonly facts: readonly Written[];
  /** A fact is called like a number, which JavaScript writes before all else; a file may say anything. */
  readonly hasNumbers: boolean;
}

const writtenOrder = memoize(({ ids }: FactOrder): WrittenOrder => {
  const sorted = [...ids.entries()].sort(([, a], [, b]) => (a < b ? -1 : 1));
  return {
    facts: sorted.map(([place, id], at) => ({ place, start: `${at === 0 ? '{' : ','}${safeJson(id)}:` })),
    hasNumbers: ids.some((id) => /^[0-9]/.test(id)),
  };
});

function textOfReadings(readings: Readings, { facts }: WrittenOrder): string {
  if (readings.size === 0) return '{}';
  const list = readingList(readings);
  let text = '';
  for (const { place, start } of facts) {
    const reading = list[place];
    if (reading !== undefined) text += start + textOfReading(reading);
  }
  return `${text}}`;
}

const NOTHING: Readings = new Map();

/** How long a part of a host's line becomes, in UTF-16 units. */
const PART = 16 * 1024;

/** What is said of one host, in parts, with what stands between and behind the verdicts. */
function verdictTexts(host: HostId, saids: readonly HostlessVerdict[], behind: string): readonly string[] {
  const parts: string[] = [];
  const name = `{"host":${safeJson(host)}`;
  let text = '';
  let separator = '';
  for (const said of saids) {
    text += separator + name + textOfSaid(said);
    separator = ',';
    if (text.length < PART) continue;
    parts.push(text);
    text = '';
  }
  parts.push(text + behind);
  return parts;
}

/**
 * A host as a line of JSON: what `hostToJson` says, as `safeJson` writes it, the same to the byte where the fields of its verdicts
 * stand in the order in which kernward makes them. In parts, since as one text of two bytes a unit, which one character beyond
 * Latin-1 makes it, it is too large for where V8 puts what is new.
 *
 * @param before what stands before its first field, in place of the brace
 * @param behind what stands behind its last brace
 */
export function* hostTexts(host: HostReport, before = '{', behind = ''): Generator<string, void> {
  const order = writtenOrder(orderOf(host.readings));
  // A file may also say anything of whom its verdicts are.
  if (order.hasNumbers || !host.verdicts.every(({ host: of }) => of === host.host)) {
    yield before + safeJson(hostToJson(host)).slice(1) + behind;
    return;
  }
  const { readings: _, verdicts: __, ...others } = hostToJson({ ...host, readings: NOTHING, verdicts: [] });
  yield `${before}${safeJson(others).slice(1, -1)},"readings":${textOfReadings(host.readings, order)},"verdicts":[`;
  yield* verdictTexts(host.host, sharedSaids(host.verdicts), `]}${behind}`);
}
