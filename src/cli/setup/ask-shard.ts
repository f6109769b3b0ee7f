import type { AdmittedTask } from '../../exchange/worker/admit-task.js';
import type { WorkerSettings } from '../../exchange/worker/load-settings.js';
import type { CollectedShard } from '../../exchange/worker/run-worker.js';
import { defined } from '../../language/defined.js';
import { hasErrors, type Diagnostic } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { hostsOfShard } from '../../plan/hosts-of-shard.js';
import { pack } from '../../run/collected/packed.js';
import { DEFAULTS } from '../../run/defaults.js';
import { toDay, toTimestamp } from '../../run/moments.js';
import { askAll } from '../../run/plan-scan.js';
import type { RuleSet } from '../../run/rule-set.js';
import { collectFleet } from '../../run/scan-fleet.js';
import type { AskTerms, CollectPlan } from '../../run/scan-plan.js';
import { retryTerms } from '../../run/schedule/retry.js';
import { clean } from '../../text/clean.js';
import type { ConnectTerms } from '../../transports/connect-terms.js';
import { createTransports, isOverSsh } from '../../transports/create-transports.js';
import { surveyTargets } from '../../transports/targets/survey-targets.js';
import type { TargetOf } from '../../transports/targets/target.js';
import { withinNetworks } from '../../transports/targets/within-networks.js';
import { warn } from './open-world.js';

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

function toConnect(settings: WorkerSettings): ConnectTerms {
  const { user, identity = [], knownHosts, hostKeys, sshConfig, connectTimeout, authTimeout, noExec } = settings;
  return {
    ...DEFAULTS.connect,
    user,
    identityFiles: identity,
    hostKeys: knownHosts === undefined ? (hostKeys ?? DEFAULTS.connect.hostKeys) : `file:${knownHosts}`,
    sshConfig: sshConfig ?? process.env['KERNWARD_SSH_CONFIG'],
    connectTimeoutMs: milliseconds(connectTimeout),
    ...defined({ authTimeoutMs: milliseconds(authTimeout) }),
    isExecRefused: noExec === true,
  };
}

function toTerms({ probeTimeout, packagesTimeout, hostTimeout, retries }: WorkerSettings): AskTerms {
  const { deadlines } = DEFAULTS.terms;
  return {
    ...DEFAULTS.terms,
    deadlines: {
      probeMs: milliseconds(probeTimeout) ?? deadlines.probeMs,
      packagesMs: milliseconds(packagesTimeout) ?? deadlines.packagesMs,
      hostMs: milliseconds(hostTimeout) ?? deadlines.hostMs,
    },
    ...(retries === undefined ? {} : { retry: retryTerms(retries) }),
  };
}

function firstError(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return clean(`${errors[0]?.message ?? 'hosts cannot be reached as it is written here'}${more}`, 500);
}

/** What a worker was told at its start, and what it has of rules. */
export interface AskerParts {
  readonly settings: WorkerSettings;
  /** What the inventory here says of hosts, by name. */
  readonly own: ReadonlyMap<string, Host>;
  readonly rules: Pick<RuleSet, 'fixes' | 'declared'>;
}

function toPlan({ ticket, shard }: AdmittedTask, hosts: readonly Host[], parts: AskerParts): CollectPlan {
  const { settings, rules } = parts;
  const startedAt = new Date();
  return {
    ...askAll(hosts),
    pacing: {
      ...DEFAULTS.pacing,
      forks: settings.forks ?? DEFAULTS.pacing.forks,
      groupForks: new Map(Object.entries(shard.groupForks)),
      deadlineMs: milliseconds(settings.deadline),
    },
    terms: toTerms(settings),
    connect: toConnect(settings),
    today: toDay(undefined, startedAt),
    fixes: rules.fixes,
    factsRead: undefined,
    declared: rules.declared,
    startedAt: toTimestamp(startedAt),
    startedMs: startedAt.getTime(),
    inventory: ticket.inventory,
    limit: ticket.limit,
    shard: {
      plan: ticket.plan,
      runId: ticket.runId,
      shard: ticket.shard,
      shards: ticket.shards,
      fleet: ticket.fleet,
      places: shard.hosts.map(({ place }) => place),
    },
  };
}

/** Where hosts lead by the ssh_config here. @returns a sentence where that cannot be said, or one of them leads elsewhere */
async function targetsOf(
  hosts: readonly Host[],
  connect: ConnectTerms,
  networks: WorkerSettings['networks'],
): Promise<TargetOf | string | undefined> {
  const remote = hosts.filter(isOverSsh);
  if (remote.length === 0) return undefined;
  const { ofConfig, planned } = await surveyTargets(remote, connect);
  const diagnostics = [...ofConfig, ...(planned?.diagnostics ?? [])];
  if (planned?.value === undefined || hasErrors(diagnostics)) return firstError(diagnostics);
  if (networks === undefined) return planned.targetOf;
  const within = await withinNetworks(remote, planned.targetOf, networks);
  if (within.ok) return within.targetOf;
  const more = within.outside.length > 3 ? ` and ${within.outside.length - 3} more` : '';
  return `${within.outside.slice(0, 3).join('; ')}${more}`;
}

/**
 * Asks the hosts of a task in the way that stands here: whom the task names, and nothing of how.
 *
 * @returns a sentence where nobody was asked, and why
 */
export function createShardAsker(
  parts: AskerParts,
): (task: AdmittedTask, signal: AbortSignal) => Promise<CollectedShard | string> {
  const { settings, own } = parts;
  return async (task, signal) => {
    const named = hostsOfShard(task.shard, `shard ${task.ticket.shard} of run ${task.ticket.runId}`, own);
    const hosts = named.map((host) =>
      own.has(host.name) || settings.transport === undefined ? host : { ...host, transport: settings.transport },
    );
    const local = hosts.find(({ transport }) => transport === 'local');
    if (local !== undefined) return `${local.name} would be this machine itself, which is in no plan`;
    const plan = toPlan(task, hosts, parts);
    const targetOf = await targetsOf(hosts, plan.connect, settings.networks);
    if (typeof targetOf === 'string') return targetOf;
    const { value: transports, diagnostics } = await createTransports(plan, { ...defined({ targetOf }), warn, signal });
    if (transports === undefined) return firstError(diagnostics);
    try {
      let bytes: Uint8Array = new Uint8Array();
      const { answered } = await collectFleet(plan, { transports, signal, warn }, async (lines) => {
        bytes = await pack(lines);
      });
      return { bytes, hosts: hosts.length, answered };
    } finally {
      await transports.close();
    }
  };
}
