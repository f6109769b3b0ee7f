import { refusedUnless } from '../options/idle.js';
import { Command, Option } from 'commander';
import type { DispatchCommandOptions } from '../actions/dispatch.js';
import { withNats } from '../options/nats.js';
import { outputModeOption } from '../options/outputs.js';
import { secondsOption, wholeNumber } from '../options/values.js';

const MIB = 1024 * 1024;

export function dispatchCommand(): Command {
  return refusedUnless(
    withNats(
      new Command('dispatch')
        .description(
          'send the shards of a plan to the workers of their zones, and gather what they collect, for `eval`',
        )
        .argument('<plan>', 'the folder that `kernward plan` wrote')
        .optionsGroup('Dispatch:')
        .option('-o, --output <FOLDER>', 'where the file of each shard is written; what is there already is not sent')
        .addOption(outputModeOption())
        .option('--plan-key <FILE>', 'the plan must be signed with the key whose public half this is (Ed25519, PEM)')
        .addOption(
          secondsOption('--linger', 'after the end of the plan, for shards that a worker has begun with', 600_000),
        )
        .option('-q, --quiet', 'no progress')
        .optionsGroup('Set up:')
        .option('--setup', 'make the queues of the zones of the plan, or change them, and send nothing')
        .addOption(
          secondsOption(
            '--lease',
            'with --setup: how long a worker may be silent before another has its shard',
            30_000,
          ),
        )
        .addOption(
          new Option('--zone-size <MIB>', 'with --setup: what a queue, and the results of a zone, may hold at most')
            .argParser(wholeNumber(1, 1_000_000, 'a number of MiB'))
            .default(1024),
        )
        .addOption(
          new Option('--replicas <N>', 'with --setup: on how many servers of the cluster each message is')
            .argParser(wholeNumber(1, 5, 'a number of servers'))
            .default(1),
        ),
      'the hub',
    ),
    ['lease', 'zoneSize', 'replicas'],
    ({ setup }) => setup === true,
    'says how queues are made, and that is done by --setup alone: add it, or leave this out',
  ).action(
    async (
      plan: string,
      options: Omit<DispatchCommandOptions, 'plan' | 'zoneBytes'> & { readonly zoneSize: number },
    ) => {
      const { dispatch } = await import('../actions/rarely.js');
      process.exitCode = await dispatch({ ...options, plan, zoneBytes: options.zoneSize * MIB });
    },
  );
}
