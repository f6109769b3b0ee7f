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
  if (order.hasNumbers) {
    yield before + safeJson(hostToJson(host)).slice(1) + behind;
    return;
  }
  const { readings: _, verdicts: __, ...others } = hostToJson({ ...host, readings: NOTHING, verdicts: [] });
  const name = `{"host":${safeJson(host.host)}`;
  yield `${before}${safeJson(others).slice(1, -1)},"readings":${textOfReadings(host.readings, order)},"verdicts":[`;
  let text = '';
  let separator = '';
  let at = 0;
  for (const said of sharedSaids(host.verdicts)) {
    const of = host.verdicts[at]?.host ?? host.host;
    at += 1;
    const ofHost = of === host.host ? name : `{"host":${safeJson(of)}`;
    text += separator + ofHost + textOfSaid(said);
    separator = ',';
    if (text.length < PART) continue;
    yield text;
    text = '';
  }
  yield `${text}]}${behind}`;
}
