import type { Diagnostic } from '../../model/diagnostic.js';
import type { Host, HostId } from '../../model/host.js';
import type { LocalFinding } from '../../doctor/diagnosis.js';
import type { Problem } from '../../doctor/examine-host.js';
import { signOf } from '../../doctor/checks.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import type { TargetOf } from '../../transports/targets/target.js';
import type { ConnectOptions } from '../options/common.js';
import { type Surveyed, surveyTargets } from './plan-targets.js';
import { isOverSsh } from './open-transports.js';

type Mistake = Pick<Problem, 'detail' | 'fix'>;

export interface SshConfigSeen {
  readonly findings: readonly LocalFinding[];
  /** The hosts that ssh_config leads nowhere. */
  readonly misled: ReadonlyMap<HostId, readonly Mistake[]>;
  /** Where the others lead; undefined: none is reached over SSH. */
  readonly targetOf?: TargetOf;
}

const MOST_WORDS = 400;
/** Mistakes of a file that are told one by one. */
const MOST_FINDINGS = 20;

function told({ at, message }: Diagnostic): string {
  return clean(at === undefined ? message : `${at.file}:${at.line}: ${message}`, MOST_WORDS);
}

function mistakeOf(diagnostic: Diagnostic): Mistake {
  return {
    detail: told(diagnostic),
    fix: diagnostic.help ?? signOf('ssh-config').fix,
  };
}

function findingOf(diagnostic: Diagnostic): LocalFinding {
  return {
    about: 'ssh_config',
    state: diagnostic.severity,
    ...mistakeOf(diagnostic),
  };
}

/** A file that cannot be read as a whole leads no host anywhere: ssh would connect to none. */
function unread(hosts: readonly Host[], diagnostics: readonly Diagnostic[]): SshConfigSeen {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const shown = diagnostics.slice(0, MOST_FINDINGS).map(findingOf);
  const left = diagnostics.length - shown.length;
  const rest: readonly LocalFinding[] =
    left === 0
      ? []
      : [{ about: 'ssh_config', state: 'error', detail: count(left, 'more mistake'), fix: signOf('ssh-config').fix }];
  const mistake: Mistake = {
    detail: `ssh_config has ${count(errors.length, 'mistake')}, so that no host can be reached by it`,
    fix: 'Correct what stands above under ssh_config.',
  };
  return { findings: [...shown, ...rest], misled: new Map(hosts.map(({ name }) => [name, [mistake]])) };
}

function seenOf(hosts: readonly Host[], surveyed: Surveyed): SshConfigSeen {
  if (!surveyed.isRead) return unread(hosts, surveyed.diagnostics);
  const { diagnostics, mistakes, targetOf } = surveyed;
  const findings = diagnostics.filter(({ severity }) => severity === 'warning').map(findingOf);
  return { findings, misled: new Map([...mistakes].map(([name, wrong]) => [name, wrong.map(mistakeOf)])), targetOf };
}

/** What ssh_config says of the hosts, with its mistakes as findings: a scan would stop at them. */
export async function lookAtSshConfig(hosts: readonly Host[], options: ConnectOptions): Promise<SshConfigSeen> {
  const remote = hosts.filter(isOverSsh);
  return remote.length === 0
    ? { findings: [], misled: new Map() }
    : seenOf(remote, await surveyTargets(remote, options));
}
