import type { Host } from '../model/host.js';
import { createHostKeyPolicies } from '../transports/known-hosts-choice.js';
import { planTargets } from '../transports/plan-targets.js';
import { DISK_FILES, localUser } from '../transports/ssh-config/disk-files.js';
import { rootFiles } from '../transports/ssh-config/files.js';
import { parseSshConfig } from '../transports/ssh-config/parse.js';
import { createAskSsh } from '../transports/ssh-config/ssh-g.js';
import type { TargetOf } from '../transports/target.js';
import { CONNECT_TIMEOUT_MS, type ConnectOptions } from './options.js';
import { stopOnErrors } from './stop.js';

/** Reads ssh_config and works out where each host leads. Everything that is wrong is told before a host is contacted. */
export const targetsOf = async (hosts: readonly Host[], options: ConnectOptions): Promise<TargetOf> => {
  const local = localUser();
  const { value: config, diagnostics } = parseSshConfig(rootFiles(local.home, options.sshConfig), DISK_FILES, local);
  stopOnErrors(diagnostics);
  if (config === undefined) throw new Error('an ssh_config without a value has an error');
  const planned = await planTargets(hosts, {
    config,
    local,
    ask: createAskSsh({ local, ...(options.sshConfig === undefined ? {} : { configFile: options.sshConfig }) }),
    policies: createHostKeyPolicies(options.hostKeys),
    acceptsNew: options.hostKeys === 'accept-new',
    ...(options.user === undefined ? {} : { user: options.user }),
    identityFiles: options.identity ?? [],
    ...(options.connectTimeout === undefined ? {} : { connectTimeoutMs: options.connectTimeout }),
    defaultConnectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
  stopOnErrors(planned.diagnostics);
  if (planned.value === undefined) throw new Error('hosts without a plan have an error');
  return planned.value;
};
