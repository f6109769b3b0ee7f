import { defined } from '../language/defined.js';
import type { Diagnostic, Loaded } from '../model/diagnostic.js';
import type { Host, TransportName } from '../model/host.js';
import type { ConnectTerms } from './connect-terms.js';
import { forksThatFit, openFilesLimit } from './fd-limit.js';
import type { Password } from './keys/password.js';
import type { Loan } from './loan/lend.js';
import { createLocalTransport } from './local.js';
import { createRecordedTransport } from './recorded.js';
import type { OverSsh } from './over-ssh.js';
import { surveyTargets } from './targets/survey-targets.js';
import type { TargetOf } from './targets/target.js';
import type { Transport } from './transport.js';
import { append } from '../text/append.js';

/** What the hosts behind a jump host share. */
export interface JumpHosts {
  /** The jump host that a host is reached over last, by an id of its own in this run; undefined: it needs none. */
  readonly of: (host: Host) => string | undefined;
  /** How many hosts the jump host of that id takes at the same time, as far as it has shown until now; at least 1. */
  readonly mostBehind: (id: string) => number | undefined;
}

const NO_JUMP_HOSTS: JumpHosts = { of: () => undefined, mostBehind: () => undefined };

/** The transports of a run, open until they are closed. */
export interface Transports {
  readonly byName: ReadonlyMap<TransportName, Transport>;
  /** How many hosts may be asked at the same time with what this machine carries. */
  readonly forks: number;
  readonly jumpHosts: JumpHosts;
  readonly close: () => Promise<void>;
  /** What other threads need to reach hosts over SSH; undefined: no host is reached so, or nothing can be lent. */
  readonly loan?: Loan;
}

/** For a run that asks nobody. */
export const NO_TRANSPORTS: Transports = {
  byName: new Map(),
  forks: 1,
  jumpHosts: NO_JUMP_HOSTS,
  close: async () => undefined,
};

/** What transports need of whoever opens them, beside the hosts and the terms. All of it may be left out. */
export interface TransportHelp {
  /** Where the hosts lead, where that was worked out before. */
  readonly targetOf?: TargetOf;
  /** For hosts that take no key, or want a password beside it. */
  readonly password?: Password;
  /** Gives the passphrase of a key file; undefined: the key is not used. Asked before any host is contacted. */
  readonly askPassphrase?: (file: string) => Promise<string | undefined>;
  /** Ends the questions; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told in a sentence why fewer hosts are asked at once than was wanted. */
  readonly warn?: (sentence: string) => void;
}

const OVER_SSH: ReadonlySet<TransportName> = new Set(['auto', 'ssh2', 'openssh']);
/** Whether a host is reached over SSH, by whichever transport. */
export function isOverSsh({ transport }: Host): boolean {
  return OVER_SSH.has(transport);
}

/** As many forks as were asked for, or as the limit of open files carries; the difference is reported once. */
function forksWithin(wanted: number, warn: (sentence: string) => void): number {
  const limit = openFilesLimit();
  const fit = forksThatFit(limit, wanted);
  if (fit < wanted)
    warn(`the limit of ${limit} open files carries ${fit} forks, not ${wanted}; raise it with ulimit -n`);
  return fit;
}

/** Where kernward takes the number: more are more sessions in memory than a processor has work for, at any round trip. */
const MOST_AUTO_FORKS = 1024;

/** Each ssh is a process of some 8 MB, and as many key exchanges at once as this keep any machine busy. */
const MOST_SSH_PROCESSES = 64;

function forksFor(wanted: number, usesOpenssh: boolean, warn: (sentence: string) => void): number {
  if (!usesOpenssh || wanted <= MOST_SSH_PROCESSES) return forksWithin(wanted, warn);
  warn(`some hosts are reached by the transport openssh, a process each: ${MOST_SSH_PROCESSES} forks, not ${wanted}`);
  return forksWithin(MOST_SSH_PROCESSES, warn);
}

/** Whom to reach, and how: a plan of a run is one. */
export interface HostsToReach {
  /** The hosts that will be asked, each after its place. */
  readonly asked: readonly (readonly [index: number, host: Host])[];
  readonly pacing: {
    /** How many of them are to be asked at the same time; `auto`: as many as there is room for. */
    readonly forks: number | 'auto';
  };
  readonly connect: ConnectTerms;
}

/**
 * Opens the transports that these hosts need, and no others: a fleet without hosts over SSH needs no keys. Reads ssh_config,
 * known_hosts and keys; contacts no host.
 *
 * @returns a value where nothing is wrong; otherwise every diagnostic of ssh_config, known_hosts and the system's ssh
 * @throws the reason of `help.signal`, where it aborts while a passphrase is asked for
 */
export async function createTransports(
  { asked, pacing, connect }: HostsToReach,
  help: TransportHelp = {},
): Promise<Loaded<Transports>> {
  const hosts = asked.map(([, host]) => host);
  const remote = hosts.filter(isOverSsh);
  const warnings: Diagnostic[] = [];
  let made: Omit<OverSsh, 'loan'> & Partial<OverSsh> = { transports: [], usesOpenssh: false, jumpHosts: NO_JUMP_HOSTS };
  if (remote.length > 0) {
    let { targetOf } = help;
    if (targetOf === undefined) {
      const { ofConfig, planned } = await surveyTargets(remote, connect);
      append(warnings, [...ofConfig, ...(planned?.diagnostics ?? [])]);
      targetOf = planned?.value;
    }
    if (targetOf === undefined) return { value: undefined, diagnostics: warnings };
    // Loaded where there is somebody to reach by it: ssh2 takes longer than a recorded host.
    const { overSsh } = await import('./over-ssh.js');
    const opened = await overSsh(remote, connect.authTimeoutMs, targetOf, help);
    if (!('transports' in opened)) return { value: undefined, diagnostics: [...warnings, opened] };
    made = opened;
  }
  const byName = new Map<TransportName, Transport>(
    [...made.transports, createLocalTransport(), createRecordedTransport()].map((each) => [each.name, each]),
  );
  const isAuto = pacing.forks === 'auto';
  const wanted = Math.min(pacing.forks === 'auto' ? MOST_AUTO_FORKS : pacing.forks, Math.max(1, hosts.length));
  const { warn } = help;
  return {
    value: {
      byName,
      // Who leaves the number to kernward has not asked for more than there is.
      forks: forksFor(wanted, made.usesOpenssh, isAuto || warn === undefined ? () => undefined : warn),
      jumpHosts: made.jumpHosts,
      close: async () => {
        for (const transport of byName.values()) await transport.close();
      },
      ...defined({ loan: made.loan }),
    },
    diagnostics: warnings,
  };
}
