import type { HostReport, HostStatus, ReportHeader } from '../model/report.js';
import type { Severity } from '../model/verdict.js';
import { epochSeconds } from './time.js';
import { isUnwaivedFail, isUnwaivedUndecided, label } from './phrases.js';

type BucketKind = 'fleet' | 'group' | 'owner';

/** Hosts that are counted together, and what is known of their change and age. */
export interface Bucket {
  readonly kind: BucketKind;
  /** Empty: hosts that are in no group, or have no owner. */
  readonly name: string;
  readonly hosts: number;
  readonly statuses: Readonly<Record<HostStatus, number>>;
  /** Unwaived fails. */
  readonly fails: Readonly<Record<Severity, number>>;
  /** Results that a waiver covers. */
  readonly waived: number;
  /** Against the baseline; undefined where the run had none. */
  readonly change?: {
    readonly newlyFailing: number;
    readonly resolved: number;
    readonly noLongerKnown: number;
    readonly newHosts: number;
  };
  /** Whole days from the beginning of the oldest open finding to the run; undefined without a history. */
  readonly oldestDays?: number;
}

interface Counting {
  hosts: number;
  readonly statuses: Record<HostStatus, number>;
  readonly fails: Record<Severity, number>;
  waived: number;
  readonly change: { newlyFailing: number; resolved: number; noLongerKnown: number; newHosts: number };
  oldest: number | undefined;
}

const DAY = 86_400;

function counting(): Counting {
  return {
    hosts: 0,
    statuses: { failing: 0, undecided: 0, unchecked: 0, unreachable: 0, lesser: 0, clean: 0 },
    fails: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    waived: 0,
    change: { newlyFailing: 0, resolved: 0, noLongerKnown: 0, newHosts: 0 },
    oldest: undefined,
  };
}

function addHost(to: Counting, host: HostReport): void {
  to.hosts += 1;
  to.statuses[host.status] += 1;
  if (host.isNew === true) to.change.newHosts += 1;
  for (const verdict of host.verdicts) {
    if (isUnwaivedFail(verdict)) to.fails[verdict.severity] += 1;
    if (verdict.waiver !== undefined) to.waived += 1;
    if (verdict.drift === 'newly-failing') to.change.newlyFailing += 1;
    if (verdict.drift === 'resolved') to.change.resolved += 1;
    if (verdict.drift === 'no-longer-known') to.change.noLongerKnown += 1;
    const since =
      isUnwaivedFail(verdict) || isUnwaivedUndecided(verdict) ? epochSeconds(verdict.since ?? '') : undefined;
    if (since !== undefined) to.oldest = Math.min(since, to.oldest ?? since);
  }
}

function byName([a]: readonly [string, Counting], [b]: readonly [string, Counting]): number {
  return a < b ? -1 : Number(a > b);
}

export interface FleetTally {
  /** Counts one more host; it is not held. */
  readonly add: (host: HostReport) => void;
  /** The whole fleet, then groups and owners by name. A host may be in several groups, and has one owner or none. */
  readonly buckets: () => readonly Bucket[];
}

export function tallyFleet(header: ReportHeader): FleetTally {
  const fleet = counting();
  const parts: Readonly<Record<'group' | 'owner', Map<string, Counting>>> = { group: new Map(), owner: new Map() };
  const startedAt = epochSeconds(header.startedAt);

  const part = (kind: 'group' | 'owner', name: string): Counting => {
    const found = parts[kind].get(name) ?? counting();
    parts[kind].set(name, found);
    return found;
  };
  const bucket = (kind: BucketKind, name: string, { oldest, change, ...counts }: Counting): Bucket => ({
    kind,
    name,
    ...counts,
    ...(header.baseline === undefined ? {} : { change }),
    ...(oldest === undefined || startedAt === undefined
      ? {}
      : { oldestDays: Math.max(0, Math.floor((startedAt - oldest) / DAY)) }),
  });
  return {
    add: (host) => {
      addHost(fleet, host);
      for (const name of new Set(host.groups.length === 0 ? [''] : host.groups)) addHost(part('group', name), host);
      addHost(part('owner', label(host, 'owner')), host);
    },
    buckets: () => [
      bucket('fleet', 'all', fleet),
      ...(['group', 'owner'] as const).flatMap((kind) =>
        [...parts[kind]].sort(byName).map(([name, counts]) => bucket(kind, name, counts)),
      ),
    ],
  };
}
