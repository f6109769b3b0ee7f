import { join } from 'node:path';
import type { CollectPlan } from '../../run/scan-plan.js';
import { interruptedBy } from '../../run/run-end.js';
import { collectFleet } from '../../run/scan-fleet.js';
import { writeToStream } from '../../run/write-outputs.js';
import { writeReadings } from '../output/write-readings.js';
import type { RuleOptions } from '../options/rules.js';
import type { ShardOptions } from '../options/shard.js';
import { openWorld, warn } from '../setup/open-world.js';
import { takeShard } from '../setup/take-shard.js';
import type { RerunOptions } from '../options/rerun.js';
import { type AskOptions, refuseOverwriting, resolveCollection } from '../setup/resolve-plan.js';
import { clockNow } from '../setup/trusted-clock.js';
import { whyNotWritable } from '../terminal/check-writable.js';
import { setEngineFlags } from '../terminal/engine-flags.js';
import { EXIT, signalCode, usage } from '../terminal/exit.js';

export interface CollectCommandOptions extends AskOptions, RerunOptions, ShardOptions, RuleOptions {
  readonly output?: string;
  readonly outputMode?: number;
}

async function resolve(options: CollectCommandOptions): Promise<CollectPlan> {
  const { shard } = options;
  if ((shard ?? options.plan) !== undefined && options.rerun !== undefined)
    usage('--rerun asks again what the file of a shard has: --shard is known from there, leave it out');
  if (options.plan === undefined && options.planKey !== undefined)
    usage('--plan-key is for the plan that --plan names, and there is none');
  if (options.plan !== undefined && (options.serial ?? []).length > 0)
    usage('--serial counts hosts of the whole fleet, and --plan has a part of it asked: leave one of them out');
  const plan = await resolveCollection(options, clockNow({ mayBeGiven: false }));
  if (shard === undefined || options.plan !== undefined) return plan;
  if (shard.shards === undefined) usage(`--shard ${shard.shard} of how many? --shard ${shard.shard}/N`);
  return takeShard(plan, shard.shard, shard.shards);
}

/** Equal processes are given one word for where they write, and must not write over each other. */
function inFolder(folder: string, { shard }: CollectPlan): string {
  if (shard === undefined) return usage(`${folder} is a folder, which is for the shards of a fleet: name a file in it`);
  return join(folder, `${String(shard.shard).padStart(4, '0')}.jsonl`);
}

function checkWritable(file: string | undefined): void {
  const error = file === undefined ? undefined : whyNotWritable(file);
  if (error !== undefined) usage(`readings cannot be written to ${file}: ${error}`);
}

/** Asks like `scan` and judges nothing: one JSON line of readings a host, for `eval`. */
export async function collect(options: CollectCommandOptions): Promise<number> {
  const isFolder = options.output?.endsWith('/') === true;
  if (!isFolder) checkWritable(options.output);
  const plan = await resolve(options);
  setEngineFlags({ hosts: plan.hosts.length });
  const output = isFolder ? inFolder(options.output ?? '', plan) : options.output;
  if (isFolder) checkWritable(output);
  if (output !== undefined) refuseOverwriting([output], { files: plan.inventory, hosts: plan.hosts });
  const world = await openWorld(plan, options);
  try {
    const { hosts, answered } = await collectFleet(plan, world, (lines) =>
      output === undefined ? writeToStream(process.stdout, lines) : writeReadings(output, lines, options.outputMode),
    );
    warn(`readings of ${answered} of ${hosts} hosts`);
    return signalCode(interruptedBy(world.signal)) ?? (answered < hosts ? EXIT.incomplete : EXIT.ok);
  } finally {
    await world.close();
  }
}
