import { defined } from '../../language/defined.js';
import type { HostReport, Report } from '../../model/report.js';
import { savedRun } from '../summary-of-saved.js';
import { summarise } from '../summary.js';
import type { Waivers } from './open.js';

/** A saved report with other waivers than it had: counted and judged anew by its own gate. */
export function withWaivers(report: Report, waivers: Waivers): Report {
  const { header, summary } = report;
  const hosts: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (const host of report.hosts) yield waivers.waive(host);
    },
  };
  for (const host of report.hosts) waivers.waive(host, { count: true });
  const judged = summarise(hosts, { ...savedRun(report), waivers: waivers.summaries() });
  return { header, hosts, summary: { ...judged, ...defined({ trend: summary.trend }) } };
}
