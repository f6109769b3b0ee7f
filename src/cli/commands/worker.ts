import { Command, Option } from 'commander';
import type { WorkerCommandOptions } from '../actions/worker.js';
import { withNats } from '../options/nats.js';
import { seconds } from '../options/values.js';

export function workerCommand(): Command {
  return withNats(
    new Command('worker')
      .description('collect the shards of one zone that `dispatch` sends, over a connection that leads outwards')
      .optionsGroup('Worker:')
      .requiredOption('--zone <NAME>', 'the zone whose hosts can be reached from here')
      .option(
        '--settings <FILE>',
        'how hosts are reached, and whose plans are followed: docs/reference/worker.md (default: worker.yaml)',
      )
      .addOption(
        new Option(
          '--idle-exit <SECONDS>',
          'end when nothing was to do for about so long (default: wait for ever)',
        ).argParser(seconds),
      )
      .option('--print-permissions', 'print what the NATS server must permit a worker of this zone, and nothing more'),
    'this zone',
  ).action(async (options: WorkerCommandOptions) => {
    const { work } = await import('../actions/rarely.js');
    process.exitCode = await work(options);
  });
}
