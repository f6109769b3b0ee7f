import type { Diagnostic } from '../../model/diagnostic.js';
import type { Baseline, Gate } from '../../model/report.js';
import { toBaseline, type BaselineReport, indexBaseline } from '../../verdict/drift.js';
import type { Waivers } from '../../verdict/waivers/open.js';
import { toGate, type GateOptions, limitProblems } from '../options/gate.js';
import type { JudgedTargets, ReadGateInputs } from './load-targets.js';
import { judgedAt, type RuleOptions } from '../options/common.js';
import { readReport } from '../input/report-file.js';
import { waiversOf } from '../input/waivers.js';
import { append } from '../../text/append.js';

/** What a run is held against beside its rules: the gate, the waivers, an earlier report. */
export interface Audit {
  readonly gate: Gate;
  readonly waivers?: Waivers;
  readonly past?: BaselineReport;
  readonly baseline?: Baseline;
}

function pastOf({ baseline, failOnNew }: GateOptions, diagnostics: Diagnostic[]): BaselineReport | undefined {
  if (baseline === undefined) {
    if (failOnNew === true)
      diagnostics.push({
        code: 'gate/no-baseline',
        severity: 'error',
        message: '--fail-on-new needs an earlier report to tell what is new',
        help: 'name it with --baseline FILE',
      });
    return undefined;
  }
  const read = readReport(baseline);
  append(diagnostics, read.diagnostics);
  return read.value === undefined ? undefined : indexBaseline(read.value);
}

function comparedWith(past: BaselineReport, from: string, { ruleSet, inventory, hosts }: JudgedTargets): Baseline {
  return toBaseline(past, {
    from,
    rules: ruleSet.rules,
    inventory: new Set(inventory.hosts.map(({ name }) => name)),
    selected: new Set(hosts.map(({ name }) => name)),
  });
}

/**
 * Reads everything that the options of the gate name; its mistakes are told with all others, before a host is contacted.
 *
 * @param isRerun the report has hosts of an earlier run too: any host of the inventory
 */
export function loadGateInputs(
  options: GateOptions & RuleOptions,
  startedAt: Date,
  isRerun = false,
): ReadGateInputs<Audit> {
  return (asked, diagnostics) => {
    const scope = asked && (isRerun ? { ...asked, hosts: asked.inventory.hosts } : asked);
    const surroundings = scope && {
      rules: scope.ruleSet.rules,
      inventory: scope.inventory,
      selected: scope.hosts,
      now: judgedAt(options, startedAt),
    };
    const waivers = waiversOf(options, surroundings, diagnostics);
    const past = pastOf(options, diagnostics);
    if (scope !== undefined)
      append(
        diagnostics,
        limitProblems(options, {
          rules: scope.ruleSet.rules.map(({ id }) => id),
          groups: scope.inventory.groups.keys(),
        }),
      );
    return {
      gate: toGate(options),
      ...(waivers === undefined ? {} : { waivers }),
      ...(past === undefined || scope === undefined
        ? {}
        : { past, baseline: comparedWith(past, options.baseline ?? '', scope) }),
    };
  };
}
