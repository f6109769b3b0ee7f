import type { HostReport, Report, Summary } from '../../model/report.js';
import { summarise } from '../summary.js';
import type { Waivers } from './open.js';

/** What ended the run that a report tells of, by the exit code that it had. */
export const interruptionOf = ({ summary }: Report): { readonly interruptedBy?: 'SIGINT' | 'SIGTERM' } =>
  summary.interrupted ? { interruptedBy: summary.exitCode === 143 ? 'SIGTERM' : 'SIGINT' } : {};

/** What a report says of rules over groups: waivers are of hosts and leave them alone. */
export const ofGroups = ({ summary: { groupVerdicts } }: Report): Pick<Summary, 'groupVerdicts'> => (groupVerdicts === undefined ? {} : { groupVerdicts });

/** A saved report with other waivers than it had: counted and judged anew by its own gate. */
export const withWaivers = (report: Report, waivers: Waivers): Report => {
  const { header, summary } = report;
  const hosts: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (const host of report.hosts) yield waivers.waive(host);
    },
  };
  for (const host of report.hosts) waivers.waive(host, { count: true });
  const { gate, rules, baseline } = header;
  const judged = summarise(hosts, {
    gate,
    rules: rules.length,
    tookMs: summary.tookMs,
    waivers: waivers.summaries(),
    ...(baseline === undefined ? {} : { baseline }),
    ...ofGroups(report),
    ...interruptionOf(report),
  });
  return { header, hosts, summary: { ...judged, ...(summary.trend === undefined ? {} : { trend: summary.trend }) } };
};
