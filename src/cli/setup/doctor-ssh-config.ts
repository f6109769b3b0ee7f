import type { Diagnostic } from '../../model/diagnostic.js';
import type { Host, HostId } from '../../model/host.js';
import type { LocalFinding } from '../../doctor/diagnosis.js';
import type { Problem } from '../../doctor/examine-host.js';
import { getSign } from '../../doctor/checks.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import type { ConnectTerms } from '../../transports/connect-terms.js';
import { isOverSsh } from '../../transports/create-transports.js';
import { type Surveyed, surveyTargets } from '../../transports/targets/survey-targets.js';
import type { TargetOf } from '../../transports/targets/target.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

type ConfigProblem = Pick<Problem, 'detail' | 'fix'>;

export interface SshConfigSeen {
  readonly findings: readonly LocalFinding[];
  /** The hosts that ssh_config leads nowhere. */
  readonly unresolvable: ReadonlyMap<HostId, readonly ConfigProblem[]>;
  /** Where the others lead; undefined: none is reached over SSH. */
  readonly targetOf?: TargetOf;
}

const MOST_WORDS = 400;
/** How many errors of a file are printed one by one. */
const MOST_FINDINGS = 20;

function reported({ at, message }: Diagnostic): string {
  return clean(at === undefined ? message : `${at.file}:${at.line}: ${message}`, MOST_WORDS);
}

function toProblem(diagnostic: Diagnostic): ConfigProblem {
  return {
    detail: reported(diagnostic),
    fix: diagnostic.help ?? getSign('ssh-config').fix,
  };
}

function findingOf(diagnostic: Diagnostic): LocalFinding {
  return {
    about: 'ssh_config',
    state: diagnostic.severity,
    ...toProblem(diagnostic),
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
      : [{ about: 'ssh_config', state: 'error', detail: count(left, 'more mistake'), fix: getSign('ssh-config').fix }];
  const problem: ConfigProblem = {
    detail: `ssh_config has ${count(errors.length, 'mistake')}, so that no host can be reached by it`,
    fix: 'Correct what stands above under ssh_config.',
  };
  return { findings: [...shown, ...rest], unresolvable: new Map(hosts.map(({ name }) => [name, [problem]])) };
}

function isOfSshConfig({ code }: Diagnostic): boolean {
  return code.startsWith('ssh-config/');
}

function seenOf(hosts: readonly Host[], { ofConfig, planned }: Surveyed): SshConfigSeen {
  if (planned === undefined) return unread(hosts, ofConfig);
  const diagnostics = [...ofConfig, ...planned.diagnostics];
  const findings = diagnostics.filter(({ severity }) => severity === 'warning').map(findingOf);
  return {
    findings,
    unresolvable: new Map([...planned.mistakes].map(([name, wrong]) => [name, wrong.map(toProblem)])),
    targetOf: planned.targetOf,
  };
}

/**
 * What ssh_config says of the hosts, with its errors as findings: a scan would stop at them. Others (a known_hosts that
 * cannot be read) stop doctor too.
 */
export async function examineSshConfig(hosts: readonly Host[], terms: ConnectTerms): Promise<SshConfigSeen> {
  const remote = hosts.filter(isOverSsh);
  if (remote.length === 0) return { findings: [], unresolvable: new Map() };
  const surveyed = await surveyTargets(remote, terms);
  const others = (surveyed.planned?.diagnostics ?? []).filter((diagnostic) => !isOfSshConfig(diagnostic));
  stopOnErrors(others.filter(({ severity }) => severity === 'error'));
  return seenOf(remote, surveyed);
}
