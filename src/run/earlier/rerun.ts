import { defined } from '../../language/defined.js';
import type { FactDescription } from '../../model/fact.js';
import { TRANSPORT_NAMES, type Host, type HostId } from '../../model/host.js';
import type { HostOutcome, Connection } from '../../model/outcome.js';
import type { FactId } from '../../model/reading.js';
import type { FactDefinition } from '../../facts/definition.js';
import type { HostReport, ReportHeader, Rerun, RerunChoice } from '../../model/report.js';
import { withDeclared } from '../collected/saved-readings.js';
import type { RunHosts, Placed } from '../scan-plan.js';

function isOpen(host: HostReport, wanted: readonly string[]): boolean {
  return host.verdicts.some(({ result, waiver }) => waiver === undefined && wanted.includes(result));
}

/** Which hosts of a saved report each word means. A host that was not reached has errors, and is `unreachable` alone. */
const IS_MEANT: Readonly<Record<RerunChoice, (host: HostReport) => boolean>> = {
  unreachable: (host) => host.failure !== undefined,
  failed: (host) => host.failure === undefined && isOpen(host, ['fail']),
  unknown: (host) => host.failure === undefined && isOpen(host, ['unknown', 'error']),
};

/** What becomes of each host of a saved report. */
export interface RerunPlan extends RunHosts {
  /** All of them, in the order of the saved report: as the inventory has them now, or as they were where it has them no more. */
  readonly hosts: readonly Host[];
  readonly carried: ReadonlyMap<number, HostOutcome>;
  /** Hosts that the inventory has no more. They are carried, whatever they are. */
  readonly gone: readonly HostId[];
  /** Hosts of the inventory that the saved report does not have, of those that it was to have. Nobody asks them. */
  readonly added: readonly HostId[];
}

/** A saved report, as far as it is carried. */
export interface SavedRun extends Pick<ReportHeader, 'runId' | 'declaredFacts'> {
  readonly file: string;
  readonly hosts: Iterable<HostReport>;
}

export interface RerunTargets {
  /** The whole inventory. */
  readonly inventory: readonly Host[];
  /** Those of it that the saved report was to have: the hosts of its own limit, where it has one; default: all. */
  readonly expected?: readonly Host[];
  /** The hosts that may be asked: those of `-l`. */
  readonly selected: ReadonlySet<HostId>;
  /** The facts that a probe reads: what was derived of them is derived anew. */
  readonly raw: ReadonlySet<FactId>;
  /** What the policies of this run declare. */
  readonly declared: readonly FactDefinition[];
}

function reportedConnection({ address, port, transport, transportReason, via }: HostReport): {
  readonly reach?: Connection;
} {
  const known = TRANSPORT_NAMES.find((name) => name === transport);
  if (known === undefined || known === 'auto') return {};
  return {
    reach: {
      address,
      port,
      transport: known,
      ...defined({ transportReason, via }),
    },
  };
}

/** What a host of a saved report said, as if it had just said it; `runId` is the run that asked it. */
function outcomeOf(
  host: HostReport,
  { runId, declaredFacts = [] }: SavedRun,
  { raw, declared }: RerunTargets,
): HostOutcome {
  const asked = {
    host: host.host,
    tookMs: host.tookMs,
    fromRun: host.fromRun ?? runId,
    ...defined({ attempts: host.attempts }),
    ...reportedConnection(host),
  };
  // A host that kernward failed to judge has a failure and readings: they can be judged anew.
  if (host.failure !== undefined && host.readings.size === 0)
    return { ...asked, reached: false, failure: host.failure };
  const collector = host.collector === undefined ? {} : { collector: host.collector };
  const readings = withDeclared(
    new Map([...host.readings].filter(([id]) => raw.has(id))),
    declared,
    new Map(declaredFacts.map(({ id, edition }) => [id, edition])),
  );
  return { ...asked, reached: true, readings, ...collector };
}

function asItWas({ host, address, port, groups, labels, profile, definedAt }: HostReport, file: string): Host {
  return {
    name: host,
    address,
    port,
    identityFiles: [],
    profile,
    groups,
    labels,
    transport: 'auto',
    at: { file: definedAt?.file ?? file, line: definedAt?.line ?? 1, column: 1 },
  };
}

/** Sorts the hosts of a saved report into those that are asked again and those that are carried. */
export function planRerun(saved: SavedRun, which: readonly RerunChoice[], targets: RerunTargets): RerunPlan {
  const { inventory, selected } = targets;
  const now = new Map(inventory.map((host) => [host.name, host]));
  const hosts: Host[] = [];
  const asked: Placed[] = [];
  const carried = new Map<number, HostOutcome>();
  const gone: HostId[] = [];
  for (const old of saved.hosts) {
    const host = now.get(old.host);
    const index = hosts.push(host ?? asItWas(old, saved.file)) - 1;
    if (host === undefined) gone.push(old.host);
    if (host !== undefined && selected.has(old.host) && which.some((choice) => IS_MEANT[choice](old)))
      asked.push([index, host]);
    else carried.set(index, outcomeOf(old, saved, targets));
  }
  const inReport = new Set(hosts.map(({ name }) => name));
  const added = (targets.expected ?? inventory).flatMap(({ name }) => (inReport.has(name) ? [] : [name]));
  return { hosts, asked, carried, gone, added };
}

/** What a merged report says of the reports that it was made of. */
export function toRerun(
  header: { readonly runId: string; readonly startedAt: string; readonly rerun?: Rerun },
  which: readonly RerunChoice[],
  plan: Pick<RerunPlan, 'asked' | 'gone' | 'added'>,
  { limit, maxApartHours }: Pick<Rerun, 'limit' | 'maxApartHours'> = {},
): Rerun {
  return {
    which,
    asked: plan.asked.length,
    gone: plan.gone,
    ...(plan.added.length === 0 ? {} : { added: plan.added }),
    ...defined({ limit, maxApartHours }),
    runs: [...(header.rerun?.runs ?? []), { runId: header.runId, startedAt: header.startedAt }],
  };
}

/** The facts that a probe, or the run, reads. */
export function rawFacts(
  facts: readonly FactDescription[],
  derived: readonly { readonly id: FactId }[],
): ReadonlySet<FactId> {
  const computed = new Set(derived.map(({ id }) => id));
  return new Set(facts.flatMap(({ id }) => (computed.has(id) ? [] : [id])));
}
