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
import { type LinePlace, lineTooLong } from './indexed-lines.js';
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

/**
 * Whether lines are a whole shard, as `collect` wrote it. Who wrote them is not known: everything in it is held against the plan.
 *
 * @returns a sentence where it is not
 */
export async function whyNotTheShard(
  lines: Iterable<ReportLine<LinePlace>>,
  { plan, shard, facts, declared }: ShardExpectation,
): Promise<string | undefined> {
  let tooLong: number | undefined;
  function* linesToRead(): Generator<ReportLine<LinePlace>> {
    let at = 0;
    for (const line of lines) {
      at += 1;
      if (line.place.isTooLong === true) tooLong = at;
      else yield line;
    }
  }
  // Other zones and the server are heard meanwhile.
  const { sections, diagnostics } = await finishInTurns(
    readingCollected(linesToRead(), `shard ${shard.shard}`, facts, declared),
    myTurn,
  );
  if (tooLong !== undefined) return lineTooLong(tooLong);
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
