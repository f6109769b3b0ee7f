import type { Diagnostic, Loaded } from '../model/diagnostic.js';
import type { ReportHeader, RuleSummary } from '../model/report.js';
import type { RuleId } from '../model/verdict.js';
import { clean } from '../text/clean.js';

type Settings = NonNullable<RuleSummary['remediationSettings']>;

const LONGEST = 200;

function isEmpty(settings: Settings): boolean {
  return Object.values(settings).every((list) => list.length === 0);
}

/** Where in the report something is asked for that the rule of the policy does not ask for, or the other way round. */
function differences(path: string, said: Settings, meant: Settings): readonly string[] {
  const kinds = ['sysctl', 'sysfs', 'bootParameters', 'commands', 'packages'] as const;
  return kinds.flatMap((kind) => {
    const [theirs, ours] = [
      said[kind].map((each) => JSON.stringify(each)),
      meant[kind].map((each) => JSON.stringify(each)),
    ];
    const strange = theirs.flatMap((text, index) =>
      ours.includes(text) ? [] : [`${path}.${kind}[${index}] is ${text}`],
    );
    const missing = ours.filter((text) => !theirs.includes(text)).map((text) => `${path}.${kind} lacks ${text}`);
    return [...strange, ...missing];
  });
}

/**
 * The header with the rules as the policies have them. A report may come from anywhere: what root is to apply is never taken
 * from it. One that asks for something else than the policies, under the name of their rule, is refused with the place.
 *
 * @param policies the rules of the policies that were given
 * @param needed the rules that something is to be written or told about
 */
export function settingsOfPolicies(
  file: string,
  header: ReportHeader,
  policies: ReadonlyMap<RuleId, RuleSummary>,
  needed: ReadonlySet<RuleId>,
): Loaded<ReportHeader> {
  const diagnostics: Diagnostic[] = [];
  const at = { file, line: 1, column: 1 };
  const rules = header.rules.map((rule, index) => {
    const path = `header.rules[${index}].remediationSettings`;
    const { id, remediationSettings: said } = rule;
    if (!needed.has(id)) return rule;
    const meant = policies.get(id);
    if (meant === undefined) {
      if (said === undefined ? rule.settings !== '' : !isEmpty(said))
        diagnostics.push({
          code: 'remediation/no-policy',
          severity: 'error',
          message: clean(
            `${path}: the rule ${id} is of no policy that was given, and what root is to apply is not taken from a report`,
            LONGEST * 2,
          ),
          at,
          help: 'give the policies that the report was made with: -p FILE (and -p shipped beside it for those of kernward)',
        });
      return rule;
    }
    const wrong =
      said === undefined
        ? []
        : differences(
            path,
            said,
            meant.remediationSettings ?? { sysctl: [], sysfs: [], bootParameters: [], commands: [], packages: [] },
          );
    for (const what of wrong)
      diagnostics.push({
        code: 'remediation/other-settings',
        severity: 'error',
        message: clean(`${what}: the policy says otherwise of the rule ${id}`, LONGEST * 2),
        at,
        help: 'somebody changed the report, or it was made with other policies: give those with -p, or judge its readings anew with kernward eval',
      });
    return meant;
  });
  return { value: diagnostics.length === 0 ? { ...header, rules } : undefined, diagnostics };
}
