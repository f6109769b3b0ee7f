import { wayOut, type WayOut } from '../failure-help.js';
import type { ConnectFailureCode } from '../../model/outcome.js';
import type { Gate, HostReport, HostStatus } from '../../model/report.js';
import { isAtGate, SEVERITIES, type RuleId, type Severity, type Verdict } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { breaksAtNextBoot, isOpenAtNextBoot, nextBootBrief } from '../next-boot-words.js';
import { byUrgency, failureDetail, isUnwaivedFail, isUnwaivedUndecided } from '../phrases.js';
import { withBreaths } from '../with-breaths.js';

/** Different reasons of one rule that are told; who has another one is counted. */
const MAX_REASONS = 4;
const MAX_TEXT = 400;
const SHOWN_COLLECTORS = 10;

/** Hosts of which the same sentence holds. */
export interface Reason {
  readonly because: string;
  readonly hosts: readonly string[];
}

/** A rule with one severity, on the hosts that fail it or leave it open. */
export interface RuleAlike {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly isAtGate: boolean;
  readonly hosts: readonly string[];
  /** Those of them that are new since the baseline. */
  readonly newHosts: number;
  readonly reasons: readonly Reason[];
  /** How many hosts have a reason that is not told. */
  readonly others: number;
}

/** Hosts on which the same rules fail, and the same are open. */
export interface HostsAlike {
  readonly status: HostStatus;
  readonly hosts: readonly string[];
  readonly fails: Readonly<Record<Severity, number>>;
  readonly undecided: number;
}

interface UnreachedAlike extends WayOut {
  readonly code: ConnectFailureCode;
  readonly hosts: readonly string[];
  /** Of the first of them. */
  readonly detail: string;
}

/** What the table says, said once: hosts are lists of names under what holds of all of them. */
export interface InCommon {
  /** The worst severity and the most hosts first. */
  readonly failing: readonly RuleAlike[];
  readonly undecided: readonly RuleAlike[];
  /** Of what was reached and is not clean; the most urgent first. */
  readonly hosts: readonly HostsAlike[];
  /** What complies now and is wrong after the next boot, with why. */
  readonly breaking: readonly RuleAlike[];
  /** Hosts of which it is not known of some rules whether what they say stays, and of how many rules. */
  readonly openAtNextBoot: { readonly hosts: readonly string[]; readonly rules: number };
  /** The most hosts first. */
  readonly unreached: readonly UnreachedAlike[];
  /** Hosts whose collector is not this kernward's, as many as are shown, and how many there are in all. */
  readonly collectors: { readonly hosts: readonly string[]; readonly total: number };
}

interface Gathering {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly hosts: string[];
  newHosts: number;
  readonly reasons: Map<string, string[]>;
  others: number;
}

type Mutable<Whole, Field extends keyof Whole> = Omit<Whole, Field> & { readonly [Each in Field]: string[] };

function gather(
  into: Map<string, Gathering>,
  name: string,
  { rule, severity, drift }: Pick<Verdict, 'rule' | 'severity' | 'drift'>,
  because: string,
  brief = '',
): void {
  const key = `${severity} ${rule}`;
  const found = into.get(key) ?? {
    rule,
    severity,
    hosts: [],
    newHosts: 0,
    reasons: new Map<string, string[]>(),
    others: 0,
  };
  into.set(key, found);
  found.hosts.push(name);
  if (drift === 'newly-failing') found.newHosts += 1;
  const text = `${clean(because, MAX_TEXT)}${brief === '' ? '' : ` [${clean(brief, MAX_TEXT)}]`}`;
  const hosts = found.reasons.get(text);
  if (hosts !== undefined) hosts.push(name);
  else if (found.reasons.size < MAX_REASONS) found.reasons.set(text, [name]);
  else found.others += 1;
}

function byWeight(a: RuleAlike, b: RuleAlike): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.hosts.length - a.hosts.length ||
    (a.rule < b.rule ? -1 : Number(a.rule > b.rule))
  );
}

function finished(rules: ReadonlyMap<string, Gathering>, { failOn }: Pick<Gate, 'failOn'>): readonly RuleAlike[] {
  return [...rules.values()]
    .map(({ reasons, ...rule }) => ({
      ...rule,
      isAtGate: isAtGate(failOn, rule.severity),
      reasons: [...reasons].map(([because, hosts]) => ({ because, hosts })),
    }))
    .sort(byWeight);
}

const ORDER: Readonly<Record<HostStatus, number>> = {
  failing: 0,
  undecided: 1,
  unchecked: 2,
  unreachable: 3,
  lesser: 4,
  clean: 5,
};

function byUrgencyOfHosts(a: HostsAlike, b: HostsAlike): number {
  return (
    ORDER[a.status] - ORDER[b.status] ||
    SEVERITIES.reduce((order, severity) => order || b.fails[severity] - a.fails[severity], 0) ||
    b.undecided - a.undecided ||
    b.hosts.length - a.hosts.length
  );
}

/** One pass over the hosts; of each its name is kept, and of what many have in common one. */
export function* collectInCommon(hosts: Iterable<HostReport>, gate: Pick<Gate, 'failOn'>): Generator<string, InCommon> {
  const failing = new Map<string, Gathering>();
  const undecided = new Map<string, Gathering>();
  const breaking = new Map<string, Gathering>();
  const openHosts: string[] = [];
  const openRules = new Set<RuleId>();
  const alike = new Map<string, Mutable<HostsAlike, 'hosts'>>();
  const unreached = new Map<string, Mutable<UnreachedAlike, 'hosts'>>();
  const collectors: string[] = [];
  let otherCollectors = 0;
  yield* withBreaths(hosts, (host) => {
    const name = clean(host.host, MAX_TEXT);
    if (host.failure !== undefined) {
      const { code } = host.failure;
      const out = wayOut(host.failure);
      const key = `${code} ${out.toDo}`;
      const found = unreached.get(key) ?? { code, ...out, hosts: [], detail: clean(failureDetail(host), MAX_TEXT) };
      unreached.set(key, found);
      found.hosts.push(name);
      return;
    }
    if (host.collector?.differs === true) {
      otherCollectors += 1;
      if (collectors.length < SHOWN_COLLECTORS) collectors.push(name);
    }
    const fails = host.verdicts.filter(isUnwaivedFail).sort(byUrgency);
    const open = host.verdicts.filter(isUnwaivedUndecided).sort(byUrgency);
    for (const verdict of fails)
      gather(failing, name, verdict, verdict.because, isOpenAtNextBoot(verdict) ? '' : nextBootBrief(verdict));
    for (const verdict of open) gather(undecided, name, verdict, verdict.because);
    let isOpen = false;
    for (const verdict of host.verdicts) {
      if (breaksAtNextBoot(verdict))
        gather(
          breaking,
          name,
          { rule: verdict.rule, severity: verdict.severity },
          verdict.nextBoot?.because ?? '',
          nextBootBrief(verdict),
        );
      if (!isOpenAtNextBoot(verdict)) continue;
      isOpen = true;
      openRules.add(verdict.rule);
    }
    if (isOpen) openHosts.push(name);
    if (host.status === 'clean') return;
    const key = JSON.stringify([host.status, fails.map(({ rule }) => rule), open.map(({ rule }) => rule)]);
    const found = alike.get(key) ?? {
      status: host.status,
      hosts: [],
      fails: { critical: 0, high: 0, medium: 0, low: 0, info: 0, ...countsOf(fails) },
      undecided: open.length,
    };
    alike.set(key, found);
    found.hosts.push(name);
  });
  return {
    failing: finished(failing, gate),
    undecided: finished(undecided, gate),
    breaking: finished(breaking, gate),
    openAtNextBoot: { hosts: openHosts, rules: openRules.size },
    hosts: [...alike.values()].sort(byUrgencyOfHosts),
    unreached: [...unreached.values()].sort(
      (a, b) => b.hosts.length - a.hosts.length || (`${a.code} ${a.toDo}` < `${b.code} ${b.toDo}` ? -1 : 1),
    ),
    collectors: { hosts: collectors, total: otherCollectors },
  };
}

function countsOf(verdicts: readonly Verdict[]): Partial<Record<Severity, number>> {
  const counts: Partial<Record<Severity, number>> = {};
  for (const { severity } of verdicts) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
}
