import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { hostsOfShard } from '../../plan/hosts-of-shard.js';
import { shardFile } from '../../plan/shard-file.js';
import { defined } from '../../language/defined.js';
import type { ShardOfRun } from '../../run/scan-plan.js';
import { toTimestamp } from '../../run/moments.js';
import { join } from 'node:path';
import { readPlanFolder, readShard } from '../input/plan-folder.js';
import type { HostOptions } from '../options/hosts.js';
import type { ShardOptions } from '../options/shard.js';
import { shardOfJob } from '../options/shard-index.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { loadHosts, type Targets } from './load-targets.js';

/** The hosts of one shard of a plan, and which part of which run they are. */
export interface PlannedShard {
  readonly targets: Targets;
  readonly shard: ShardOfRun;
  readonly limit: string | undefined;
}

function chosen({ shard }: ShardOptions, folder: string, shards: number): number {
  if (shard?.shards !== undefined && shard.shards !== shards)
    usage(`${folder} has ${shards} shards, and not ${shard.shards}: --shard K is enough beside --plan`);
  const wanted =
    shard?.shard ??
    shardOfJob(process.env) ??
    usage(`${folder} has ${shards} shards: say which one with --shard K, from 1 to ${shards}`);
  return wanted <= shards ? wanted : usage(`${folder} has ${shards} shards, and none of number ${wanted}`);
}

/**
 * Reads one shard of a plan. An inventory beside it says how its hosts are reached, and chooses nobody.
 *
 * @throws Stop with every diagnostic, or with a sentence where the options cannot stand together or the time is over
 */
export async function takePlannedShard(
  options: HostOptions & ShardOptions & { readonly plan: string },
  profiles: readonly string[],
  startedAt: Date,
): Promise<PlannedShard> {
  const { plan: folder, planKey, limit, local, hosts: named } = options;
  if (limit !== undefined || local === true || named !== undefined)
    usage('--plan says who is asked: -l, -w and --local choose before it is made, and not after');
  const own = options.inventory === undefined ? undefined : await loadHosts(options, profiles);
  const found = readPlanFolder(folder, defined({ planKey }));
  stopOnErrors(found.diagnostics);
  if (found.value === undefined) throw new Stop(EXIT.usage);
  const { plan, digest } = found.value;
  if (plan.notAfter !== undefined && toTimestamp(startedAt) > plan.notAfter)
    usage(`${folder} was to be collected until ${plan.notAfter}, and that is over: make another plan`);
  const summary = plan.shards[chosen(options, folder, plan.shards.length) - 1] ?? usage(`${folder} has no such shard`);
  const read = readShard(found.value, summary);
  stopOnErrors(read.diagnostics);
  if (read.value === undefined) throw new Stop(EXIT.usage);
  const hosts = hostsOfShard(
    read.value,
    join(folder, shardFile(summary.shard)),
    new Map(own?.hosts.map((host) => [host.name, host])),
  );
  return {
    targets: {
      inventory: {
        ...inventoryOfHosts(hosts),
        files: plan.inventory,
        groupForks: new Map(Object.entries(read.value.groupForks)),
      },
      hosts,
    },
    limit: plan.limit,
    shard: {
      plan: digest,
      runId: plan.runId,
      shard: summary.shard,
      shards: plan.shards.length,
      fleet: plan.hosts,
      places: read.value.hosts.map(({ place }) => place),
    },
  };
}
