import type { HostId, Host } from '../../model/host.js';
import type { HostReport, Report } from '../../model/report.js';
import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/** A host of a report as host patterns select it. */
export function asHost({ host, address, port, groups, labels, definedAt }: HostReport): Host {
  return {
    name: host,
    address,
    port,
    identityFiles: [],
    groups,
    labels,
    transport: 'recorded',
    at: { file: definedAt?.file ?? '', line: definedAt?.line ?? 1, column: 1 },
  };
}

const REPORT = {
  called: 'the report',
  seeNames: '`kernward report -o csv-hosts` shows the names of its hosts and their groups',
} as const;

export interface ChooseOptions {
  /** A pattern that names nobody is no mistake: the answer is nobody. */
  readonly mayBeNobody?: boolean;
}

function selected(hosts: readonly Host[], pattern: string, options: ChooseOptions = {}): ReadonlySet<HostId> {
  const { value, diagnostics } = selectHosts(inventoryOfHosts(hosts), pattern, { source: REPORT, ...options });
  stopOnErrors(diagnostics);
  return new Set(value?.map(({ name }) => name));
}

/** The names that a pattern chooses of a saved report. Stops on a bad pattern. */
export function namesChosen(report: Report, pattern: string, options: ChooseOptions = {}): ReadonlySet<HostId> {
  const hosts: Host[] = [];
  for (const host of report.hosts) hosts.push(asHost(host));
  return selected(hosts, pattern, options);
}

/**
 * The hosts of a saved report that a pattern chooses, in the order of the report; all without one. Stops on a bad
 * pattern.
 */
export function hostsOfReport(report: Report, pattern: string | undefined): Iterable<HostReport> {
  if (pattern === undefined) return report.hosts;
  const wanted = namesChosen(report, pattern);
  return {
    *[Symbol.iterator]() {
      for (const host of report.hosts) if (wanted.has(host.host)) yield host;
    },
  };
}
