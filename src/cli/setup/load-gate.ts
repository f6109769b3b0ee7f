import type { Diagnostic } from '../../model/diagnostic.js';
import type { Baseline, Gate } from '../../model/report.js';
import { baselineOf, type Past, readPast } from '../../verdict/drift.js';
import type { Waivers } from '../../verdict/waivers/open.js';
import { gateOf, type GateOptions, limitMistakes } from '../options/gate.js';
import type { JudgedTargets, ReadMore } from './load-targets.js';
import { momentOf, type RuleOptions } from '../options/common.js';
import { readReport } from '../input/report-file.js';
import { waiversOf } from '../input/waivers.js';

/** What a run is held against beside its rules: the gate, the waivers, an earlier report. */
export interface Audit {
  readonly gate: Gate;
  readonly waivers?: Waivers;
  readonly past?: Past;
  readonly baseline?: Baseline;
}

function pastOf({ baseline, failOnNew }: GateOptions, diagnostics: Diagnostic[]): Past | undefined {
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
  diagnostics.push(...read.diagnostics);
  return read.value === undefined ? undefined : readPast(read.value);
}

function comparedWith(past: Past, from: string, { book, inventory, hosts }: JudgedTargets): Baseline {
  return baselineOf(past, {
    from,
    rules: book.rules,
    inventory: new Set(inventory.hosts.map(({ name }) => name)),
    selected: new Set(hosts.map(({ name }) => name)),
  });
}

/**
 * Reads everything that the options of the gate name; its mistakes are told with all others, before a host is contacted.
 *
 * @param isRerun the report has hosts of an earlier run too: any host of the inventory
 */
export function auditOf(options: GateOptions & RuleOptions, startedAt: Date, isRerun = false): ReadMore<Audit> {
  return (asked, diagnostics) => {
    const ground = asked && (isRerun ? { ...asked, hosts: asked.inventory.hosts } : asked);
    const around = ground && {
      rules: ground.book.rules,
      inventory: ground.inventory,
      selected: ground.hosts,
      now: momentOf(options, startedAt),
    };
    const waivers = waiversOf(options, around, diagnostics);
    const past = pastOf(options, diagnostics);
    if (ground !== undefined)
      diagnostics.push(
        ...limitMistakes(options, {
          rules: ground.book.rules.map(({ id }) => id),
          groups: ground.inventory.groups.keys(),
        }),
      );
    return {
      gate: gateOf(options),
      ...(waivers === undefined ? {} : { waivers }),
      ...(past === undefined || ground === undefined
        ? {}
        : { past, baseline: comparedWith(past, options.baseline ?? '', ground) }),
    };
  };
}
