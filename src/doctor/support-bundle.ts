import type { Host, HostId } from '../model/host.js';
import { memoize } from '../language/memoize.js';
import type { Check, ProblemCode } from './checks.js';
import type { Diagnosis, LocalFinding } from './diagnosis.js';
import type { CheckState, HostExamination } from './examine-host.js';

/** What the machine is that kernward runs on: versions and numbers, no names. */
export interface Surroundings {
  readonly node: string;
  readonly ssh: string;
  readonly platform: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly openFiles: number | 'not limited, or not known';
}

/**
 * Options that are numbers or words of kernward's own. What could be a name, a path or a pattern is only said to be
 * given.
 */
export interface ReportedOptions {
  readonly numbers: Readonly<Record<string, number>>;
  readonly given: readonly string[];
}

interface ReportedHost {
  readonly host: string;
  readonly address: string;
  readonly user: string;
  readonly groups: readonly string[];
  readonly jumps: number;
  readonly transport: string;
  readonly port: 'usual' | 'other';
  readonly tookMs: number;
  readonly attempts: number;
  readonly checks: Readonly<Record<Check, CheckState>>;
  readonly problems: readonly ProblemCode[];
}

export interface Bundle {
  readonly kernward: string;
  readonly surroundings: Surroundings;
  readonly options: ReportedOptions;
  readonly inventory: {
    readonly files: number;
    readonly hosts: number;
    readonly groups: number;
    readonly transports: Readonly<Record<string, number>>;
    readonly become: number;
  };
  readonly thisMachine: readonly Pick<LocalFinding, 'about' | 'state'>[];
  readonly summary: Omit<Diagnosis['summary'], 'problems'> & { readonly problems: Readonly<Record<string, number>> };
  readonly someHosts: readonly ReportedHost[];
}

/** A handful of each kind of problem, and of hosts without one. */
const OF_EACH_KIND = 3;

/** `group-1`, `group-2`: the same name has the same number wherever it stands. */
function pseudonyms(kind: string): (name: string) => string {
  let last = 0;
  return memoize((_name: string) => `${kind}-${++last}`);
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function codesOf({ problems }: HostExamination): readonly ProblemCode[] {
  return [...new Set(problems.map(({ code }) => code))];
}

function handful(hosts: readonly HostExamination[]): readonly HostExamination[] {
  const seen = new Map<string, number>();
  return hosts.filter((host) => {
    const kind = codesOf(host).join(' ');
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    return before < OF_EACH_KIND;
  });
}

/**
 * What can be given to somebody else: counts, codes, versions and limits. No sentence is in it, since sentences hold
 * names and what hosts say; names, addresses, users and groups are numbers, the same for the same name, hosts by their
 * place in the inventory.
 */
export function toBundle(
  diagnosis: Diagnosis,
  inventory: { readonly files: number; readonly hosts: readonly Host[]; readonly groups: number },
  surroundings: Surroundings,
  options: ReportedOptions,
): Bundle {
  const places = new Map<HostId, { readonly host: Host; readonly place: number }>(
    inventory.hosts.map((host, index) => [host.name, { host, place: index + 1 }]),
  );
  const [address, user, group] = [pseudonyms('address'), pseudonyms('user'), pseudonyms('group')];
  const { problems: _sentences, ...summary } = diagnosis.summary;
  const told = (seen: HostExamination): ReportedHost => {
    const found = places.get(seen.host);
    return {
      host: `host-${found?.place ?? 0}`,
      address: address(seen.address),
      user: found?.host.user === undefined ? 'not in the inventory' : user(found.host.user),
      groups: (found?.host.groups ?? []).map(group),
      jumps: seen.via?.length ?? 0,
      transport: seen.transport,
      port: seen.port === 22 ? 'usual' : 'other',
      tookMs: seen.tookMs,
      attempts: seen.attempts ?? 1,
      checks: seen.checks,
      problems: codesOf(seen),
    };
  };
  return {
    kernward: diagnosis.kernward,
    surroundings,
    options,
    inventory: {
      files: inventory.files,
      hosts: inventory.hosts.length,
      groups: inventory.groups,
      transports: countBy(inventory.hosts.map(({ transport }) => transport)),
      become: inventory.hosts.filter(({ become }) => become !== undefined).length,
    },
    thisMachine: diagnosis.local.map(({ about, state }) => ({ about, state })),
    summary: { ...summary, problems: countBy(diagnosis.hosts.flatMap(codesOf)) },
    someHosts: handful(diagnosis.hosts).map(told),
  };
}
