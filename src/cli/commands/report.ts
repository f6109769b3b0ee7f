import { Command, Option } from 'commander';
import { addWaiverOption } from '../options/gate.js';
import { groupOrLabel, limitOfReport } from '../options/report-hosts.js';
import { withRecall } from '../options/history.js';
import { withNotify } from '../options/notify.js';
import { withOutputs } from '../options/outputs.js';
import { withWaiversAsOf } from '../options/rules.js';
import type { ReportOptions } from '../actions/report.js';

export function reportCommand(): Command {
  return withNotify(
    withRecall(
      withOutputs(
        withWaiversAsOf(
          addWaiverOption(
            new Command('report')
              .description('render a saved report again, with the exit code of its run')
              .argument('<report>', 'what `scan -o json` or `-o jsonl` wrote')
              .addOption(limitOfReport())
              .addOption(
                new Option(
                  '--split-by <WHAT>',
                  'a report for each value of a label (label:owner), or for each group (group); in the file names {} is the value',
                ).argParser(groupOrLabel),
              ),
          ),
        ),
      ),
    ),
  ).action(async (file: string, options: ReportOptions) => {
    const { renderAgain } = await import('../actions/index.js');
    process.exitCode = await renderAgain(file, options);
  });
}
