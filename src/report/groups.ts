import type { BlastSummary, Exposure, GroupVerdict, HostSet, ReportHeader, Summary } from '../model/report.js';
import { SEVERITIES } from '../model/verdict.js';

/** `db`; of a label `cluster=berlin`. */
export const setInWords = ({ group, label }: HostSet): string => (label === undefined ? group : `${label}=${group}`);

/** `hung task`: the trigger as people say it. */
export const triggerInWords = (trigger: string): string => trigger.replaceAll('_', ' ');

/** Hosts of a set that go down when one thing happens to all of them: at least as many, and at most. */
export interface Fall {
  readonly set: BlastSummary;
  readonly exposure: Exposure;
  readonly least: number;
  readonly most: number;
}

const fallOf = (set: BlastSummary, exposure: Exposure): Fall => {
  const least = exposure.reboots + exposure.freezes;
  return { set, exposure, least, most: least + exposure.unknown + set.unreachable };
};

export const fallsOf = (set: BlastSummary): readonly Fall[] => set.exposures.map((exposure) => fallOf(set, exposure));

const byWeight = (a: Fall, b: Fall): number => b.least - a.least || b.most - a.most;

/** Of each set the trigger that takes the most of it down, the widest first; sets of which nothing goes down are left out. */
export const worstFalls = (blast: readonly BlastSummary[]): readonly Fall[] =>
  blast
    .flatMap((set) => fallsOf(set).toSorted(byWeight).slice(0, 1))
    .filter(({ least }) => least > 0)
    .toSorted(byWeight);

/** Groups of which nothing is known to go down, and of which that is not known of every host either. */
export const openSets = (blast: readonly BlastSummary[]): readonly BlastSummary[] =>
  blast.filter((set) => fallsOf(set).every(({ least }) => least === 0) && fallsOf(set).some(({ most }) => most > 0));

const isEverybody = ({ group, label }: HostSet): boolean => label === undefined && group === 'all';

/** The largest group of which every host goes down on the same trigger. */
export const largestWhole = (blast: readonly BlastSummary[]): Fall | undefined =>
  worstFalls(blast).find(({ set, least }) => !isEverybody(set) && set.hosts > 1 && least === set.hosts);

/** `1/3`: rounded to whole percents, and never to 0 or 100 where it is not. */
export const percent = (part: number, whole: number): string => {
  if (whole === 0) return '0 %';
  const rounded = Math.round((part * 100) / whole);
  return `${Math.min(Math.max(rounded, part === 0 ? 0 : 1), part === whole ? 100 : 99)} %`;
};

/** `6 of 14 (43 %)`, `6 to 8 of 14 (43 to 57 %)`. */
export const fallInWords = ({ set, least, most }: Fall): string =>
  least === most
    ? `${least} of ${set.hosts} (${percent(least, set.hosts)})`
    : `${least} to ${most} of ${set.hosts} (${percent(least, set.hosts)} to ${percent(most, set.hosts)})`;

const RANK = { fail: 0, unknown: 1, error: 1 } as const;
const rankOf = ({ result }: GroupVerdict): number | undefined =>
  result === 'fail' || result === 'unknown' || result === 'error' ? RANK[result] : undefined;

const byUrgency = (a: GroupVerdict, b: GroupVerdict): number =>
  (rankOf(a) ?? 0) - (rankOf(b) ?? 0) || SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);

/** Verdicts of rules over groups that fail or are undecided, the fails and the worst severity first. */
export const groupFindings = ({ groupVerdicts }: Pick<Summary, 'groupVerdicts'>): readonly GroupVerdict[] =>
  (groupVerdicts ?? []).filter((verdict) => rankOf(verdict) !== undefined).toSorted(byUrgency);

/** Rules over groups that no group of the run was judged by, in sentences: one for each kind of group that there is not. */
export const withoutGroup = (
  { groupRules = [] }: Pick<ReportHeader, 'groupRules'>,
  { groupVerdicts = [] }: Pick<Summary, 'groupVerdicts'>,
): readonly string[] => {
  const judged = new Set(groupVerdicts.filter(({ result }) => result !== 'notselected').map(({ rule }) => rule));
  const byAbout = new Map<string, string[]>();
  for (const { id, about } of groupRules.filter((rule) => !judged.has(rule.id)))
    byAbout.set(about, [...(byAbout.get(about) ?? []), id]);
  return [...byAbout].map(([about, ids]) => `not judged, because there are none: ${about} (${ids.join(', ')})`);
};
