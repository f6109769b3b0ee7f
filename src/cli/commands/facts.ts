import { Command } from 'commander';
import { loadFixes } from '../../kernel/fixes/load.js';
import { becomeBody } from '../../probe/sudo-script.js';
import { packagesBody } from '../../probe/packages-script.js';
import { probeBody } from '../../probe/script.js';
import { allFacts } from '../../run/rule-set.js';
import { shippedFixes } from '../../run/shipped/package-files.js';
import { stopOnErrors } from '../terminal/exit.js';

/** Every fact that an expression can use, one a line; or the probe itself, for whoever wants to read it first. */
export function factsCommand(): Command {
  return new Command('facts')
    .description('list every fact that a policy can use')
    .option(
      '--probe',
      'print the scripts that are run on a host instead: the probe, the second look at kernel packages, and the one sudo of become',
    )
    .action(({ probe }: { readonly probe?: boolean }) => {
      if (probe === true) {
        process.stdout.write(probeBody() + packagesBody() + becomeBody());
        return;
      }
      const fixes = loadFixes(shippedFixes());
      stopOnErrors(fixes.diagnostics);
      const facts = allFacts(fixes.value ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const widest = Math.max(...facts.map(({ id }) => id.length));
      for (const { id, type, unit, title } of facts)
        process.stdout.write(
          `${id.padEnd(widest)}  ${`${type.kind}${unit === undefined ? '' : ` ${unit}`}`.padEnd(12)}  ${title}\n`,
        );
    });
}
