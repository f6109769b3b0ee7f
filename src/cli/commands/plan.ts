import { Command, Option } from 'commander';
import { defined } from '../../language/defined.js';
import type { PlanCommandOptions } from '../actions/plan.js';
import { withGroupForks } from '../options/fleet.js';
import { withHosts } from '../options/hosts.js';
import { outputModeOption } from '../options/outputs.js';
import { withPlanning } from '../options/planning.js';
import { refuseStray, withRerun } from '../options/rerun.js';
import { each } from '../options/values.js';

export function planCommand(): Command {
  return withGroupForks(
    withPlanning(
      withRerun(
        withHosts(
          new Command('plan').description(
            'cut a fleet into shards, for `collect --plan` on several machines; nobody is contacted',
          ),
        ),
        'a saved report',
        'only these hosts of a saved report',
      ),
    ),
  )
    .addOption(outputModeOption())
    .addOption(
      new Option(
        '-p, --policy <FILE>',
        'a policy or profile of your own, or a folder of them, whose profiles the inventory names; repeatable',
      ).argParser(each(String)),
    )
    .action(async (report: string | undefined, options: PlanCommandOptions) => {
      const given = { ...options, ...defined({ report }) };
      refuseStray(given);
      const { makePlanOfFleet } = await import('../actions/rarely.js');
      await makePlanOfFleet(given);
    });
}
