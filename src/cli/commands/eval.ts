import { Command, Option } from 'commander';
import { wholeNumber } from '../options/values.js';
import { DEFAULTS } from '../../run/defaults.js';
import { withOutputs } from '../options/outputs.js';
import { withRules } from '../options/rules.js';
import { withGate } from '../options/gate.js';
import { withPlan } from '../options/shard.js';
import { withNotify } from '../options/notify.js';
import { withRecording } from '../options/history.js';
import type { EvalOptions } from '../setup/resolve-evaluation.js';

export function evalCommand(): Command {
  return withNotify(
    withRecording(
      withOutputs(
        withGate(
          withRules(
            withPlan(
              new Command('eval')
                .description('judge readings that `collect` saved; no host is contacted')
                .argument('<readings...>', 'files of `kernward collect`, or folders of them; `-` for standard input')
                .option(
                  '-l, --limit <PATTERN>',
                  'only hosts that match, as for scan: names and groups of the readings, label:owner=team',
                )
                .addOption(
                  new Option(
                    '--max-apart <HOURS>',
                    'what may lie between the first and the last of the collections; more is incomplete: exit 3',
                  )
                    .argParser(wholeNumber(0, 876_000, 'hours'))
                    .default(DEFAULTS.maxApartHours),
                ),
              'of `kernward plan`: every host of it has a verdict, or is said not to have come',
            ),
          ),
        ),
      ),
    ),
  ).action(async (files: readonly string[], options: EvalOptions) => {
    const { evaluate } = await import('../actions/index.js');
    process.exitCode = await evaluate(files, options);
  });
}
