import { Command } from 'commander';
import { addWaiverOption } from '../options/gate.js';
import { withOutputs } from '../options/outputs.js';
import { withWaiversAsOf } from '../options/rules.js';
import type { ReportOptions } from '../actions/report.js';

export function reportCommand(): Command {
  return withOutputs(
    withWaiversAsOf(
      addWaiverOption(
        new Command('report')
          .description('render a saved report again, with the exit code of its run')
          .argument('<report>', 'what `scan -o json` or `-o jsonl` wrote'),
      ),
    ),
  ).action(async (file: string, options: ReportOptions) => {
    const { renderAgain } = await import('../actions/index.js');
    process.exitCode = await renderAgain(file, options);
  });
}
