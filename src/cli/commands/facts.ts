import { Command, Option } from 'commander';
import { loadFixes } from '../../kernel/fixes/load.js';
import { becomeBody } from '../../probe/sudo-script.js';
import { packagesBody } from '../../probe/packages-script.js';
import { probeBody } from '../../probe/script.js';
import { allFacts } from '../../run/rule-set.js';
import { shippedFixes } from '../../run/shipped/package-files.js';
import { right } from '../../model/diagnostic.js';
import type { RuleOptions } from '../options/rules.js';
import { each } from '../options/values.js';
import { loadRules } from '../setup/load-targets.js';
import { stopOnErrors } from '../terminal/exit.js';

/** Every fact that an expression can use, one a line; or the probe itself, for whoever wants to read it first. */
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
    .action(({ probe, policy }: RuleOptions & { readonly probe?: boolean }) => {
      const { value: ruleSet, diagnostics } = policy === undefined ? right(undefined) : loadRules({ policy });
      stopOnErrors(diagnostics);
      const declared = ruleSet?.declared ?? [];
      if (probe === true) {
        process.stdout.write(probeBody(declared) + packagesBody() + becomeBody());
        return;
      }
      const fixes = loadFixes(shippedFixes());
      stopOnErrors(fixes.diagnostics);
      const facts = allFacts(fixes.value ?? [], declared).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const widest = Math.max(...facts.map(({ id }) => id.length));
      for (const { id, type, unit, title } of facts)
        process.stdout.write(
          `${id.padEnd(widest)}  ${`${type.kind}${unit === undefined ? '' : ` ${unit}`}`.padEnd(12)}  ${title}\n`,
        );
    });
}
