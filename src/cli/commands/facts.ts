import { Command } from 'commander';

export function factsCommand(): Command {
  return new Command('facts')
    .description('list every fact that a policy can use')
    .option(
      '--probe',
      'print the scripts that are run on a host instead: the probe, the second look at kernel packages, and the one sudo of become',
    )
    .action(async ({ probe }: { readonly probe?: boolean }) => {
      const { listFacts, printScripts } = await import('../actions/index.js');
      if (probe === true) printScripts();
      else listFacts();
    });
}
