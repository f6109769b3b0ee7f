import { defined } from '../../language/defined.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { CONNECT_TIMEOUT_MS, type ConnectTerms } from '../connect-terms.js';
import { createHostKeyPolicies } from '../host-keys/policies-by-files.js';
import { DISK_FILES, localUser } from '../ssh-config/disk-files.js';
import { rootFiles } from '../ssh-config/files.js';
import { parseSshConfig } from '../ssh-config/parse/parse.js';
import { createAskSsh } from '../ssh-config/ssh-g/ssh-g.js';
import { programsOnTheWay, withoutMatchExec } from './no-exec.js';
import { type Planned, planTargets } from './plan-targets.js';

/** What ssh_config says of hosts. */
export interface Surveyed {
  /** What is wrong with the file itself. */
  readonly ofConfig: readonly Diagnostic[];
  /** Where the hosts lead; undefined: the file cannot be read, so that ssh itself would connect to none. */
  readonly planned: Planned | undefined;
}

/** Reads ssh_config and works out where each host leads. No host is contacted. */
export async function surveyTargets(hosts: readonly Host[], terms: ConnectTerms): Promise<Surveyed> {
  const { user, identityFiles, hostKeys, sshConfig, connectTimeoutMs, isExecRefused } = terms;
  const local = localUser();
  const { value: config, diagnostics } = parseSshConfig(rootFiles(local.home, sshConfig), DISK_FILES, local);
  if (config === undefined) return { ofConfig: diagnostics, planned: undefined };
  const ask = createAskSsh({ local, ...defined({ configFile: sshConfig }) });
  const planned = await planTargets(hosts, {
    config,
    local,
    ask: isExecRefused ? withoutMatchExec(config, ask) : ask,
    policies: createHostKeyPolicies(hostKeys),
    acceptsNew: hostKeys === 'accept-new',
    ...defined({ user }),
    identityFiles,
    ...defined({ connectTimeoutMs }),
    defaultConnectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
  const refused = isExecRefused
    ? programsOnTheWay(
        hosts.filter(({ name }) => !planned.mistakes.has(name)),
        planned.targetOf,
      )
    : [];
  if (refused.length === 0) return { ofConfig: diagnostics, planned };
  return {
    ofConfig: diagnostics,
    planned: { ...planned, value: undefined, diagnostics: [...planned.diagnostics, ...refused] },
  };
}
