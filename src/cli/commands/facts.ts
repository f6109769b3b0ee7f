import { Command, Option } from 'commander';
import type { RuleOptions } from '../options/rules.js';
import { each } from '../options/values.js';

export function factsCommand(): Command {
  return new Command('facts')
    .description('list every fact that a policy can use')
    .option(
      '--probe',
      'print the scripts that are run on a host instead: the probe, the second look at kernel packages, and the one sudo of become',
    )
    .addOption(
      new Option('-p, --policy <FILE>', 'with the facts that these policies of your own declare; repeatable').argParser(
        each(String),
      ),
    )
    .action(async ({ probe, policy }: RuleOptions & { readonly probe?: boolean }) => {
      const { listFacts, printScripts } = await import('../actions/rarely.js');
      if (probe === true) printScripts(policy);
      else listFacts(policy);
    });
}
