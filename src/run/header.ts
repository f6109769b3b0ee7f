import { defined } from '../language/defined.js';
import { randomBytes } from 'node:crypto';
import type { FactDefinition } from '../facts/definition.js';
import { plainSource } from '../facts/source-description.js';
import { declaredEditions } from '../probe/declared-editions.js';
import { declaredSettings, type BootSetting } from '../kernel/next-boot/settings.js';
import { memoize } from '../language/memoize.js';
import { groupRuleSummary } from '../policy/groups/group-rule-summary.js';
import type { DeclaredFactSummary, NotJudged, ReportHeader } from '../model/report.js';
import { ruleSummary } from '../policy/rule-summary.js';
import { collectorScript } from '../probe/collector.js';
import { PROBE_PROTOCOL } from '../probe/shell.js';
import { BUILT_TEXTS } from '../text/built-texts.js';
import type { ScanPlan } from './scan-plan.js';
import { DEFAULT_PROFILE, getProfile } from '../verdict/host-report.js';
import { sha256 } from './sha256.js';

/** What a header says of a plan. */
export type HeaderParts = Pick<
  ScanPlan,
  'startedAt' | 'startedMs' | 'inventory' | 'limit' | 'profileOverride' | 'gate' | 'ruleSet'
> &
  Partial<Pick<ScanPlan, 'hosts' | 'baseline' | 'collected' | 'rerun'>> & {
    /** Of kernward: `0.1.0`. */
    readonly version: string;
  };

/** The digest of the collector as `kernward collector` prints it, which holds every script that may run on a host but root's own. */
const digestOf = memoize((declared: readonly FactDefinition[]) => sha256(collectorScript(declared)));
const NO_FACTS: readonly FactDefinition[] = [];

export function probeDigest(declared: readonly FactDefinition[] = NO_FACTS): string {
  return declared.length === 0 ? (BUILT_TEXTS.collectorDigest ?? digestOf(NO_FACTS)) : digestOf(declared);
}

function settingOf(setting: BootSetting | undefined): Pick<DeclaredFactSummary, 'setting'> {
  return setting === undefined ? {} : { setting: { path: setting.path, type: setting.fact.type } };
}

/** What the policies declare of facts, for whoever reads the report without them. */
function declaredFacts(declared: readonly FactDefinition[]): Pick<ReportHeader, 'declaredFacts'> {
  if (declared.length === 0) return {};
  const editions = declaredEditions(declared);
  const settings = new Map(declaredSettings(declared).map((setting) => [setting.fact.id, setting]));
  return {
    declaredFacts: declared
      .map((fact) => ({
        id: fact.id,
        title: fact.title,
        from: plainSource(fact),
        edition: editions.get(fact.id) ?? '',
        ...settingOf(settings.get(fact.id)),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/**
 * What of the rules judges nobody. That a profile of one role leaves out the shipped rules of another goes without saying;
 * what the default profile has, and what a user wrote, does not.
 */
function notJudged({ ruleSet, hosts, profileOverride }: HeaderParts): NotJudged | undefined {
  const { rules, profiles, own, notLoaded } = ruleSet;
  if (hosts === undefined || hosts.length === 0) return notLoaded === 0 ? undefined : { notLoaded, notSelected: 0 };
  const used = [...new Set(hosts.map((host) => getProfile(host, profileOverride)))].flatMap(
    (name) => profiles.get(name) ?? [],
  );
  const expected = profiles.get(DEFAULT_PROFILE)?.rules;
  const notSelected = rules.filter(
    ({ id, policy }) =>
      (own.has(policy) || expected?.has(id) === true) && !used.some((profile) => profile.rules.has(id)),
  ).length;
  return notLoaded === 0 && notSelected === 0 ? undefined : { notLoaded, notSelected };
}

/**
 * 16 hexadecimal digits: the millisecond of its second in which the run began, and 13 random ones. A history has the second, and
 * where two runs have the same it takes the greater id for the later run (src/history/intervals.ts): wholly random ones had what the
 * second run found told to nobody, since it was taken for the first.
 */
export function newRunId(startedMs: number): string {
  const millisecond = new Date(startedMs).getUTCMilliseconds().toString(16).padStart(3, '0');
  return `${millisecond}${randomBytes(7).toString('hex').slice(1)}`;
}

/** Makes the header of a report: what was asked of the run, and its id. */
export function toHeader(parts: HeaderParts): ReportHeader {
  return {
    kernward: parts.version,
    schema: 2,
    runId: newRunId(parts.startedMs),
    startedAt: parts.startedAt,
    inventory: parts.inventory,
    ...defined({ limit: parts.limit, profileOverride: parts.profileOverride }),
    gate: parts.gate,
    probe: { protocol: PROBE_PROTOCOL, sha256: probeDigest(parts.ruleSet.declared) },
    policies: parts.ruleSet.sources,
    rules: parts.ruleSet.rules.map(ruleSummary),
    ...declaredFacts(parts.ruleSet.declared),
    ...defined({ notJudged: notJudged(parts), baseline: parts.baseline?.header }),
    ...(parts.ruleSet.groupRules.length === 0
      ? {}
      : { groupRules: parts.ruleSet.groupRules.map(groupRuleSummary).sort((a, b) => (a.id < b.id ? -1 : 1)) }),
    ...defined({ rerun: parts.rerun, collected: parts.collected }),
  };
}
