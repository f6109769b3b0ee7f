import type { FactDefinition } from '../../facts/definition.js';
import type { RuleOptions } from '../options/rules.js';
import { loadRules } from '../setup/load-targets.js';
import { loadFixes } from '../../kernel/fixes/load.js';
import { becomeBody } from '../../probe/sudo-script.js';
import { packagesBody } from '../../probe/packages-script.js';
import { probeBody } from '../../probe/script.js';
import { allFacts } from '../../run/rule-set.js';
import { shippedFixes } from '../../run/shipped/package-files.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/** What these policies declare. */
function declaredBy(policy: RuleOptions['policy']): readonly FactDefinition[] {
  if (policy === undefined) return [];
  const { value: ruleSet, diagnostics } = loadRules({ policy });
  stopOnErrors(diagnostics);
  return ruleSet?.declared ?? [];
}

/** Each is sent by itself: who gives all that is printed to a shell has the first run, and no other. */
const ITS_END = 'exit 0\n';

/** The scripts that are run on a host, for whoever wants to read them first. */
export function printScripts(policy: RuleOptions['policy']): void {
  process.stdout.write([probeBody(declaredBy(policy)), packagesBody(), becomeBody()].join(ITS_END));
}

/** Every fact that an expression can use, one a line. */
export function listFacts(policy: RuleOptions['policy']): void {
  const fixes = loadFixes(shippedFixes());
  stopOnErrors(fixes.diagnostics);
  const facts = allFacts(fixes.value ?? [], declaredBy(policy)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const widest = Math.max(...facts.map(({ id }) => id.length));
  for (const { id, type, unit, title } of facts)
    process.stdout.write(
      `${id.padEnd(widest)}  ${`${type.kind}${unit === undefined ? '' : ` ${unit}`}`.padEnd(12)}  ${title}\n`,
    );
}
