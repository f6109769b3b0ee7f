import { type Check, perCheck } from './checks.js';
import type { CheckState, HostExamination, Problem } from './examine-host.js';

/** Something about the machine that kernward runs on. */
export interface LocalFinding {
  readonly about: string;
  readonly state: 'ok' | 'warning' | 'error';
  readonly detail: string;
  readonly fix?: string;
}

/** All hosts with the same problem. */
export interface ProblemGroup extends Problem {
  /** What was found on the first of them. */
  readonly detail: string;
  readonly hosts: readonly string[];
}

export interface Diagnosis {
  readonly kernward: string;
  /** Version of this shape (schemas/doctor.schema.json). */
  readonly schema: 1;
  readonly local: readonly LocalFinding[];
  readonly hosts: readonly HostExamination[];
  readonly summary: {
    readonly hosts: number;
    /** Hosts that a scan would read. */
    readonly ready: number;
    readonly checks: Readonly<Record<Check, Readonly<Record<CheckState, number>>>>;
    readonly problems: readonly ProblemGroup[];
    readonly exitCode: number;
  };
}

function isReady({ problems }: HostExamination): boolean {
  return problems.every(({ severity }) => severity !== 'error');
}

function weight({ severity }: Problem): number {
  return severity === 'error' ? 0 : 1;
}

/** Mistakes of ssh_config are as many as there are sentences; of every other code the first sentence speaks for all. */
function kindOf({ code, detail }: Problem): string {
  return code === 'ssh-config' ? `${code} ${detail}` : code;
}

/** Equal problems together, errors first, then those of the most hosts. */
function groupProblems(hosts: readonly HostExamination[]): readonly ProblemGroup[] {
  const groups = new Map<string, Problem & { readonly hosts: string[] }>();
  for (const { host, problems } of hosts)
    for (const one of problems) {
      const group = groups.get(kindOf(one)) ?? { ...one, hosts: [] };
      groups.set(kindOf(one), group);
      group.hosts.push(host);
    }
  return [...groups.values()].toSorted(
    (a, b) => weight(a) - weight(b) || b.hosts.length - a.hosts.length || (kindOf(a) < kindOf(b) ? -1 : 1),
  );
}

function countStates(hosts: readonly HostExamination[]): Diagnosis['summary']['checks'] {
  return perCheck((check) => {
    const of = (state: CheckState): number => hosts.filter(({ checks }) => checks[check] === state).length;
    return { ok: of('ok'), warning: of('warning'), failed: of('failed'), 'not-tried': of('not-tried') };
  });
}

/**
 * 4 where kernward itself failed, 3 where a scan would not read every host, 0 otherwise: warnings keep nobody from
 * being read.
 */
function exitCodeOf(hosts: readonly HostExamination[]): number {
  if (hosts.some(({ problems }) => problems.some(({ code }) => code === 'internal'))) return 4;
  return hosts.every(isReady) ? 0 : 3;
}

export function diagnose(
  kernward: string,
  local: readonly LocalFinding[],
  hosts: readonly HostExamination[],
): Diagnosis {
  return {
    kernward,
    schema: 1,
    local,
    hosts,
    summary: {
      hosts: hosts.length,
      ready: hosts.filter(isReady).length,
      checks: countStates(hosts),
      problems: groupProblems(hosts),
      exitCode: exitCodeOf(hosts),
    },
  };
}
