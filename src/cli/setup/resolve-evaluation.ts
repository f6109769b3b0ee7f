import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { staleSupport } from '../../kernel/support/stale.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { withProfilesOfLabels } from '../../policy/profiles/profile-by-labels.js';
import { toDay } from '../../run/moments.js';
import { unknownProfiles } from '../../run/plan-scan.js';
import { allFacts } from '../../run/rule-set.js';
import { mergeCollected } from '../../run/collected/merge-collected.js';
import type { ScanPlan } from '../../run/scan-plan.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import type { HostOutcome } from '../../model/outcome.js';
import { outcomesOf, readCollectedFiles } from '../input/collected-files.js';
import { type OutputOptions, toOutputPlan } from '../options/outputs.js';
import type { PlanFolderOptions } from '../options/shard.js';
import type { RuleOptions } from '../options/rules.js';
import type { GateOptions } from '../options/gate.js';
import { type RecordOptions, toRecordFile } from '../options/history.js';
import type { NotifyOptions } from '../options/notify.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { readExpectation } from './expectation.js';
import { loadGateInputs } from './load-gate.js';
import { loadRules } from './load-targets.js';
import { refuseConflict } from './output-conflict.js';
import { settle } from './resolve-plan.js';

export type EvalOptions = RuleOptions &
  GateOptions &
  OutputOptions &
  RecordOptions &
  PlanFolderOptions &
  NotifyOptions & { readonly limit?: string; readonly maxApart: number };

const READINGS = {
  called: 'the readings',
  seeNames: '`kernward eval -o csv-hosts` shows the names of hosts and groups',
} as const;

/** Outcomes of the chosen hosts alone, by their new places. */
function* carriedOf(
  outcomes: Iterable<readonly [index: number, outcome: HostOutcome]>,
  places: ReadonlyMap<number, number>,
): Iterable<readonly [index: number, outcome: HostOutcome]> {
  for (const [index, outcome] of outcomes) {
    const place = places.get(index);
    if (place !== undefined) yield [place, outcome];
  }
}

function namedTwice(hosts: readonly Host[]): readonly Diagnostic[] {
  const names = new Set<string>();
  return hosts.flatMap(({ name, at }): readonly Diagnostic[] => {
    const isKnown = names.has(name);
    names.add(name);
    if (!isKnown) return [];
    return [
      {
        code: 'readings/malformed',
        severity: 'error',
        message: `${name} stands in two files`,
        at,
        help: 'give each host once',
      },
    ];
  });
}

/** A file without a host: with a plan its hosts are known, and each is said not to have come. */
function cutShort(
  diagnostics: readonly Diagnostic[],
  { isPlanned, allowEmpty }: { readonly isPlanned: boolean; readonly allowEmpty: boolean },
): readonly Diagnostic[] {
  return diagnostics.flatMap((diagnostic): readonly Diagnostic[] => {
    if (diagnostic.code !== 'readings/cut-short') return [diagnostic];
    if (isPlanned) return [{ ...diagnostic, severity: 'warning' }];
    return allowEmpty ? [] : [diagnostic];
  });
}

/**
 * Resolves the options of `eval` into a scan that asks nobody: every host is carried, out of the files of readings.
 *
 * @throws Stop with every diagnostic of all files, or with a sentence
 */
export function resolveEvaluation(files: readonly string[], options: EvalOptions, startedAt: Date): ScanPlan {
  refuseConflict(options.output ?? []);
  const { value: ruleSet, diagnostics: ofRules } = loadRules(options);
  if (options.plan === undefined && options.planKey !== undefined)
    usage('--plan-key is for the plan that --plan names, and there is none');
  const expected = readExpectation(options);
  stopOnErrors(expected.diagnostics);
  const isPlanned = expected.value !== undefined;
  const read = readCollectedFiles(files, allFacts(ruleSet?.fixes ?? [], ruleSet?.declared), {
    declared: ruleSet?.declared,
    mayBeEmpty: isPlanned,
  });
  const merged = mergeCollected(read.sections, expected.value);
  const collected = merged.value?.hosts ?? [];
  const labelled = withProfilesOfLabels(
    options.profile === undefined ? collected : [],
    ruleSet?.profiles.values() ?? [],
  );
  const all = collected.map((host, index) => labelled.value?.[index] ?? host);
  const whole = inventoryOfHosts(all);
  const chosen =
    options.limit === undefined || all.length === 0
      ? undefined
      : selectHosts(whole, options.limit, { source: READINGS, mayLeaveNobody: options.allowEmpty === true });
  const hosts = chosen?.value ?? all;
  const wayOut = '--profile overrides what the readings name';
  const unknown = ruleSet === undefined ? [] : unknownProfiles(hosts, options.profile, ruleSet.profiles, wayOut);
  const inventory = { ...whole, files };
  const gate = loadGateInputs(options, startedAt, ruleSet && { ruleSet, inventory, hosts });
  stopOnErrors([
    ...ofRules,
    ...cutShort(read.diagnostics, { isPlanned, allowEmpty: options.allowEmpty === true }),
    ...merged.diagnostics,
    ...labelled.diagnostics,
    ...(chosen?.diagnostics ?? []),
    ...staleSupport(ruleSet?.support ?? [], toDay(options.asOf, startedAt)),
    ...unknown.map(({ diagnostic }) => diagnostic),
    ...namedTwice(all),
    ...gate.diagnostics,
  ]);
  if (ruleSet === undefined || merged.value === undefined) throw new Stop(EXIT.usage);
  if (hosts.length === 0 && options.allowEmpty !== true)
    usage('no readings: nothing would be judged (--allow-empty makes this an answer)');
  const outcomes = outcomesOf(merged.value, ruleSet.declared);
  const indexes = new Map(all.map((host, index) => [host, index]));
  const places = new Map(hosts.map((host, place) => [indexes.get(host) ?? -1, place]));
  return settle({
    ...gate.value,
    inventory,
    ruleSet,
    startedAt,
    runHosts: {
      hosts,
      asked: [],
      carried: {
        [Symbol.iterator]: () => carriedOf(outcomes, places)[Symbol.iterator](),
      },
    },
    limit: options.limit,
    collected: { ...merged.value.collected, maxApartHours: options.maxApart },
    asOf: options.asOf,
    profile: options.profile,
    output: toOutputPlan(options),
    history: toRecordFile(options),
  });
}
