import type { FactDefinition } from '../../facts/definition.js';
import { defined } from '../../language/defined.js';
import { finishInTurns } from '../../language/finish.js';
import type { FactDescription } from '../../model/fact.js';
import type { PlannedHost, Shard } from '../../plan/plan-schema.js';
import type { ReportLine } from '../../report/report-lines.js';
import { unpack } from '../../run/collected/packed.js';
import { readingCollected } from '../../run/collected/read-collected.js';
import { myTurn } from '../../run/schedule/turns.js';
import { sortedJson } from '../../text/sorted-json.js';
import { LineTooLong } from './collected-files.js';
import { MAX_LINE } from './indexed-lines.js';
import { MAX_REPORT_BYTES } from './source-file.js';

const MIB = 1024 * 1024;
/** Readings have 12 KB a host, and at most as much as a host may send. */
const MOST_BYTES_OF_HOST = MIB / 4;

/** What the results of a shard are read with, and held against. */
export interface ShardExpectation {
  /** The digest of the plan. */
  readonly plan: string;
  readonly shard: Shard;
  readonly facts: readonly FactDescription[];
  readonly declared: readonly FactDefinition[];
}

/** What verdicts go by, beside the readings: it is of the plan, and whoever collected has no say in it. */
type Role = Pick<PlannedHost, 'profile' | 'groups' | 'labels'>;

function roleOf({ profile, groups, labels }: Role): Role {
  return { ...defined({ profile }), groups, labels };
}

function isSameRole(one: Role, other: Role): boolean {
  const [a, b] = [roleOf(one), roleOf(other)];
  // Labels in the same order nearly always.
  return JSON.stringify(a) === JSON.stringify(b) || sortedJson(a) === sortedJson(b);
}

const NEWLINE = 0x0a;

/** The lines of a text in UTF-8 that comes in parts, which end anywhere. @throws LineTooLong */
export function* linesOfParts(parts: Iterable<Buffer>): Generator<ReportLine<undefined>> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let line = 1;
  const take = (): ReportLine<undefined> => {
    const text = Buffer.concat(begun).toString();
    [begun, begunBytes] = [[], 0];
    line += 1;
    return { text, place: undefined };
  };
  const begin = (bytes: Buffer): void => {
    begunBytes += bytes.length;
    if (begunBytes > MAX_LINE) throw new LineTooLong(line);
    begun.push(bytes);
  };
  for (const part of parts) {
    let from = 0;
    for (let end = part.indexOf(NEWLINE); end !== -1; end = part.indexOf(NEWLINE, from)) {
      begin(part.subarray(from, end));
      yield take();
      from = end + 1;
    }
    begin(part.subarray(from));
  }
  yield take();
}

/** Other zones and the server are heard meanwhile. */
async function readInTurns<Read>(reading: Generator<string, Read>): Promise<Read | LineTooLong> {
  try {
    return await finishInTurns(reading, myTurn);
  } catch (thrown) {
    if (thrown instanceof LineTooLong) return thrown;
    throw thrown;
  }
}

/**
 * Whether lines are a whole shard, as `collect` wrote it. Who wrote them is not known: everything in it is held against the plan.
 *
 * @returns a sentence where it is not
 */
export async function whyNotTheShard<Place>(
  lines: Iterable<ReportLine<Place>>,
  { plan, shard, facts, declared }: ShardExpectation,
): Promise<string | undefined> {
  const read = await readInTurns(readingCollected(lines, `shard ${shard.shard}`, facts, declared));
  if (read instanceof LineTooLong) return read.message;
  const { sections, diagnostics } = read;
  const [wrong] = diagnostics;
  if (wrong !== undefined) return `line ${wrong.at?.line ?? 1}: ${wrong.message}`;
  const [section, another] = sections;
  if (section?.header === undefined || another !== undefined) return 'it is not one collection with a header';
  const { header, hosts, cut } = section;
  if (header.plan !== plan || header.runId !== shard.runId) return 'it was collected by another plan';
  if (header.shard !== shard.shard) return `it is shard ${header.shard}`;
  if (cut !== undefined) return cut;
  const planned = new Map(shard.hosts.map((host) => [host.name, host]));
  if (header.hosts.length !== planned.size || hosts.length !== planned.size)
    return `it has ${hosts.length} hosts, and the shard ${planned.size}`;
  for (const expected of header.hosts) {
    const host = planned.get(expected.name);
    if (host === undefined || host.place !== expected.place || !isSameRole(host, expected))
      return `${expected.name} is not the host that the plan has`;
  }
  const other = hosts.find(({ host }) => {
    const of = planned.get(host.name);
    return of === undefined || !isSameRole(of, { ...host, groups: [...host.groups] });
  });
  return other === undefined ? undefined : `${other.host.name} has another profile, group or label than in the plan`;
}

/** What came, in parts that end anywhere; what would be larger than any shard of so many hosts, or than any report, is not unpacked. @throws that */
export function unpackShard(bytes: Uint8Array, hosts: number): Promise<readonly Buffer[]> {
  return unpack(bytes, Math.min(MAX_REPORT_BYTES, 16 * MIB + hosts * MOST_BYTES_OF_HOST));
}
