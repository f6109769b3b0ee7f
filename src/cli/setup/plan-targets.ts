import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { createHostKeyPolicies } from '../../transports/host-keys/policies-by-files.js';
import { type Planned, planTargets } from '../../transports/targets/plan-targets.js';
import type { SshConfig } from '../../transports/ssh-config/parse/directive.js';
import { DISK_FILES, localUser } from '../../transports/ssh-config/disk-files.js';
import type { LocalUser } from '../../transports/ssh-config/expand.js';
import { rootFiles } from '../../transports/ssh-config/files.js';
import { parseSshConfig } from '../../transports/ssh-config/parse/parse.js';
import { createAskSsh } from '../../transports/ssh-config/ssh-g/ssh-g.js';
import type { TargetOf } from '../../transports/targets/target.js';
import { CONNECT_TIMEOUT_MS, type ConnectOptions } from '../options/common.js';
import { stopOnErrors } from '../terminal/exit.js';
import { programsOnTheWay, withoutMatchExec } from './no-exec.js';

function readConfig(options: ConnectOptions, local: LocalUser): Loaded<SshConfig> {
  return parseSshConfig(rootFiles(local.home, options.sshConfig), DISK_FILES, local);
}

function planWith(
  hosts: readonly Host[],
  options: ConnectOptions,
  config: SshConfig,
  local: LocalUser,
): Promise<Planned> {
  const ask = createAskSsh({ local, ...(options.sshConfig === undefined ? {} : { configFile: options.sshConfig }) });
  return planTargets(hosts, {
    config,
    local,
    ask: options.exec === false ? withoutMatchExec(config, ask) : ask,
    policies: createHostKeyPolicies(options.hostKeys),
    acceptsNew: options.hostKeys === 'accept-new',
    ...(options.user === undefined ? {} : { user: options.user }),
    identityFiles: options.identity ?? [],
    ...(options.connectTimeout === undefined ? {} : { connectTimeoutMs: options.connectTimeout }),
    defaultConnectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
}

/** Reads ssh_config and works out where each host leads. Everything that is wrong is told before a host is contacted. */
export async function getTargets(hosts: readonly Host[], options: ConnectOptions): Promise<TargetOf> {
  const local = localUser();
  const { value: config, diagnostics } = readConfig(options, local);
  stopOnErrors(diagnostics);
  if (config === undefined) throw new Error('an ssh_config without a value has an error');
  const planned = await planWith(hosts, options, config, local);
  stopOnErrors(planned.diagnostics);
  if (planned.value === undefined) throw new Error('hosts without a plan have an error');
  if (options.exec === false) stopOnErrors(programsOnTheWay(hosts, planned.value));
  return planned.value;
}

/** What is wrong with ssh_config, without an end to the run. */
export type Surveyed =
  /** No host over SSH can be reached: ssh itself would connect to none. */
  | { readonly isRead: false; readonly diagnostics: readonly Diagnostic[] }
  | (Omit<Planned, 'value'> & { readonly isRead: true });

function isOfSshConfig({ code }: Diagnostic): boolean {
  return code.startsWith('ssh-config/');
}

/** As `targetsOf`, for one who tells mistakes of ssh_config as findings. Others (a known_hosts that cannot be read) stop it. */
export async function surveyTargets(hosts: readonly Host[], options: ConnectOptions): Promise<Surveyed> {
  const local = localUser();
  const { value: config, diagnostics } = readConfig(options, local);
  if (config === undefined) return { isRead: false, diagnostics };
  const planned = await planWith(hosts, options, config, local);
  stopOnErrors(
    planned.diagnostics.filter((diagnostic) => diagnostic.severity === 'error' && !isOfSshConfig(diagnostic)),
  );
  if (options.exec === false && planned.value !== undefined) {
    const reached = hosts.filter(({ name }) => !planned.mistakes.has(name));
    stopOnErrors(programsOnTheWay(reached, planned.value));
  }
  return { isRead: true, ...planned, diagnostics: [...diagnostics, ...planned.diagnostics] };
}
