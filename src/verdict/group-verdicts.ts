import type { GroupVerdict, HostReport, HostSet } from '../model/report.js';
import { count } from '../text/count.js';
import { matchesWildcard } from '../text/wildcard.js';
import { formatChosen, type GroupRule } from '../policy/groups/group-rule.js';
import { openGroup, type OpenGroup } from '../policy/groups/evaluate-group.js';
import { bySet, groupSets, labelSets, setKey } from './host-sets.js';

export interface GroupVerdicts {
  readonly add: (host: HostReport) => void;
  /** A host that the inventory has and the run does not ask; it counts in the groups of those that it asks. */
  readonly addNotSelected: (host: Pick<HostReport, 'groups' | 'labels'>) => void;
  /**
   * One for each group and each rule, `notselected` where the rule is not about the group; sorted by group, then rule.
   *
   * @param unnamed how many hosts of the run nobody can name: any of them may belong to any group
   */
  readonly verdicts: (unnamed?: number) => readonly GroupVerdict[];
}

interface Judging {
  readonly set: HostSet;
  hosts: number;
  unreachable: number;
  notSelected: number;
  readonly byRule: ReadonlyMap<GroupRule, OpenGroup>;
}

function isAbout({ chosen }: GroupRule, { label, group }: HostSet): boolean {
  return 'label' in chosen
    ? label === chosen.label
    : label === undefined && chosen.names.some((pattern) => matchesWildcard(pattern, group));
}

function labelsOf(rules: readonly GroupRule[]): ReadonlySet<string> {
  return new Set(rules.flatMap(({ chosen }) => ('label' in chosen ? [chosen.label] : [])));
}

function verdictOf(rule: GroupRule, { set, hosts, unreachable, notSelected, byRule }: Judging): GroupVerdict {
  const judged = byRule.get(rule)?.judge(set.group) ?? {
    result: 'notselected',
    because: `this rule is about ${formatChosen(rule)}`,
    hosts,
    unreachable,
    ...(notSelected === 0 ? {} : { notSelected }),
    unknown: 0,
    matching: 0,
  };
  return { ...set, rule: rule.id, severity: rule.severity, ...judged };
}

/** What was judged without hosts that may belong to the group is not known of the group. */
function ofAll(verdict: GroupVerdict, unnamed: number): GroupVerdict {
  if (unnamed === 0 || verdict.result === 'notselected') return verdict;
  const missing = `${count(unnamed, 'host')} of shards that did not come may belong to this group`;
  return { ...verdict, result: 'unknown', because: `${missing}; of those that came: ${verdict.because}` };
}

function byId(a: GroupRule, b: GroupRule): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/**
 * Rules over groups, judged while the hosts come in. The groups are those of the inventory, and those that the values
 * of a label make where a rule speaks of that label.
 */
export function openGroupVerdicts(rules: readonly GroupRule[]): GroupVerdicts {
  const sorted = rules.toSorted(byId);
  const labels = labelsOf(rules);
  const sets = new Map<string, Judging>();
  const judgingOf = (set: HostSet): Judging => {
    const key = setKey(set);
    const found = sets.get(key) ?? {
      set,
      hosts: 0,
      unreachable: 0,
      notSelected: 0,
      byRule: new Map(sorted.filter((rule) => isAbout(rule, set)).map((rule) => [rule, openGroup(rule)])),
    };
    sets.set(key, found);
    return found;
  };
  return {
    add: (host) => {
      const readings = host.failure === undefined ? host.readings : undefined;
      for (const set of [...groupSets(host), ...labelSets(host, labels)]) {
        const judging = judgingOf(set);
        judging.hosts += 1;
        if (readings === undefined) judging.unreachable += 1;
        for (const group of judging.byRule.values()) group.add(host.host, readings);
      }
    },
    addNotSelected: (host) => {
      for (const set of [...groupSets(host), ...labelSets(host, labels)]) {
        const judging = judgingOf(set);
        judging.hosts += 1;
        judging.notSelected += 1;
        for (const group of judging.byRule.values()) group.addNotSelected();
      }
    },
    verdicts: (unnamed = 0) =>
      [...sets.values()]
        .filter(({ hosts, notSelected }) => hosts > notSelected)
        .sort((a, b) => bySet(a.set, b.set))
        .flatMap((judging) => sorted.map((rule) => ofAll(verdictOf(rule, judging), unnamed))),
  };
}
