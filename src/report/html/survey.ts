import { wayOut, type WayOut } from '../failure-help.js';
import type { ConnectFailureCode } from '../../model/outcome.js';
import type { FormatOptions, HostReport, Report, ReportHeader, RuleSummary, Summary } from '../../model/report.js';
import { SEVERITIES, type Result } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { tallyFleet, type Bucket } from '../fleet-tally.js';
import { isUnwaivedFail, isUnwaivedUndecided } from '../phrases.js';
import { withBreaths } from '../with-breaths.js';
import { gatherCases, hostLine, type Case, type HostLine } from './cases.js';
import { cleanAll } from './clean-all.js';
import { toStory } from './story.js';

/** A rule, and on how many hosts it gave what. */
export interface RuleTally {
  readonly rule: RuleSummary;
  /** The fragment that leads to it in the page. */
  readonly anchor: string;
  readonly results: Readonly<Record<Result, number>>;
  /** Unwaived, on hosts that were reached. */
  readonly fails: number;
  readonly undecided: number;
  readonly waived: number;
  readonly newlyFailing: number;
  readonly resolved: number;
  /** Unwaived fails by group; a host may be in several. */
  readonly groups: ReadonlyMap<string, number>;
}

export interface Unreached extends WayOut {
  readonly code: ConnectFailureCode;
  readonly hosts: readonly (HostLine & { readonly detail: string })[];
}

/**
 * Everything that the page says, out of one walk over the hosts: a line for each, and what many have in common once.
 */
export interface Survey {
  readonly header: ReportHeader;
  readonly summary: Summary;
  readonly fleet: Bucket;
  readonly groups: readonly Bucket[];
  readonly owners: readonly Bucket[];
  /** The worst severity and the most hosts first. */
  readonly rules: readonly RuleTally[];
  readonly byId: ReadonlyMap<string, RuleTally>;
  readonly cases: readonly Case[];
  /** Hosts whose collector is not this kernward's. */
  readonly otherCollectors: number;
  /** The most hosts first. */
  readonly unreached: readonly Unreached[];
}

interface Counting {
  readonly rule: RuleSummary;
  readonly anchor: string;
  readonly results: Record<Result, number>;
  fails: number;
  undecided: number;
  waived: number;
  newlyFailing: number;
  resolved: number;
  readonly groups: Map<string, number>;
}

function anchorOf(id: string, index: number): string {
  return /^[a-z][a-z0-9-]{0,80}$/.test(id) ? `rule-${id}` : `rule-number-${index + 1}`;
}

function counting(rule: RuleSummary, index: number): Counting {
  return {
    rule,
    anchor: anchorOf(rule.id, index),
    results: { pass: 0, fail: 0, error: 0, unknown: 0, notapplicable: 0, notselected: 0, informational: 0 },
    fails: 0,
    undecided: 0,
    waived: 0,
    newlyFailing: 0,
    resolved: 0,
    groups: new Map(),
  };
}

function countVerdicts(rules: ReadonlyMap<string, Counting>, host: HostReport): void {
  const groups = [...new Set(host.groups)].map((group) => clean(group));
  for (const verdict of host.verdicts) {
    const rule = rules.get(verdict.rule);
    if (rule === undefined) continue;
    rule.results[verdict.result] += 1;
    if (verdict.waiver !== undefined) rule.waived += 1;
    if (verdict.drift === 'newly-failing') rule.newlyFailing += 1;
    if (verdict.drift === 'resolved') rule.resolved += 1;
    if (host.status === 'unreachable') continue;
    if (isUnwaivedUndecided(verdict)) rule.undecided += 1;
    if (!isUnwaivedFail(verdict)) continue;
    rule.fails += 1;
    for (const group of groups) rule.groups.set(group, (rule.groups.get(group) ?? 0) + 1);
  }
}

function byWeight(a: RuleTally, b: RuleTally): number {
  return (
    Number(b.fails > 0) - Number(a.fails > 0) ||
    SEVERITIES.indexOf(a.rule.severity) - SEVERITIES.indexOf(b.rule.severity) ||
    b.fails - a.fails ||
    b.undecided - a.undecided ||
    (a.rule.id < b.rule.id ? -1 : Number(a.rule.id > b.rule.id))
  );
}

function named(bucket: Bucket): Bucket {
  return { ...bucket, name: clean(bucket.name) };
}

export function* toSurvey(report: Report, { explain }: FormatOptions): Generator<string, Survey> {
  const header = cleanAll(report.header);
  const rules = new Map(report.header.rules.map((rule, index) => [rule.id, counting(cleanAll(rule), index)]));
  const tally = tallyFleet(report.header);
  const cases = gatherCases(report.header);
  const unreached = new Map<string, Unreached & { readonly hosts: (HostLine & { readonly detail: string })[] }>();
  let otherCollectors = 0;
  yield* withBreaths(report.hosts, (host) => {
    tally.add(host);
    if (host.collector?.differs === true) otherCollectors += 1;
    countVerdicts(rules, host);
    if (host.failure !== undefined) {
      const { code, detail } = host.failure;
      const out = wayOut(host.failure);
      const key = `${code} ${out.toDo}`;
      const found = unreached.get(key) ?? { code, ...out, hosts: [] };
      found.hosts.push({ ...hostLine(host, report.header), detail: clean(detail, 1_000) });
      unreached.set(key, found);
    }
    if (host.status !== 'unreachable') cases.add(host, toStory(host, header, explain));
  });
  const buckets = tally.buckets().map(named);
  const [fleet] = buckets;
  if (fleet === undefined) throw new Error('a tally has a bucket for the fleet');
  const sorted = [...rules.values()].sort(byWeight);
  return {
    header,
    summary: cleanAll(report.summary),
    fleet,
    groups: buckets.filter(({ kind }) => kind === 'group'),
    owners: buckets.filter(({ kind }) => kind === 'owner'),
    rules: sorted,
    byId: new Map(sorted.map((rule) => [rule.rule.id, rule])),
    cases: cases.finish(),
    otherCollectors,
    unreached: [...unreached.values()].sort(
      (a, b) => b.hosts.length - a.hosts.length || (`${a.code} ${a.toDo}` < `${b.code} ${b.toDo}` ? -1 : 1),
    ),
  };
}
