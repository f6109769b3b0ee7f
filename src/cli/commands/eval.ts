import { Command } from 'commander';
import { withOutputs } from '../options/outputs.js';
import { withRules } from '../options/rules.js';
import { withGate } from '../options/gate.js';
import { withPlan } from '../options/shard.js';
import { withRecording } from '../options/history.js';
import type { EvalOptions } from '../setup/resolve-evaluation.js';

export function evalCommand(): Command {
  return withRecording(
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
              ),
            'of `kernward plan`: every host of it has a verdict, or is said not to have come',
          ),
        ),
      ),
    ),
  ).action(async (files: readonly string[], options: EvalOptions) => {
    const { evaluate } = await import('../actions/index.js');
    process.exitCode = await evaluate(files, options);
  });
}
