import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { memoize } from '../../language/memoize.js';
import type { HostId } from '../../model/host.js';
import type { HostReport, Report } from '../../model/report.js';
import { partOf } from '../../verdict/part-of-report.js';
import { asHost, type ChooseOptions, namesChosen } from './report-hosts.js';

/** Whom a waiver of the report names, by its own hosts. */
function waiversOf(report: Report): (waiver: { readonly hosts: string }) => ReadonlySet<HostId> {
  const inventory = inventoryOfHosts([...report.hosts].map(asHost));
  const named = memoize(
    (pattern: string): ReadonlySet<HostId> =>
      new Set(selectHosts(inventory, pattern, { mayBeNobody: true }).value?.map(({ name }) => name)),
  );
  return ({ hosts }) => named(hosts);
}

/** The hosts that a pattern chooses, as a report of their own; the whole without one. Stops on a bad pattern. */
export function limitedReport(report: Report, pattern: string | undefined, options: ChooseOptions = {}): Report {
  if (pattern === undefined) return report;
  const wanted = namesChosen(report, pattern, options);
  return partOf(report, {
    isChosen: ({ host }) => wanted.has(host),
    limit: pattern,
    namedBy: waiversOf(report),
  });
}

/** A part of a report and what its hosts have in common; empty: they have no such label, or are in no group. */
export interface ReportPart {
  readonly value: string;
  readonly report: Report;
}

function valuesOf(host: HostReport, by: string): readonly string[] {
  if (by === 'group') return host.groups.length === 0 ? [''] : host.groups;
  const label = by.slice('label:'.length);
  return [Object.hasOwn(host.labels, label) ? (host.labels[label] ?? '') : ''];
}

/**
 * One report for each value of a label, or for each group, by name.
 *
 * @param by `group`, or `label:NAME`
 */
export function splitReport(report: Report, by: string): readonly ReportPart[] {
  const values = new Set<string>();
  for (const host of report.hosts) for (const value of valuesOf(host, by)) values.add(value);
  const namedBy = waiversOf(report);
  return [...values].sort().map((value) => ({
    value,
    report: partOf(report, {
      isChosen: (host) => valuesOf(host, by).includes(value),
      limit: by === 'group' ? (value === '' ? 'ungrouped' : value) : `${by}=${value}`,
      namedBy,
    }),
  }));
}
