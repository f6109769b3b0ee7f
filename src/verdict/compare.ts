import { defined } from '../language/defined.js';
import type { Diff, DiffRow, SeverityChange } from '../model/diff.js';
import type { Gate, HostReport, Report } from '../model/report.js';
import { type BaselineReport, baselineVerdict, toBaseline, withDrift } from './drift.js';
import { byGate } from './host-status.js';
import { countHost, emptyTally, toSummary } from './summary.js';
import { savedRun } from './summary-of-saved.js';
import type { Waivers } from './waivers/open.js';

export interface CompareOptions {
  /** The files of the two reports. */
  readonly from: { readonly old: string; readonly now: string };
  readonly gate: Gate;
  /** Instead of those that the later report speaks of. */
  readonly waivers?: Waivers;
}

/** The hosts, each changed when it is asked for: nobody holds all of them. */
function changed(hosts: Iterable<HostReport>, change: (host: HostReport) => HostReport): Iterable<HostReport> {
  return {
    *[Symbol.iterator]() {
      for (const host of hosts) yield change(host);
    },
  };
}

function rowsOf(host: HostReport, past: BaselineReport): readonly DiffRow[] {
  return host.verdicts.flatMap(({ drift, rule, severity, result, because, flaps, waiver }): readonly DiffRow[] => {
    if (drift === undefined) return [];
    const before = baselineVerdict(past, host.host, rule)?.result;
    return [
      {
        drift,
        host: host.host,
        rule,
        severity,
        ...defined({ before }),
        now: result,
        because,
        ...defined({ flaps, waiver: waiver?.id }),
      },
    ];
  });
}

/**
 * The severities that changed, one for each change, not for each host. A rule that is not selected has only the
 * policy's.
 */
function severityChanges(): {
  readonly add: (host: HostReport, past: BaselineReport) => void;
  readonly all: () => readonly SeverityChange[];
} {
  const changes = new Map<string, { -readonly [Field in keyof SeverityChange]: SeverityChange[Field] }>();
  return {
    add: (host, past) => {
      for (const { rule, severity: now, result } of host.verdicts) {
        const before = baselineVerdict(past, host.host, rule);
        if (
          before === undefined ||
          before.severity === now ||
          before.result === 'notselected' ||
          result === 'notselected'
        )
          continue;
        const key = `${rule} ${before.severity} ${now}`;
        const change = changes.get(key) ?? { rule, before: before.severity, now, hosts: 0 };
        change.hosts += 1;
        changes.set(key, change);
      }
    },
    all: () => [...changes.values()],
  };
}

/**
 * The later of two reports against the earlier one. Its verdicts, its waivers and its gate are judged as the run itself
 * would have with the earlier report as its baseline.
 */
export function compare(past: BaselineReport, later: Report, options: CompareOptions): Diff {
  const { gate, waivers, from } = options;
  const knownRules = new Set(past.header.rules.map(({ id }) => id));
  const waived = (host: HostReport, isCounting: boolean): HostReport =>
    waivers?.waive(host, { count: isCounting }) ?? host;
  const hosts = changed(later.hosts, (host) => byGate(withDrift(waived(host, false), past, knownRules), gate));

  const names = new Set<string>();
  const silentHosts: string[] = [];
  const answeringHosts: string[] = [];
  const profiles: { host: string; before: string; now: string }[] = [];
  const severities = severityChanges();
  const tally = emptyTally(gate);
  for (const host of later.hosts) {
    countHost(tally, withDrift(waived(host, true), past, knownRules));
    names.add(host.host);
    const before = past.hosts.get(host.host);
    if (before === undefined) continue;
    if (before.isReached && host.status === 'unreachable') silentHosts.push(host.host);
    if (!before.isReached && host.status !== 'unreachable') answeringHosts.push(host.host);
    if (before.profile !== host.profile) profiles.push({ host: host.host, before: before.profile, now: host.profile });
    severities.add(host, past);
  }

  const baseline = toBaseline(past, { from: from.old, rules: later.header.rules, inventory: names, selected: names });
  const said = waivers === undefined ? later.summary.waivers : waivers.summaries();
  const summary = toSummary(tally, {
    ...savedRun(later),
    gate,
    baseline,
    ...defined({ waivers: said }),
  });
  return {
    old: { runId: past.header.runId, startedAt: past.header.startedAt, from: from.old, hosts: past.hosts.size },
    report: { header: { ...later.header, gate, baseline }, hosts, summary },
    from: from.now,
    rows: {
      *[Symbol.iterator]() {
        for (const host of hosts) yield* rowsOf(host, past);
      },
    },
    newHosts: [...names].filter((name) => !past.hosts.has(name)),
    goneHosts: baseline.gone.map((host) => ({
      host,
      fails: past.header.rules.filter(({ id }) => baselineVerdict(past, host, id)?.result === 'fail').length,
    })),
    silentHosts,
    answeringHosts,
    profiles,
    severities: severities.all(),
  };
}
