import type { Inventory } from '../../inventory/inventory.js';
import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import type { RuleSet } from '../../run/rule-set.js';
import type { PlannedBaseline, ScanPlan } from '../../run/scan-plan.js';
import { indexBaseline, toBaseline } from '../../verdict/drift.js';
import { readReport } from '../input/report-file.js';
import { loadRunWaivers } from '../input/waivers.js';
import { judgedAt, type RuleOptions } from '../options/rules.js';
import type { RecordOptions } from '../options/history.js';
import { type GateOptions, limitProblems, toGate } from '../options/gate.js';

/** What a run is held against beside its rules: the gate, the waivers, an earlier report. */
export type GateInputs = Pick<ScanPlan, 'gate' | 'waivers' | 'baseline'>;

/** What the names in them are looked up in. */
export interface GateScope {
  readonly ruleSet: RuleSet;
  readonly inventory: Inventory;
  /** The hosts of the report. */
  readonly hosts: readonly Host[];
}

const noBaseline: Diagnostic = {
  code: 'gate/no-baseline',
  severity: 'error',
  message: '--fail-on-new needs an earlier report to tell what is new',
  help: 'name it with --baseline FILE',
};

const noHistory: Diagnostic = {
  code: 'gate/no-history',
  severity: 'error',
  message: '--flapping ignore needs a history to tell what flaps',
  help: 'add --history',
};

function loadBaseline(
  { baseline: file, failOnNew }: GateOptions,
  scope: GateScope | undefined,
): Loaded<PlannedBaseline> {
  if (file === undefined) return { value: undefined, diagnostics: failOnNew === true ? [noBaseline] : [] };
  const { value: report, diagnostics } = readReport(file);
  if (report === undefined || scope === undefined) return { value: undefined, diagnostics };
  const past = indexBaseline(report);
  const header = toBaseline(past, {
    from: file,
    rules: scope.ruleSet.rules,
    inventory: new Set(scope.inventory.hosts.map(({ name }) => name)),
    selected: new Set(scope.hosts.map(({ name }) => name)),
  });
  return { value: { past, header, summary: report.summary }, diagnostics };
}

/**
 * Reads everything that the options of the gate name; what is wrong is reported with all else, before a host is contacted.
 *
 * @param scope undefined where the rules or the inventory are wrong themselves: then only the files are checked
 */
export function loadGateInputs(
  options: GateOptions & RuleOptions & RecordOptions,
  startedAt: Date,
  scope: GateScope | undefined,
): { readonly value: GateInputs; readonly diagnostics: readonly Diagnostic[] } {
  const waivers = loadRunWaivers(
    options,
    scope && {
      rules: scope.ruleSet.rules,
      inventory: scope.inventory,
      selected: scope.hosts,
      now: judgedAt(options, startedAt),
    },
  );
  const baseline = loadBaseline(options, scope);
  const ofLimits =
    scope === undefined
      ? []
      : limitProblems(options, {
          rules: scope.ruleSet.rules.map(({ id }) => id),
          groups: scope.inventory.groups.keys(),
        });
  return {
    value: { gate: toGate(options), waivers: waivers.value, baseline: baseline.value },
    diagnostics: [
      ...waivers.diagnostics,
      ...baseline.diagnostics,
      ...ofLimits,
      ...(options.flapping === 'ignore' && options.history === undefined ? [noHistory] : []),
    ],
  };
}
