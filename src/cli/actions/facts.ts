import { loadFixes } from '../../kernel/fixes/load.js';
import { becomeBody } from '../../probe/sudo-script.js';
import { packagesBody } from '../../probe/packages-script.js';
import { probeBody } from '../../probe/script.js';
import { allFacts } from '../../run/rule-set.js';
import { shippedFixes } from '../../run/shipped/package-files.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/** The scripts that are run on a host, for whoever wants to read them first. */
export function printScripts(): void {
  process.stdout.write(probeBody() + packagesBody() + becomeBody());
}

/** Every fact that an expression can use, one a line. */
export function listFacts(): void {
  const fixes = loadFixes(shippedFixes());
  stopOnErrors(fixes.diagnostics);
  const facts = allFacts(fixes.value ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const widest = Math.max(...facts.map(({ id }) => id.length));
  for (const { id, type, unit, title } of facts)
    process.stdout.write(
      `${id.padEnd(widest)}  ${`${type.kind}${unit === undefined ? '' : ` ${unit}`}`.padEnd(12)}  ${title}\n`,
    );
}
