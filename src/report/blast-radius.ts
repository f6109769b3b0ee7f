import type { BlastSummary, Exposure, GroupVerdict, HostSet, ReportHeader, Summary } from '../model/report.js';
import { SEVERITIES } from '../model/verdict.js';

/** `db`; of a label `cluster=berlin`. */
export function formatSet({ group, label }: HostSet): string {
  return label === undefined ? group : `${label}=${group}`;
}

/** `hung task`: the trigger as people say it. */
export function formatTrigger(trigger: string): string {
  return trigger.replaceAll('_', ' ');
}

/** Hosts of a set that go down when one thing happens to all of them: at least as many, and at most. */
export interface Impact {
  readonly set: BlastSummary;
  readonly exposure: Exposure;
  readonly least: number;
  readonly most: number;
}

function toImpact(set: BlastSummary, exposure: Exposure): Impact {
  const least = exposure.reboots + exposure.freezes;
  return { set, exposure, least, most: least + exposure.unknown + set.unreachable };
}

export function toImpacts(set: BlastSummary): readonly Impact[] {
  return set.exposures.map((exposure) => toImpact(set, exposure));
}

function byWeight(a: Impact, b: Impact): number {
  return b.least - a.least || b.most - a.most;
}

/**
 * Of each set the trigger that takes the most of it down, the widest first; sets of which nothing goes down are left
 * out.
 */
export function worstImpacts(blast: readonly BlastSummary[]): readonly Impact[] {
  return blast
    .flatMap((set) => toImpacts(set).toSorted(byWeight).slice(0, 1))
    .filter(({ least }) => least > 0)
    .toSorted(byWeight);
}

/** Groups of which nothing is known to go down, and of which that is not known of every host either. */
export function openSets(blast: readonly BlastSummary[]): readonly BlastSummary[] {
  return blast.filter(
    (set) => toImpacts(set).every(({ least }) => least === 0) && toImpacts(set).some(({ most }) => most > 0),
  );
}

function isEverybody({ group, label }: HostSet): boolean {
  return label === undefined && group === 'all';
}

/** The largest group of which every host goes down on the same trigger. */
export function largestWhole(blast: readonly BlastSummary[]): Impact | undefined {
  return worstImpacts(blast).find(({ set, least }) => !isEverybody(set) && set.hosts > 1 && least === set.hosts);
}

/** `1/3`: rounded to whole percents, and never to 0 or 100 where it is not. */
function formatPercent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const rounded = Math.round((part * 100) / whole);
  return `${Math.min(Math.max(rounded, part === 0 ? 0 : 1), part === whole ? 100 : 99)} %`;
}

/** `6 of 14 (43 %)`, `6 to 8 of 14 (43 to 57 %)`. */
export function formatImpact({ set, least, most }: Impact): string {
  return least === most
    ? `${least} of ${set.hosts} (${formatPercent(least, set.hosts)})`
    : `${least} to ${most} of ${set.hosts} (${formatPercent(least, set.hosts)} to ${formatPercent(most, set.hosts)})`;
}

const RANK = { fail: 0, unknown: 1, error: 1 } as const;
function rankOf({ result }: GroupVerdict): number | undefined {
  return result === 'fail' || result === 'unknown' || result === 'error' ? RANK[result] : undefined;
}

function byUrgency(a: GroupVerdict, b: GroupVerdict): number {
  return (rankOf(a) ?? 0) - (rankOf(b) ?? 0) || SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

/** Verdicts of rules over groups that fail or are undecided, the fails and the worst severity first. */
export function groupFindings({ groupVerdicts }: Pick<Summary, 'groupVerdicts'>): readonly GroupVerdict[] {
  return (groupVerdicts ?? []).filter((verdict) => rankOf(verdict) !== undefined).toSorted(byUrgency);
}

/**
 * Rules over groups that no group of the run was judged by, in sentences: one for each kind of group that there is not.
 */
export function withoutGroup(
  { groupRules = [] }: Pick<ReportHeader, 'groupRules'>,
  { groupVerdicts = [] }: Pick<Summary, 'groupVerdicts'>,
): readonly string[] {
  const judged = new Set(groupVerdicts.filter(({ result }) => result !== 'notselected').map(({ rule }) => rule));
  const byAbout = new Map<string, string[]>();
  for (const { id, about } of groupRules.filter((rule) => !judged.has(rule.id)))
    byAbout.set(about, [...(byAbout.get(about) ?? []), id]);
  return [...byAbout].map(([about, ids]) => `not judged, because there are none: ${about} (${ids.join(', ')})`);
}
