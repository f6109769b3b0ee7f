import { defined } from '../language/defined.js';
import type { HostId } from '../model/host.js';
import type { HostReport, HostSet, Report, WaiverSummary } from '../model/report.js';
import { savedRun } from './summary-of-saved.js';
import { summarise } from './summary.js';

export interface PartOptions {
  readonly isChosen: (host: HostReport) => boolean;
  /** How the hosts were chosen, for the header: a host pattern. */
  readonly limit: string;
  /** Which hosts a waiver names: those that name none of the part are none of its business. */
  readonly namedBy: (waiver: WaiverSummary) => ReadonlySet<HostId>;
}

function setsOf(hosts: Iterable<HostReport>): (set: HostSet) => boolean {
  const groups = new Set<string>();
  const labels = new Map<string, Set<string>>();
  for (const host of hosts) {
    for (const group of host.groups) groups.add(group);
    for (const [name, value] of Object.entries(host.labels)) {
      const values = labels.get(name) ?? new Set();
      values.add(value);
      labels.set(name, values);
    }
  }
  return ({ group, label }) => (label === undefined ? groups.has(group) : labels.get(label)?.has(group) === true);
}

/**
 * Some hosts of a report as a report of their own, counted and judged by its gate. What was said of the whole fleet is
 * left out: the trend, and hosts that are gone, of which nobody knows whose they were. Rules over groups are about whole
 * groups: those with a host of the part stay, as they were judged.
 */
export function partOf(report: Report, { isChosen, limit, namedBy }: PartOptions): Report {
  const hosts: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (const host of report.hosts) if (isChosen(host)) yield host;
    },
  };
  const { baseline, ...header } = report.header;
  const ofPart = baseline === undefined ? undefined : { ...baseline, gone: [] };
  const isSetOfPart = setsOf(hosts);
  const names = new Set<HostId>();
  for (const { host } of hosts) names.add(host);
  const { groupVerdicts, waivers } = report.summary;
  const part: Report = {
    header: {
      ...header,
      // Another report than that of the whole: a history must not take one for the other.
      runId: `${header.runId}:${limit}`,
      limit: header.limit === undefined ? limit : `${header.limit} and ${limit}`,
      ...defined({ baseline: ofPart }),
    },
    hosts,
    summary: report.summary,
  };
  return {
    ...part,
    summary: summarise(hosts, {
      ...savedRun(part),
      ...defined({
        groupVerdicts: groupVerdicts?.filter(isSetOfPart),
        waivers: waivers?.filter((waiver) => [...namedBy(waiver)].some((name) => names.has(name))),
      }),
    }),
  };
}
