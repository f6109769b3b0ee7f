import { defined } from '../../language/defined.js';
import type { BlastSummary, Format, HostSet, Report, Summary } from '../../model/report.js';
import { HOST_STATUSES, WAIVER_STATES } from '../../model/report.js';
import { DRIFTS, RESULTS, SEVERITIES } from '../../model/verdict.js';
import type { Result, RuleId } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { epochSeconds } from '../time.js';
import { isUnwaivedFail } from '../phrases.js';
import { BREATH } from '../with-breaths.js';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Undefined: a host was looked at that gives none. */
type Samples = Iterable<Sample | undefined>;

/** One metric: a gauge, since a run is a picture of a moment. Units are base units, and the name says which. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: (report: Report) => Samples;
}

function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

function byKey<Key extends string>(
  label: string,
  keys: readonly Key[],
  counts: Readonly<Record<Key, number>>,
  more: Sample['labels'] = {},
): readonly Sample[] {
  return keys.map((key) => ({ labels: { ...more, [label]: key }, value: counts[key] }));
}

function* hostUp({ hosts }: Report): Iterable<Sample> {
  for (const { host, status } of hosts) yield { labels: { host }, value: Number(status !== 'unreachable') };
}

/** Without a gate nobody asked. */
function* hostCompliant({ header, hosts }: Report): Iterable<Sample> {
  if (header.gate.failOn === 'never') return;
  for (const { host, status } of hosts)
    yield { labels: { host }, value: Number(status === 'clean' || status === 'lesser') };
}

/**
 * One sample for a host and a rule that it fails: a series each for what is in order would be hosts × rules of them.
 */
function* hostFails({ hosts }: Report): Samples {
  for (const { host, status, verdicts } of hosts) {
    yield undefined;
    if (status === 'unreachable') continue;
    for (const verdict of verdicts.filter(isUnwaivedFail))
      yield { labels: { host, rule: verdict.rule, severity: verdict.severity }, value: 1 };
  }
}

/** Every rule with every result, zeros too, so that no series goes when its last host is repaired. */
function* ruleHosts({ header, hosts }: Report): Samples {
  const counts = new Map(header.rules.map(({ id }): [RuleId, Map<Result, number>] => [id, new Map()]));
  for (const { verdicts } of hosts) {
    yield undefined;
    for (const { rule, result } of verdicts) {
      const ofRule = counts.get(rule);
      ofRule?.set(result, (ofRule.get(result) ?? 0) + 1);
    }
  }
  for (const { id, policy } of header.rules)
    for (const result of RESULTS)
      yield { labels: { policy, rule: id, result }, value: counts.get(id)?.get(result) ?? 0 };
}

function waiverStates({ summary }: Report): readonly Sample[] {
  return summary.waivers === undefined
    ? []
    : WAIVER_STATES.map((state) => ({
        labels: { state },
        value: (summary.waivers ?? []).filter((waiver) => waiver.state === state).length,
      }));
}

/** Whether the run came to its end: it may well have found fails. */
function isWhole({ summary }: Report): boolean {
  return !summary.interrupted && summary.internalErrors === 0;
}

function lastSuccess(report: Report): readonly Sample[] {
  const seconds = epochSeconds(report.header.startedAt);
  return seconds === undefined || !isWhole(report) ? [] : one(seconds);
}

function ofSet({ group, label }: HostSet): Readonly<Record<string, string>> {
  return {
    group,
    ...defined({ label }),
  };
}

function exposures(set: BlastSummary): readonly Sample[] {
  return set.exposures.flatMap(({ trigger, reboots, freezes, staysUp, unknown }) =>
    Object.entries({ reboots, freezes, stays_up: staysUp, unknown }).map(([fate, value]) => ({
      labels: { ...ofSet(set), trigger, fate },
      value,
    })),
  );
}

function groupRules({ groupVerdicts = [] }: Summary): readonly Sample[] {
  return groupVerdicts
    .filter(({ result }) => result !== 'notselected')
    .map((verdict) => ({
      labels: { ...ofSet(verdict), rule: verdict.rule, severity: verdict.severity, result: verdict.result },
      value: 1,
    }));
}

const FAMILIES: readonly Family[] = [
  {
    name: 'kernward_build_info',
    help: 'Always 1; the version that made the report.',
    samples: ({ header }) => [{ labels: { version: header.kernward }, value: 1 }],
  },
  {
    name: 'kernward_scan_success',
    help: 'Whether the run came to its end, whatever it found: not interrupted, no error of kernward itself.',
    samples: (report) => one(Number(isWhole(report))),
  },
  {
    name: 'kernward_scan_last_success_timestamp_seconds',
    help: 'When the run was started, if it came to its end.',
    samples: lastSuccess,
  },
  {
    name: 'kernward_scan_duration_seconds',
    help: 'How long the run took.',
    samples: ({ summary }) => one(summary.tookMs / 1000),
  },
  {
    name: 'kernward_scan_exit_code',
    help: 'The exit code of the run; 0: every host complies with the gate.',
    samples: ({ summary }) => one(summary.exitCode),
  },
  {
    name: 'kernward_hosts',
    help: 'Hosts by what the gate makes of them; failing: at least one unwaived fail at its severity or above; lesser: findings below it alone.',
    samples: ({ summary }) => byKey('status', HOST_STATUSES, summary.statuses),
  },
  {
    name: 'kernward_gate',
    help: 'Always 1; the lowest severity that fails the run, or never.',
    samples: ({ header }) => [{ labels: { fail_on: header.gate.failOn }, value: 1 }],
  },
  {
    name: 'kernward_hosts_by_worst_fail',
    help: 'Hosts by the severity of their worst unwaived fail; those without one are not counted.',
    samples: ({ summary: { hostsByWorstFail } }) =>
      hostsByWorstFail === undefined ? [] : byKey('severity', SEVERITIES, hostsByWorstFail),
  },
  {
    name: 'kernward_results',
    help: 'Results of hosts and rules, waived ones too.',
    samples: ({ summary }) => byKey('result', RESULTS, summary.results),
  },
  {
    name: 'kernward_fails',
    help: 'Unwaived fails by severity.',
    samples: ({ summary }) => byKey('severity', SEVERITIES, summary.fails),
  },
  {
    name: 'kernward_flapping_fails',
    help: 'Unwaived fails whose decided result changed 3 times or more in 30 days; not there where none does, or no history knows.',
    samples: ({ summary: { flappingFails } }) =>
      flappingFails === undefined ? [] : byKey('severity', SEVERITIES, flappingFails),
  },
  { name: 'kernward_waived', help: 'Results that a waiver covers.', samples: ({ summary }) => one(summary.waived) },
  {
    name: 'kernward_waivers',
    help: 'Waivers that the run was given, by what became of them; expiring: within 30 days.',
    samples: waiverStates,
  },
  {
    name: 'kernward_drift',
    help: 'Results that changed since the baseline, by what became of them.',
    samples: ({ summary: { drift } }) => (drift === undefined ? [] : byKey('drift', DRIFTS, drift.verdicts)),
  },
  {
    name: 'kernward_new_hosts',
    help: 'Hosts that the baseline does not have.',
    samples: ({ summary: { drift } }) => (drift === undefined ? [] : one(drift.newHosts)),
  },
  {
    name: 'kernward_gone_hosts',
    help: 'Hosts that only the baseline has: the inventory does not any more.',
    samples: ({ summary: { drift } }) => (drift === undefined ? [] : one(drift.goneHosts)),
  },
  {
    name: 'kernward_group_hosts',
    help: 'Hosts of a group by what the gate makes of them; a host may be in several.',
    samples: ({ summary }) =>
      summary.groups.flatMap(({ group, statuses }) => byKey('status', HOST_STATUSES, statuses, { group })),
  },
  {
    name: 'kernward_group_fails',
    help: 'Unwaived fails of the hosts of a group by severity.',
    samples: ({ summary }) =>
      summary.groups.flatMap(({ group, fails }) => byKey('severity', SEVERITIES, fails, { group })),
  },
  {
    name: 'kernward_group_exposure_hosts',
    help: 'Hosts of a group by what becomes of them on a trigger: reboots, freezes, stays_up, unknown; unreachable ones are not among them.',
    samples: ({ summary }) => (summary.blast ?? []).flatMap(exposures),
  },
  {
    name: 'kernward_group_rule',
    help: '1 for each group and rule over groups, with the result; not there for groups that the rule is not about.',
    samples: ({ summary }) => groupRules(summary),
  },
  { name: 'kernward_rule_hosts', help: 'Hosts by the result of a rule, waived ones too.', samples: ruleHosts },
  { name: 'kernward_host_up', help: 'Whether the host was reached and answered.', samples: hostUp },
  {
    name: 'kernward_host_compliant',
    help: 'Whether on the host every rule of the gate passes, is waived or does not apply; not there without a gate.',
    samples: hostCompliant,
  },
  {
    name: 'kernward_host_fail',
    help: '1 for each rule that a host fails, unwaived; not there for the others.',
    samples: hostFails,
  },
];

export const PROMETHEUS_METRICS: readonly string[] = FAMILIES.map(({ name }) => name);

/**
 * Backslash, quote and line feed have to be escaped; control characters are shown before that, so no line feed is left.
 */
function labelValue(text: string): string {
  return clean(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function line(name: string, { labels, value }: Sample): string {
  const inside = Object.entries(labels)
    .map(([label, text]) => `${label}="${labelValue(text)}"`)
    .join(',');
  return `${name}${inside === '' ? '' : `{${inside}}`} ${value}\n`;
}

/**
 * For the textfile collector of node_exporter. The samples of a metric stand together, so the hosts are walked a few
 * times.
 */
export const prometheus: Format = {
  id: 'prometheus',
  title: 'Prometheus text, for the textfile collector',
  extension: '.prom',
  *render(report) {
    for (const { name, help, samples } of FAMILIES) {
      yield `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
      for (const sample of samples(report)) yield sample === undefined ? BREATH : line(name, sample);
    }
  },
};
