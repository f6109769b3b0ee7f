import type { CollectPlan } from '../../run/scan-plan.js';
import { interruptedBy } from '../../run/run-end.js';
import { collectFleet } from '../../run/scan-fleet.js';
import { writeFileAtomically } from '../../run/output-file.js';
import { writeToStream } from '../../run/write-outputs.js';
import type { RuleOptions } from '../options/rules.js';
import type { ShardOptions } from '../options/shard.js';
import { openWorld, warn } from '../setup/open-world.js';
import { takeShard } from '../setup/take-shard.js';
import type { RerunOptions } from '../options/rerun.js';
import { type AskOptions, resolveCollection } from '../setup/resolve-plan.js';
import { whyNotWritable } from '../terminal/check-writable.js';
import { EXIT, signalCode, usage } from '../terminal/exit.js';

export interface CollectCommandOptions extends AskOptions, RerunOptions, ShardOptions, RuleOptions {
  readonly output?: string;
  readonly outputMode?: number;
}

async function resolve(options: CollectCommandOptions): Promise<CollectPlan> {
  const { shard } = options;
  if (shard !== undefined && options.rerun !== undefined)
    usage('--rerun asks again what the file of a shard has: --shard is known from there, leave it out');
  const plan = await resolveCollection(options, new Date());
  if (shard === undefined) return plan;
  if (shard.shards === undefined) usage(`--shard ${shard.shard} of how many? --shard ${shard.shard}/N`);
  return takeShard(plan, shard.shard, shard.shards);
}

/** Asks like `scan` and judges nothing: one JSON line of readings a host, for `eval`. */
export async function collect(options: CollectCommandOptions): Promise<number> {
  const error = options.output === undefined ? undefined : whyNotWritable(options.output);
  if (error !== undefined) usage(`readings cannot be written to ${options.output}: ${error}`);
  const plan = await resolve(options);
  const world = await openWorld(plan, options);
  try {
    const { hosts, answered } = await collectFleet(plan, world, (lines) =>
      options.output === undefined
        ? writeToStream(process.stdout, lines)
        : writeFileAtomically(options.output, lines, options.outputMode),
    );
    warn(`readings of ${answered} of ${hosts} hosts`);
    return signalCode(interruptedBy(world.signal)) ?? (answered < hosts ? EXIT.incomplete : EXIT.ok);
  } finally {
    await world.close();
  }
}
