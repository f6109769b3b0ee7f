import type { Inventory } from '../inventory/inventory.js';
import { right, wrong, type Diagnostic, type Loaded } from '../model/diagnostic.js';
import type { Host } from '../model/host.js';
import type { Gate } from '../model/report.js';
import { withProfilesOfLabels } from '../policy/profiles/profile-by-labels.js';
import { nearOr } from '../text/suggest.js';
import type { ConnectTerms } from '../transports/connect-terms.js';
import { getProfile } from '../verdict/host-report.js';
import { DEFAULTS } from './defaults.js';
import { toDay, toTimestamp } from './moments.js';
import { factsRead, type RuleSet } from './rule-set.js';
import type { AskTerms, RunHosts, Pacing, ScanPlan } from './scan-plan.js';
import { asOf } from './support-date.js';

/** What somebody chooses of a run; everything but the first three has a default. */
export interface ScanChoices extends Partial<
  Pick<ScanPlan, 'limit' | 'waivers' | 'baseline' | 'collected' | 'output' | 'history' | 'rerun'>
> {
  readonly inventory: Inventory;
  readonly ruleSet: RuleSet;
  /** When the run began. */
  readonly startedAt: Date;
  /** Those of the inventory that the run is about; default: all. */
  readonly hosts?: readonly Host[];
  /** Where not all of `hosts` are asked, or others stand in the report beside them. Their profiles are taken as they are. */
  readonly runHosts?: RunHosts;
  /** Support is judged as of this day, `2026-08-22`; default: the day on which the run began, in UTC. */
  readonly asOf?: string | undefined;
  /** Every host is judged by this profile. */
  readonly profile?: string | undefined;
  readonly pacing?: Partial<Pacing>;
  readonly terms?: Partial<AskTerms>;
  readonly connect?: Partial<ConnectTerms>;
  readonly gate?: Partial<Gate>;
}

/** Asks every host, and nobody else stands in the report. */
export function askAll(hosts: readonly Host[]): RunHosts {
  return { hosts, asked: [...hosts.entries()], carried: new Map() };
}

/** Support of all that is carried, judged as of another day than it was collected on. */
function datedAnew(plan: RunHosts, day: string | undefined): RunHosts {
  const { carried } = plan;
  return day === undefined
    ? plan
    : {
        ...plan,
        carried: {
          *[Symbol.iterator]() {
            for (const [index, outcome] of carried) yield [index, asOf(outcome, day)] as const;
          },
        },
      };
}

/**
 * The hosts whose profile there is not, each with what to say of it.
 *
 * @param wayOut the end of the help: what `--profile` overrides
 */
export function unknownProfiles(
  hosts: readonly Host[],
  profileOverride: string | undefined,
  profiles: ReadonlyMap<string, unknown>,
  wayOut: string,
): readonly { readonly host: Host; readonly diagnostic: Diagnostic }[] {
  const known = [...profiles.keys()];
  return hosts.flatMap((host) => {
    const name = getProfile(host, profileOverride);
    if (profiles.has(name)) return [];
    const help = `${nearOr(name, known, `the profiles are ${known.join(', ')};`)} ${wayOut}`;
    const message = `there is no profile ${JSON.stringify(name)}`;
    return [{ host, diagnostic: { code: 'profile/unknown', severity: 'error', message, at: host.at, help } }];
  });
}

/**
 * Decides a run to the last option. Pure: the clock is `startedAt`.
 *
 * @returns the plan for `scanFleet`; no value where a host, or `profile`, names a profile that the rules do not have, or
 *   where labels ask for two of them: `profile/unknown`, `profile/conflict`
 */
export function planScan(choices: ScanChoices): Loaded<ScanPlan> {
  const { inventory, ruleSet, startedAt, profile, limit, rerun, waivers, baseline, history } = choices;
  const labelled: Loaded<readonly Host[]> =
    choices.runHosts === undefined && profile === undefined
      ? withProfilesOfLabels(choices.hosts ?? inventory.hosts, ruleSet.profiles.values())
      : right(choices.hosts ?? inventory.hosts);
  const runHosts = choices.runHosts ?? askAll(labelled.value ?? []);
  const unknown = unknownProfiles(
    runHosts.hosts,
    profile,
    ruleSet.profiles,
    'another for the whole run overrides what the inventory names',
  );
  const diagnostics = [...labelled.diagnostics, ...unknown.map(({ diagnostic }) => diagnostic)];
  if (diagnostics.length > 0) return wrong(diagnostics);
  const inReport = new Set(runHosts.hosts.map(({ name }) => name));
  return {
    value: {
      ...datedAnew(runHosts, choices.asOf),
      pacing: { ...DEFAULTS.pacing, groupForks: inventory.groupForks, ...choices.pacing },
      terms: { ...DEFAULTS.terms, ...choices.terms },
      connect: { ...DEFAULTS.connect, ...choices.connect },
      today: toDay(choices.asOf, startedAt),
      fixes: ruleSet.fixes,
      factsRead: factsRead(ruleSet),
      declared: ruleSet.declared,
      texts: ruleSet.texts,
      startedAt: toTimestamp(startedAt),
      startedMs: startedAt.getTime(),
      inventory: inventory.files,
      limit,
      notSelected: inventory.hosts.filter(({ name }) => !inReport.has(name)),
      rerun,
      ruleSet,
      profileOverride: profile,
      gate: { ...DEFAULTS.gate, ...choices.gate },
      waivers,
      baseline,
      collected: choices.collected,
      output: choices.output ?? DEFAULTS.output,
      history,
    },
    diagnostics: [],
  };
}
