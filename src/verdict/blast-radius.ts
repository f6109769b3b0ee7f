import { TRIGGERS, type Trigger } from '../kernel/outcome/trigger-names.js';
import type { BlastSummary, Exposure, HostReport, HostSet } from '../model/report.js';
import { bySet, EVERYBODY, groupSets, labelSets, setKey } from './host-sets.js';

const FATES = ['reboots', 'freezes', 'staysUp', 'unknown'] as const;
type Fate = (typeof FATES)[number];

type Counts = Record<Fate, number>;

interface SetTally {
  readonly set: HostSet;
  hosts: number;
  unreachable: number;
  readonly exposures: Readonly<Record<Trigger, Counts>>;
}

export interface BlastCounter {
  readonly add: (host: HostReport) => void;
  /** `all`, then the groups, then values of labels that at least two hosts share. */
  readonly summaries: () => readonly BlastSummary[];
}

function noCounts(): Counts {
  return { reboots: 0, freezes: 0, staysUp: 0, unknown: 0 };
}

function emptySet(set: HostSet): SetTally {
  return {
    set,
    hosts: 0,
    unreachable: 0,
    exposures: {
      hung_task: noCounts(),
      oops: noCounts(),
      soft_lockup: noCounts(),
      hard_lockup: noCounts(),
      oom: noCounts(),
      rcu_stall: noCounts(),
      warn: noCounts(),
    },
  };
}

/** By the derived facts of the outcome model; whether it reboots may be known where it is not known how. */
function fateOf({ readings }: HostReport, trigger: Trigger): Fate {
  const reboots = readings.get(`${trigger}.reboots`);
  if (reboots?.state === 'known' && reboots.value === true) return 'reboots';
  const outcome = readings.get(`${trigger}.outcome`);
  if (outcome?.state !== 'known') return 'unknown';
  return outcome.value === 'freezes'
    ? 'freezes'
    : outcome.value === 'survives' || outcome.value === 'not-detected'
      ? 'staysUp'
      : 'unknown';
}

function exposuresOf({ exposures }: SetTally): readonly Exposure[] {
  return TRIGGERS.map((trigger) => ({ trigger, ...exposures[trigger] }));
}

function isEverybody({ set }: SetTally): boolean {
  return set.label === undefined && set.group === EVERYBODY.group;
}

/** What becomes of the hosts of each set when the same thing happens to all of them, counted host after host. */
export function openBlast(): BlastCounter {
  const tallies = new Map<string, SetTally>();
  const tallyOf = (set: HostSet): SetTally => {
    const key = setKey(set);
    const found = tallies.get(key) ?? emptySet(set);
    tallies.set(key, found);
    return found;
  };
  return {
    add: (host) => {
      const fates =
        host.failure === undefined ? TRIGGERS.map((trigger) => [trigger, fateOf(host, trigger)] as const) : undefined;
      for (const set of [EVERYBODY, ...groupSets(host), ...labelSets(host)]) {
        const tally = tallyOf(set);
        tally.hosts += 1;
        if (fates === undefined) tally.unreachable += 1;
        for (const [trigger, fate] of fates ?? []) tally.exposures[trigger][fate] += 1;
      }
    },
    summaries: () =>
      [...tallies.values()]
        .filter(({ set, hosts }) => set.label === undefined || hosts > 1)
        .sort((a, b) => Number(isEverybody(b)) - Number(isEverybody(a)) || bySet(a.set, b.set))
        .map((tally) => ({
          ...tally.set,
          hosts: tally.hosts,
          unreachable: tally.unreachable,
          exposures: exposuresOf(tally),
        })),
  };
}
