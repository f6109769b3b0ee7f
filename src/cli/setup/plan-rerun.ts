import type { Inventory } from '../../inventory/inventory.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { defined } from '../../language/defined.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import type { Report } from '../../model/report.js';
import { withProfilesOfLabels } from '../../policy/profiles/profile-by-labels.js';
import { type ScanChoices, unknownProfiles } from '../../run/plan-scan.js';
import { planRerun, rawFacts, toRerun } from '../../run/earlier/rerun.js';
import { allFacts, type RuleSet } from '../../run/rule-set.js';
import { withDeclared, wrongValue } from '../../run/collected/saved-readings.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import type { Targets } from './load-targets.js';
import { rerunFile, type RerunOptions } from '../options/rerun.js';
import type { RuleOptions } from '../options/rules.js';
import { loadReport } from '../input/report-file.js';
import { usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

const NAMED = 10;

function formatNames(hosts: readonly string[]): string {
  return `${hosts
    .slice(0, NAMED)
    .map((name) => clean(name, 100))
    .join(', ')}${hosts.length > NAMED ? ` and ${hosts.length - NAMED} more` : ''}`;
}

function print(sentence: string): void {
  process.stderr.write(`kernward: ${sentence}\n`);
}

/** What somebody who reads only the last lines must know of a merge. */
export function reportRerun(file: string, asked: number, gone: readonly string[], added: readonly string[]): void {
  if (asked === 0) print(`${file} has no such host: nobody is asked again`);
  if (gone.length > 0)
    print(
      `${count(gone.length, 'host')} of ${file} ${gone.length === 1 ? 'is not in the inventory any more and stays as it was' : 'are not in the inventory any more and stay as they were'}: ${formatNames(gone)}`,
    );
  if (added.length > 0)
    print(
      `${count(added.length, 'host')} of the inventory ${added.length === 1 ? 'is' : 'are'} not in ${file} and not asked: ${formatNames(added)}`,
    );
}

function validateRerun(
  report: Report,
  file: string,
  hosts: readonly Host[],
  { profiles, fixes, declared }: RuleSet,
  override: string | undefined,
): readonly Diagnostic[] {
  const facts = new Map(allFacts(fixes, declared).map((fact) => [fact.id, fact]));
  const saved = new Map(report.header.declaredFacts?.map(({ id, edition }) => [id, edition]));
  const diagnostics: Diagnostic[] = [];
  for (const { host, readings } of report.hosts) {
    const wrong = wrongValue(withDeclared(readings, declared, saved), facts);
    if (wrong !== undefined)
      diagnostics.push({
        code: 'report/inconsistent',
        severity: 'error',
        message: clean(`${host}: ${wrong}`, 300),
        at: { file, line: 1, column: 1 },
        help: 'a report is what kernward scan -o json or -o jsonl writes; make it again from there',
      });
  }
  const unknown = unknownProfiles(hosts, override, profiles, '--profile overrides what the report names');
  return [
    ...diagnostics,
    ...unknown.map(({ host, diagnostic }) => ({
      ...diagnostic,
      help: `${file} judged ${clean(host.name, 100)} by it; ${diagnostic.help}`,
    })),
  ];
}

/** Which hosts a scan asks, as its plan has it. */
export type PlannedHosts = Pick<ScanChoices, 'hosts' | 'runHosts' | 'rerun' | 'limit' | 'collected'>;

/**
 * The hosts that a saved report, or a collection, of that limit has when it is made today. A limit that means nothing here (it
 * names groups that are gone, or a file) names nobody: of whom it was about its report says.
 */
export function expectedHosts(inventory: Inventory, limit: string | undefined): readonly Host[] {
  return limit === undefined ? inventory.hosts : (selectHosts(inventory, limit, { mayBeNobody: true }).value ?? []);
}

/**
 * Decides whom a scan asks: the hosts that were selected, or, with `--rerun`, some of those of a saved report, while the others
 * are carried. All are judged by the rules of this run, so that verdicts of two policies never stand side by side.
 */
export function planHosts(
  options: RerunOptions & RuleOptions & { readonly limit?: string },
  { inventory, hosts }: Targets,
  ruleSet: RuleSet,
): PlannedHosts {
  const file = rerunFile(options);
  if (file === undefined || options.rerun === undefined) return { hosts, limit: options.limit };
  const report = loadReport(file);
  const labelled =
    options.profile === undefined && options.limit !== undefined
      ? withProfilesOfLabels(inventory.hosts, ruleSet.profiles.values())
      : { value: undefined, diagnostics: [] };
  stopOnErrors(labelled.diagnostics);
  const all = labelled.value ?? (options.limit === undefined ? hosts : inventory.hosts);
  const raw = rawFacts(allFacts(ruleSet.fixes, ruleSet.declared), ruleSet.derived);
  const plan = planRerun({ ...report.header, file, hosts: report.hosts }, options.rerun, {
    inventory: all,
    expected: expectedHosts(inventory, report.header.limit),
    selected: new Set(hosts.map(({ name }) => name)),
    raw,
    declared: ruleSet.declared,
  });
  stopOnErrors(validateRerun(report, file, plan.hosts, ruleSet, options.profile));
  if (plan.hosts.length === 0) usage(`${file} has no host: nothing would be judged`);
  reportRerun(file, plan.asked.length, plan.gone, plan.added);
  return {
    runHosts: plan,
    rerun: toRerun(
      report.header,
      options.rerun,
      plan,
      defined({ limit: options.limit, maxApartHours: options.maxApart }),
    ),
    limit: report.header.limit,
    // What did not come, or is not known to have come, is not there now either.
    ...defined({ collected: report.header.collected }),
  };
}
