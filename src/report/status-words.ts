import { HOST_STATUSES, type Gate, type HostStatus } from '../model/report.js';
import { SEVERITIES, isAtGate, type Severity } from '../model/verdict.js';

/** A host's status, as a word that stands after a number. */
export const STATUS_WORDS = {
  failing: 'failing',
  undecided: 'undecided',
  unchecked: 'unchecked',
  unreachable: 'not reached',
  lesser: 'with lesser findings',
  clean: 'clean',
} as const satisfies Record<HostStatus, string>;

type StatusCounts = Readonly<Record<HostStatus, number>>;

/** `high or above`: what counts at the gate; empty where nothing does. */
export function formatGate({ failOn }: Pick<Gate, 'failOn'>): string {
  if (failOn === 'never') return '';
  if (failOn === 'info') return 'any severity';
  return failOn === 'critical' ? 'critical' : `${failOn} or above`;
}

/** `8 failing (high or above), 1 not reached, 2 clean`; `none` where there is no host. */
export function formatStatuses(statuses: StatusCounts, gate: Pick<Gate, 'failOn'>): string {
  const of = (status: HostStatus): string => (status === 'failing' ? ` (${formatGate(gate)})` : '');
  return (
    HOST_STATUSES.filter((status) => statuses[status] > 0)
      .map((status) => `${statuses[status]} ${STATUS_WORDS[status]}${of(status)}`)
      .join(', ') || 'none'
  );
}

/** Hosts that comply with the gate: nothing fails or is undecided there. */
export function compliantHosts({ lesser, clean }: StatusCounts): number {
  return lesser + clean;
}

/** To a tenth, rounded down so that a hole never reads as 100; undefined where nobody asked. */
export function compliantPercent(
  hosts: number,
  statuses: StatusCounts,
  { failOn }: Pick<Gate, 'failOn'>,
): number | undefined {
  return hosts === 0 || failOn === 'never' ? undefined : Math.floor((compliantHosts(statuses) * 1000) / hosts) / 10;
}

/** Of hosts by their worst fail, those that fail a gate. */
export function hostsAtGate(byWorst: Readonly<Record<Severity, number>>, { failOn }: Pick<Gate, 'failOn'>): number {
  return SEVERITIES.filter((severity) => isAtGate(failOn, severity)).reduce((sum, each) => sum + byWorst[each], 0);
}
