import { lintPolicies } from '../../policy/lint-policies.js';
import { getSetters, shownParameter } from '../../policy/parameters.js';
import { formatForm, formatChosen, type GroupRule } from '../../policy/groups/group-rule.js';
import type { Rule } from '../../policy/policy.js';
import { formatConflict } from '../../policy/rule-summary.js';
import type { ImportKind } from '../../policy/import/kinds.js';
import { IMPORTS } from '../../policy/import/index.js';
import { toPolicy } from '../../policy/import/to-policy.js';
import { isProfile } from '../../policy/profiles/is-profile.js';
import { policySchemaWith } from '../../policy/policy-schema.js';
import { ownRulesPage } from '../../policy/rules-page.js';
import { ProfileSchema } from '../../policy/schema.js';
import { isPolicyId, policySkeleton } from '../../policy/skeleton.js';
import { formatSelection } from '../../policy/selection.js';
import { testPolicies } from '../../policy/test-policies.js';
import { readRecording } from '../../probe/recording.js';
import { allFacts, type RuleSet } from '../../run/rule-set.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { nearOr } from '../../text/suggest.js';
import { loadRules } from '../setup/load-targets.js';
import type { RuleOptions } from '../options/rules.js';
import { recordedHost, shippedPolicies } from '../../run/shipped/package-files.js';
import { readSources } from '../input/source-file.js';
import { writeNew } from '../output/write-new.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors, writeError } from '../terminal/tell-diagnostics.js';

function loaded(options: RuleOptions): RuleSet {
  const { value: ruleSet, diagnostics } = loadRules(options);
  stopOnErrors(diagnostics);
  if (ruleSet === undefined) throw new Stop(EXIT.usage);
  return ruleSet;
}

/** Every rule, one a line. */
export function listRules(options: RuleOptions): void {
  const ruleSet = loaded(options);
  const widest = Math.max(0, ...[...ruleSet.rules, ...ruleSet.groupRules].map(({ id }) => id.length));
  process.stdout.write(`${'rule'.padEnd(widest)}  ${'severity'.padEnd(8)}  title (profiles, where not all)\n`);
  for (const rule of ruleSet.rules) {
    const selection = formatSelection(rule, ruleSet.profiles.values());
    process.stdout.write(
      `${rule.id.padEnd(widest)}  ${rule.severity.padEnd(8)}  ${clean(rule.title)}${selection === '' ? '' : ` (${selection})`}\n`,
    );
  }
  for (const rule of ruleSet.groupRules)
    process.stdout.write(
      `${rule.id.padEnd(widest)}  ${rule.severity.padEnd(8)}  ${clean(rule.title)} (over groups: ${clean(formatChosen(rule))})\n`,
    );
}

function groupRuleLines(rule: GroupRule): readonly string[] {
  return [
    `${rule.id}: ${rule.title}`,
    `  severity: ${rule.severity}`,
    `  of ${formatChosen(rule)}, at least ${rule.minHosts}: ${formatForm(rule)}`,
    ...(rule.rationale === undefined ? [] : [`  rationale: ${rule.rationale}`]),
    ...(rule.remediation === undefined
      ? []
      : [
          `  remediation: ${rule.remediation.summary}`,
          ...(rule.remediation.mayBreak === undefined ? [] : [`  may break: ${rule.remediation.mayBreak}`]),
        ]),
    ...rule.references.map((reference) => `  see ${reference}`),
  ];
}

/** Every parameter that a rule uses: `param.warningDays: 90 by default; 365 in sap-hana`. */
function parameterLines({ profiles }: RuleSet, { policy, parameters, appliesTo, requires }: Rule): readonly string[] {
  return [...parameters.keys()]
    .filter((id) => requires.facts.includes(id) || appliesTo?.facts.includes(id) === true)
    .map((id) => {
      const setters = getSetters(profiles.values(), policy, id).map(([profile, value]) => `; ${value} in ${profile}`);
      return `  ${id}: ${shownParameter(parameters, id) ?? ''} by default${setters.join('')}`;
    });
}

/** One rule in full. */
export function showRule(id: string, options: RuleOptions): void {
  const ruleSet = loaded(options);
  const ofGroups = ruleSet.groupRules.find((one) => one.id === id);
  if (ofGroups !== undefined) {
    process.stdout.write(
      `${groupRuleLines(ofGroups)
        .map((line) => clean(line.trimEnd()))
        .join('\n')}\n`,
    );
    return;
  }
  const rule = ruleSet.rules.find((one) => one.id === id);
  if (rule === undefined)
    return usage(
      `there is no rule ${JSON.stringify(id)}; ${nearOr(
        id,
        [...ruleSet.rules, ...ruleSet.groupRules].map((one) => one.id),
        'kernward policy list has them all',
      )}`,
    );
  const { remediation } = rule;
  const lines = [
    `${rule.id}: ${rule.title}`,
    `  severity: ${[rule.severity, formatSelection(rule, ruleSet.profiles.values())].filter((words) => words !== '').join('; ')}`,
    ...(rule.appliesTo === undefined ? [] : [`  applies to: ${rule.appliesTo.source}`]),
    `  requires: ${rule.requires.source}`,
    `  if absent: ${rule.ifAbsent}`,
    ...(rule.rationale === undefined ? [] : [`  rationale: ${rule.rationale}`]),
    ...(remediation === undefined
      ? []
      : [
          `  remediation: ${remediation.summary}`,
          ...(remediation.mayBreak === undefined ? [] : [`  may break: ${remediation.mayBreak}`]),
        ]),
    ...parameterLines(ruleSet, rule),
    ...rule.conflicts.map((conflict) => `  asks for the opposite: ${formatConflict(conflict)}`),
    ...rule.references.map((reference) => `  see ${reference}`),
  ];
  process.stdout.write(`${lines.map((line) => clean(line.trimEnd())).join('\n')}\n`);
}

function filesOf(paths: readonly string[]) {
  if (paths.length === 0) return shippedPolicies();
  const read = readSources(paths);
  stopOnErrors(read.diagnostics);
  return (read.value ?? []).filter((file) => !isProfile(file));
}

/** Every mistake in policy files, and, as warnings unless it is strict, what a shared policy lacks. */
export function lintFiles(paths: readonly string[], isStrict: boolean): void {
  const files = filesOf(paths);
  const ruleSet = loaded({});
  const severity = isStrict || paths.length === 0 ? 'error' : 'warning';
  const diagnostics = lintPolicies(files, allFacts(ruleSet.fixes), severity);
  const mistakes = diagnostics.filter((each) => each.severity === 'error').length;
  const warnings = diagnostics.length - mistakes;
  writeError(diagnostics);
  if (files.length === 0)
    usage(
      'no policy file: nothing was checked (a profile is checked beside the policies that it chooses from: kernward policy list -p PROFILE.yaml)',
    );
  process.stdout.write(
    `${count(files.length, 'file')}, ${mistakes === 0 ? 'no mistakes' : count(mistakes, 'mistake')}${warnings === 0 ? '' : `, ${count(warnings, 'warning')} (mistakes with --strict)`}\n`,
  );
  if (mistakes > 0) throw new Stop(EXIT.usage);
}

/** Runs the cases of every rule. */
export function testFiles(
  paths: readonly string[],
  { verbose, explain }: { readonly verbose: boolean; readonly explain: boolean },
): void {
  const ruleSet = loaded(paths.length === 0 ? {} : { policy: paths, shipped: false });
  const { derived, declared } = ruleSet;
  const derivedIds = new Set(derived.map(({ id }) => id));
  const results = testPolicies({
    policies: ruleSet.policies,
    facts: [...allFacts(ruleSet.fixes, declared).filter(({ id }) => !derivedIds.has(id)), ...derived],
    base: (name) => {
      const bytes = recordedHost(name);
      return bytes === undefined ? undefined : readRecording(bytes, declared);
    },
    derived,
    explain,
  });
  const failed = results.filter(({ problem }) => problem !== undefined);
  for (const result of results) {
    if (result.problem !== undefined)
      process.stdout.write(
        `not ok ${result.rule}: ${clean(result.case)} (${result.at.file}:${result.at.line})\n  ${clean(result.problem)}\n${(result.steps ?? []).map((step) => `    ${clean(step)}\n`).join('')}`,
      );
    else if (verbose) process.stdout.write(`ok ${result.rule}: ${clean(result.case)}: ${result.expected}\n`);
  }
  if (results.length === 0) usage('no case: nothing was tested');
  process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
  if (failed.length > 0) throw new Stop(EXIT.usage);
}

/** Prints the JSON Schema of policies, with the facts that policies of one's own declare, or of profiles. */
export function printSchema(kind: string, options: RuleOptions): void {
  const { fixes, declared } = loaded(options);
  const schemas: Readonly<Record<string, unknown>> = {
    policy: policySchemaWith(allFacts(fixes, declared)),
    profile: ProfileSchema,
  };
  if (!Object.hasOwn(schemas, kind)) usage(`there is no schema ${JSON.stringify(kind)}; there are policy and profile`);
  process.stdout.write(`${JSON.stringify(schemas[kind], undefined, 2)}\n`);
}

/** Writes a policy of one's own with one rule, to be changed. */
export function createPolicy(id: string, output: string | undefined): void {
  if (!isPolicyId(id))
    usage(`${JSON.stringify(id)} is no name of a policy: lower-case letters and digits, with single dashes between`);
  const file = output ?? `${id}.yaml`;
  writeNew(file, policySkeleton(id));
  process.stdout.write(
    `wrote ${clean(file)}; check it with kernward policy lint ${clean(file)}, and with kernward policy test\n`,
  );
}

/** A page of one's own rules, in Markdown. */
export function printRulesPage(paths: readonly string[]): void {
  const { policies, profiles, declared } = loaded({ policy: paths, shipped: false });
  process.stdout.write(ownRulesPage(policies, profiles, declared));
}

/** Another tool's checks as a policy; what was not taken is told. */
export function importPolicy(path: string, from: ImportKind, name: string): void {
  if (!isPolicyId(name)) usage(`${JSON.stringify(name)} is no name of a policy`);
  const read = readSources([path]);
  stopOnErrors(read.diagnostics);
  const [source] = read.value ?? [];
  if (source === undefined) throw new Stop(EXIT.usage);
  const { file, text } = source;
  const { rules, left, ...made } = toPolicy(IMPORTS[from](text, file), name, file, allFacts(loaded({}).fixes));
  for (const { line, why } of left)
    process.stderr.write(`kernward: ${clean(`${file}:${line}: not taken: ${why}`, 400)}\n`);
  if (rules === 0) usage(`nothing in ${file} was taken`);
  process.stdout.write(made.text);
  process.stderr.write(
    `kernward: ${count(rules, 'rule')}, ${left.length === 0 ? 'and nothing was left out' : `${left.length} not taken`}\n`,
  );
}
