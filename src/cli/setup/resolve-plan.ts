import { staleSupport } from '../../kernel/support/stale.js';
import { createDiagnosticSink, type Diagnostic } from '../../model/diagnostic.js';
import { withProfilesOfLabels } from '../../policy/profiles/profile-by-labels.js';
import { toDay, toTimestamp } from '../../run/moments.js';
import { askAll, planScan, type ScanChoices } from '../../run/plan-scan.js';
import { allFacts, type RuleSet } from '../../run/rule-set.js';
import type { AskPlan, CollectPlan, RunHosts, ScanPlan } from '../../run/scan-plan.js';
import { loadShippedRules } from '../../run/shipped/load-shipped-rules.js';
import { suggest } from '../../text/suggest.js';
import { type ConnectOptions, toAskTerms, toConnectTerms } from '../options/connection.js';
import type { HostOptions } from '../options/hosts.js';
import { type OutputOptions, toOutputPlan } from '../options/outputs.js';
import { refuseConflict } from './output-conflict.js';
import { type InventoryFiles, overwrittenOfInventory } from './overwritten-input.js';
import type { RuleOptions } from '../options/rules.js';
import type { FleetOptionValues } from '../options/fleet.js';
import type { GateOptions } from '../options/gate.js';
import { type RecordOptions, toRecordFile } from '../options/history.js';
import type { NotifyOptions } from '../options/notify.js';
import type { RerunOptions } from '../options/rerun.js';
import type { ShardOptions } from '../options/shard.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { loadGateInputs } from './load-gate.js';
import { loadHosts, loadRules, profileNames, readHosts, type Targets } from './load-targets.js';
import { toPacing } from './pacing.js';
import { planCollectedHosts } from './plan-collect-rerun.js';
import { planHosts } from './plan-rerun.js';
import { takePlannedShard } from './take-planned-shard.js';

/** Every option that a run which asks hosts has, whether it judges or not. */
export type AskOptions = HostOptions & ConnectOptions & FleetOptionValues;
export type ScanOptions = AskOptions &
  RuleOptions &
  RerunOptions &
  GateOptions &
  OutputOptions &
  RecordOptions &
  NotifyOptions;

type AskParts = Pick<AskPlan, 'pacing' | 'terms' | 'connect'>;

function toAskParts(options: ConnectOptions & FleetOptionValues, { inventory }: Targets): AskParts {
  return {
    pacing: toPacing(options, inventory),
    terms: toAskTerms(options),
    connect: toConnectTerms(options),
  };
}

function profileProblems({ profile }: RuleOptions, { profiles }: RuleSet): readonly Diagnostic[] {
  if (profile === undefined || profiles.has(profile)) return [];
  const near = suggest(profile, profiles.keys());
  return [
    {
      code: 'profile/unknown',
      severity: 'error',
      message: `--profile: there is no profile ${JSON.stringify(profile)}`,
      help: near === undefined ? `profiles: ${[...profiles.keys()].join(', ')}` : `did you mean ${near}?`,
    },
  ];
}

/** The plan of choices that were checked before. */
export function settle(choices: ScanChoices): ScanPlan {
  const { value: plan, diagnostics } = planScan(choices);
  stopOnErrors(diagnostics);
  if (plan === undefined) throw new Stop(EXIT.usage);
  return plan;
}

/** Stops where an output would be written over what the inventory is read from, or names. */
export function refuseOverwriting(outputs: readonly string[], inventory: InventoryFiles): void {
  const overwritten = overwrittenOfInventory(outputs, inventory);
  if (overwritten !== undefined) usage(overwritten);
}

/**
 * Resolves the options of a scan, and reads all files that they name: policies, profiles, inventory, selection, gate, waivers,
 * baseline, saved report. What is wrong is reported together, before a host is contacted.
 *
 * @param withGate false: only whom it asks is wanted, and the files of the gate are not read
 * @throws Stop with every diagnostic, or with a sentence where options cannot stand together
 */
export async function resolveScan(options: ScanOptions, startedAt: Date, withGate = true): Promise<ScanPlan> {
  refuseConflict(options.output ?? []);
  const diagnostics = createDiagnosticSink();
  const ruleSet = diagnostics.take(loadRules({ ...options, allowRead: options.allowRead ?? [] }));
  if (ruleSet !== undefined) {
    diagnostics.addAll(profileProblems(options, ruleSet));
    diagnostics.addAll(staleSupport(ruleSet.support, toDay(options.asOf, startedAt)));
  }
  const profiles = [...(ruleSet?.profiles.keys() ?? [])];
  const targets = await readHosts(options, profiles, diagnostics, options.allowEmpty);
  // The report of a rerun has any host of the inventory.
  const hosts = options.rerun === undefined ? targets?.hosts : targets?.inventory.hosts;
  const gate = withGate
    ? diagnostics.take(
        loadGateInputs(options, startedAt, ruleSet && targets && hosts && { ruleSet, ...targets, hosts }),
      )
    : {};
  const labelled =
    options.profile === undefined
      ? diagnostics.take(withProfilesOfLabels(targets?.hosts ?? [], ruleSet?.profiles.values() ?? []))
      : targets?.hosts;
  stopOnErrors(diagnostics.all());
  if (ruleSet === undefined || targets === undefined) throw new Stop(EXIT.usage);
  refuseOverwriting(
    (options.output ?? []).flatMap(({ file }) => file ?? []),
    targets.inventory,
  );
  const selected: Targets = { ...targets, hosts: labelled ?? [] };
  if (ruleSet.rules.length === 0) usage('no rule was loaded: nothing would be checked');
  if (selected.hosts.length === 0 && options.allowEmpty !== true)
    usage('no host was selected: nothing would be checked (--allow-empty makes this an answer)');
  return settle({
    ...toAskParts(options, selected),
    ...planHosts(options, selected, ruleSet),
    ...gate,
    inventory: targets.inventory,
    ruleSet,
    startedAt,
    asOf: options.asOf,
    profile: options.profile,
    output: toOutputPlan(options),
    history: toRecordFile(options),
  });
}

/** Nothing is judged by them: only what they declare is read as well. */
function rulesOfCollection(options: RuleOptions): RuleSet {
  if (options.policy === undefined) return loadShippedRules();
  const { value, diagnostics } = loadRules({ ...options, allowRead: options.allowRead ?? [] });
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage);
  return value;
}

/** Resolves the options of a collection; stops as `resolveScan` does. Nothing is judged, so everything that can be asked is. */
export async function resolveCollection(
  options: AskOptions & RerunOptions & RuleOptions & ShardOptions,
  startedAt: Date,
): Promise<CollectPlan> {
  const { fixes, profiles, declared, texts } = rulesOfCollection(options);
  const { plan } = options;
  const planned =
    plan === undefined ? undefined : await takePlannedShard({ ...options, plan }, [...profiles.keys()], startedAt);
  const targets = planned?.targets ?? (await loadHosts(options, [...profiles.keys()]));
  const runHosts: RunHosts & Pick<CollectPlan, 'shard' | 'earlier'> & Partial<Pick<CollectPlan, 'limit'>> =
    planned === undefined
      ? planCollectedHosts(options, targets, { facts: allFacts(fixes, declared), declared })
      : { ...askAll(targets.hosts), shard: planned.shard };
  if (runHosts.hosts.length === 0) usage('no host was selected: nothing would be collected');
  return {
    ...runHosts,
    ...toAskParts(options, targets),
    today: toDay(undefined, startedAt),
    fixes,
    factsRead: undefined,
    declared,
    texts,
    startedAt: toTimestamp(startedAt),
    startedMs: startedAt.getTime(),
    inventory: targets.inventory.files,
    limit: options.rerun === undefined ? (planned?.limit ?? options.limit) : runHosts.limit,
  };
}

/** Resolves the options of a run that only looks whether hosts can be asked; stops as `resolveScan` does. */
export async function resolveExamination(options: AskOptions): Promise<AskPlan & Pick<Targets, 'inventory'>> {
  const targets = await loadHosts(options, profileNames());
  if (targets.hosts.length === 0) usage('no host was selected: nothing would be looked at');
  return { ...askAll(targets.hosts), ...toAskParts(options, targets), inventory: targets.inventory };
}
