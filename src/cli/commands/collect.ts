import { refusedUnless } from '../options/idle.js';
import { defined } from '../../language/defined.js';
import { Command, Option } from 'commander';
import { outputModeOption } from '../options/outputs.js';
import { withConnection } from '../options/connection.js';
import { withHosts } from '../options/hosts.js';
import { withFleet } from '../options/fleet.js';
import { allowReadOption, refuseIdleRead } from '../options/rules.js';
import { each } from '../options/values.js';
import { withShard } from '../options/shard.js';
import { refuseStray, withRerun } from '../options/rerun.js';
import type { CollectCommandOptions } from '../actions/collect.js';

export function collectCommand(): Command {
  return refusedUnless(
    refuseIdleRead(
      withRerun(
        withShard(
          withFleet(
            withConnection(
              withHosts(
                new Command('collect').description(
                  'ask every host and judge nothing: one JSON line of readings a host, for `eval`',
                ),
              ),
            ),
          ),
        ),
        'what `collect` saved',
      ),
    ),
    ['outputMode'],
    ({ output }) => output !== undefined,
    'is about a file, and none is written: name one with -o, or leave it out',
  )
    .optionsGroup('Facts:')
    .addOption(
      new Option(
        '-p, --policy <FILE>',
        'a policy of your own, or a folder of them, whose facts are read as well; repeatable',
      ).argParser(each(String)),
    )
    .addOption(allowReadOption())
    .optionsGroup('Output:')
    .option(
      '-o, --output <FILE>',
      'write to this file (default: standard output); FOLDER/ with a shard: to a file there with its number',
    )
    .addOption(outputModeOption())
    .action(async (report: string | undefined, options: CollectCommandOptions) => {
      const given = { ...options, ...defined({ report }) };
      refuseStray(given);
      const { collect } = await import('../actions/index.js');
      process.exitCode = await collect(given);
    });
}
