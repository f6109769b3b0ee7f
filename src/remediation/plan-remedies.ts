import type { FactDefinition } from '../facts/definition.js';
import type { HostId } from '../model/host.js';
import type { HostReport, ReportHeader, RuleSummary } from '../model/report.js';
import type { RuleId } from '../model/verdict.js';
import { clean } from '../text/clean.js';
import { planHost, type HostPlan } from './plan-host.js';
import type { Plan, Remedy, Unsettled } from './remedy.js';

type Grouped = Map<string, HostId[]>;

function add(grouped: Grouped, key: string, host: HostId): void {
  const hosts = grouped.get(key);
  if (hosts === undefined) grouped.set(key, [host]);
  else hosts.push(host);
}

interface Growing extends Remedy {
  readonly hosts: HostId[];
  readonly reasons: Map<RuleId, Grouped>;
  readonly before: Map<string, Grouped>;
  readonly tunedProfiles: Grouped;
}

function addTo(grouped: Map<string, Grouped>, key: string, words: string, host: HostId): void {
  const ofKey = grouped.get(key) ?? new Map();
  grouped.set(key, ofKey);
  add(ofKey, words, host);
}

function join(remedy: Growing, host: HostId, plan: HostPlan): void {
  remedy.hosts.push(host);
  for (const [rule, because] of plan.reasons) addTo(remedy.reasons, rule, because, host);
  if (plan.tunedProfile !== undefined) add(remedy.tunedProfiles, plan.tunedProfile, host);
  for (const [name, value] of plan.before) addTo(remedy.before, name, value, host);
}

/** Hosts with one of these are to have the same files, and are given the same reasons. */
function signature({ assignments, instructions, contradictions, reasons }: HostPlan): string {
  return JSON.stringify([assignments, instructions, contradictions, [...reasons.keys()]]);
}

interface Sorted {
  readonly failing: readonly RuleId[];
  readonly undecided: readonly RuleId[];
  readonly waived: readonly string[];
}

/** What is asked of a host that was reached, by what is known of it. */
function sorted({ verdicts, status }: HostReport, onlyRules: ReadonlySet<RuleId> | undefined): Sorted {
  const asked = verdicts.filter(({ rule }) => onlyRules?.has(rule) !== false);
  // What complies until the next boot is remedied with the others: a file is what it lacks.
  const fails = asked.filter(
    ({ result, nextBoot }) =>
      result === 'fail' || ((result === 'pass' || result === 'notapplicable') && nextBoot?.result === 'fail'),
  );
  const open = asked.filter(({ result }) => result === 'unknown' || result === 'error').map(({ rule }) => rule);
  return {
    failing: fails.filter(({ waiver }) => waiver === undefined).map(({ rule }) => rule),
    undecided: [...open, ...(status === 'unchecked' ? ['host-not-checked'] : [])],
    waived: fails.flatMap(({ rule, waiver }) =>
      waiver === undefined ? [] : [`${rule} (waiver ${waiver.id}, until ${waiver.expires})`],
    ),
  };
}

function emptyRemedy({ assignments, instructions, contradictions }: HostPlan): Growing {
  return {
    hosts: [],
    assignments,
    instructions,
    contradictions,
    reasons: new Map(),
    before: new Map(),
    tunedProfiles: new Map(),
  };
}

/**
 * What is to be done, out of one pass over the hosts of a report. Hosts with equal remedies share one.
 *
 * @param onlyRules the rules to remedy; undefined: all that fail
 * @param declared facts that the policies declare: what they set may be known by them
 */
export function planRemedies(
  header: ReportHeader,
  hosts: Iterable<HostReport>,
  onlyRules?: ReadonlySet<RuleId>,
  declared?: readonly FactDefinition[],
): Plan {
  const rules = new Map(header.rules.map((rule) => [rule.id, rule]));
  const remedies = new Map<string, Growing>();
  const unsettled = { unreachable: new Map(), undecided: new Map(), waived: new Map() } satisfies Record<
    keyof Unsettled,
    Grouped
  >;
  const counts = { hosts: 0, content: 0 };
  for (const host of hosts) {
    counts.hosts += 1;
    if (host.failure !== undefined) {
      add(unsettled.unreachable, clean(`${host.failure.code}: ${host.failure.detail}`, 300), host.host);
      continue;
    }
    const { failing, undecided, waived } = sorted(host, onlyRules);
    for (const rule of undecided) add(unsettled.undecided, rule, host.host);
    for (const what of waived) add(unsettled.waived, what, host.host);
    const summaries = failing.map((id) => rules.get(id)).filter((rule): rule is RuleSummary => rule !== undefined);
    if (summaries.length === 0) {
      if (undecided.length === 0) counts.content += 1;
      continue;
    }
    const plan = planHost(host, summaries, declared);
    const key = signature(plan);
    const remedy = remedies.get(key) ?? emptyRemedy(plan);
    remedies.set(key, remedy);
    join(remedy, host.host, plan);
  }
  return { header, rules, remedies: [...remedies.values()], unsettled, ...counts };
}
