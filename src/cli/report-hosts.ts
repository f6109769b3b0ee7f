import type { HostId, Host } from '../model/host.js';
import type { HostReport, Report } from '../model/report.js';
import { selectHosts } from '../inventory/select-hosts.js';
import { stopOnErrors } from './stop.js';

/** What a host pattern looks at. */
const asHost = ({ host, address, port, groups, labels, definedAt }: HostReport): Host => ({
  name: host,
  address,
  port,
  identityFiles: [],
  groups,
  labels,
  transport: 'recorded',
  at: { file: definedAt?.file ?? '', line: definedAt?.line ?? 1, column: 1 },
});

const selected = (hosts: readonly Host[], pattern: string): ReadonlySet<HostId> => {
  const groups = new Map<string, HostId[]>();
  for (const { name, groups: names } of hosts)
    for (const group of names) {
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [name]);
      else members.push(name);
    }
  const children = new Map([...groups.keys()].map((group) => [group, []]));
  const { value, diagnostics } = selectHosts({ files: [], hosts, groups, children, groupForks: new Map() }, pattern);
  stopOnErrors(diagnostics);
  return new Set(value?.map(({ name }) => name));
};

/** The hosts of a saved report that a pattern chooses, in the order of the report; all without one. Stops on a bad pattern. */
export const hostsOfReport = (report: Report, pattern: string | undefined): Iterable<HostReport> => {
  if (pattern === undefined) return report.hosts;
  const hosts: Host[] = [];
  for (const host of report.hosts) hosts.push(asHost(host));
  const wanted = selected(hosts, pattern);
  return {
    *[Symbol.iterator]() {
      for (const host of report.hosts) if (wanted.has(host.host)) yield host;
    },
  };
};
