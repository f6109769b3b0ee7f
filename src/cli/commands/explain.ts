import { Command, Option } from 'commander';
import { withConnection } from '../options/connection.js';
import { withHosts } from '../options/hosts.js';
import { refusedWhere } from '../options/idle.js';
import { allowReadOption, refuseIdleRead, withRules } from '../options/rules.js';
import type { ExplainCommandOptions } from '../actions/explain.js';

const OF_A_REPORT = ['report', 'limit'];

export function explainCommand(): Command {
  return refusedWhere(
    refuseIdleRead(
      withConnection(
        withRules(
          withHosts(
            new Command('explain').description(
              'the chain of causes on one host, with the evidence and what breaks the chain',
            ),
          ),
        ),
      ),
    ),
    {
      isIdle: (option, { report }) => report !== undefined && !OF_A_REPORT.includes(option),
      why: 'does nothing beside --report, which tells what a report says, and asks and judges nobody: leave one of them out',
    },
  )
    .argument(
      '[host]',
      'name in the inventory or the report (with --local: anything); with --report and -l: all that match',
    )
    .argument('[rule]', 'only this rule, whatever its result')
    .addOption(new Option('--report <FILE>', 'from a saved report, without asking the host').helpGroup('Hosts:'))
    .addOption(allowReadOption().helpGroup('Rules:'))
    .action(async (name: string | undefined, rule: string | undefined, options: ExplainCommandOptions) => {
      const { explain } = await import('../actions/rarely.js');
      process.exitCode = await explain(name, rule, options);
    });
}
