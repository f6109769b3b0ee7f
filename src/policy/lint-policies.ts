import { defined } from '../language/defined.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { FactDescription } from '../model/fact.js';
import type { FactId } from '../model/reading.js';
import type { Result } from '../model/verdict.js';
import { splitLines } from '../text/lines.js';
import type { TextFile } from '../text/text-file.js';
import type { Expression } from './cel/expression.js';
import { loadDeclaredFacts } from './declared-facts.js';
import { pathOf } from './import/comparison.js';
import { loadPolicies } from './load.js';
import type { GroupRule } from './groups/group-rule.js';
import type { Rule } from './policy.js';
import { isReadOnlySysctl } from './read-only-sysctls.js';

interface Flaw {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

const CASE_HELP: Readonly<Record<string, string>> = {
  pass: 'a case that passes shows that the rule can be satisfied',
  fail: 'a case that fails shows that the rule finds something',
  informational: 'a case that is informational shows that the rule finds something',
  unknown: 'a case that is unknown shows that the rule does not pass on what could not be read',
};

/** What both kinds of rules have. */
type Linted = Pick<Rule | GroupRule, 'id' | 'rationale' | 'remediation' | 'references' | 'at'> & {
  readonly informational?: boolean;
  readonly saysWhy?: boolean;
  readonly cases: readonly { readonly name: string; readonly gives: Result }[];
};

function neededResults({ informational }: Linted): readonly Result[] {
  return ['pass', informational === true ? 'informational' : 'fail', 'unknown'];
}

function missingCases(rule: Linted): readonly Flaw[] {
  return neededResults(rule)
    .filter((result) => !rule.cases.some(({ gives }) => gives === result))
    .map((result) => ({
      code: 'policy/missing-case',
      message: `${rule.id} has no case that gives ${result}`,
      help: CASE_HELP[result] ?? 'add one',
    }));
}

function duplicateCases({ id, cases }: Linted): readonly Flaw[] {
  return cases
    .filter(({ name }, index) => cases.findIndex((other) => other.name === name) < index)
    .map(({ name }) => ({
      code: 'policy/duplicate',
      message: `${id} has two cases called ${name}`,
      help: 'give one of them another name',
    }));
}

function missing(rule: Linted, field: string, help: string): Flaw {
  return {
    code: 'policy/missing-words',
    message: `${rule.id} has no ${field}`,
    help,
  };
}

function missingWords(rule: Linted): readonly Flaw[] {
  return [
    ...(rule.saysWhy === false ? [missing(rule, 'because', 'say in a sentence why it fails, with {values}')] : []),
    ...(rule.rationale === undefined ? [missing(rule, 'rationale', 'say why it matters')] : []),
    ...(rule.remediation === undefined && rule.informational !== true
      ? [missing(rule, 'remediation', 'say what to do')]
      : []),
    ...(rule.remediation !== undefined && rule.remediation.mayBreak === undefined
      ? [missing(rule, 'remediation.mayBreak', 'say what the remediation may break')]
      : []),
    ...(rule.references.length === 0
      ? [missing(rule, 'references', 'say where what the rule claims is known from')]
      : []),
  ];
}

function unsettable({ id, remediation }: Linted): readonly Flaw[] {
  const settings = remediation !== undefined && 'sysctl' in remediation ? remediation.sysctl : undefined;
  return Object.keys(settings ?? {})
    .filter((name) => isReadOnlySysctl(pathOf(name)))
    .map((name) => ({
      code: 'policy/read-only-sysctl',
      message: `${id} is to set ${name}, which the kernel only tells`,
      help: 'say in the summary what is to be done instead',
    }));
}

const RELEASE = 'uname.release';
/** A rule that reads one of these is about the kernels of some distributions. */
const DISTRIBUTION: readonly FactId[] = ['os.id', 'os.id_like'];

function expressionsOf(rule: Rule | GroupRule): readonly Expression[] {
  if ('ask' in rule) return [rule.ask.of];
  return rule.appliesTo === undefined ? [rule.requires] : [rule.appliesTo, rule.requires];
}

/** What a number says of fixes is the vendor's: Red Hat's 3.10.0-1160.el7 has one of kernel.org's 4.16 (khugepaged-trylock). */
function vendorsReleases(rule: Rule | GroupRule): readonly Flaw[] {
  const expressions = expressionsOf(rule);
  if (expressions.some(({ facts }) => DISTRIBUTION.some((id) => facts.includes(id)))) return [];
  return [...new Set(expressions.flatMap((expression) => expression.schemesOf(RELEASE)))].map((scheme) => ({
    code: 'policy/vendor-release',
    message: `${rule.id} compares ${RELEASE} as ${JSON.stringify(scheme)} whatever distribution it is of, and vendors carry fixes back under older numbers`,
    help: 'where a fix is meant ask its fact (fix.…, listed in docs/reference/kernel-fixes.md); else ask os.id too, so that the rule is about the kernels of one vendor',
  }));
}

/**
 * Whatever is wrong with policy files, then, where they load, what a shared policy needs beyond that: words for people
 * and cases that show each rule passing, failing and unknown. What was found when kernward was built counts for nothing.
 *
 * @param severity of what a shared policy lacks
 */
export function lintPolicies(
  files: readonly TextFile[],
  facts: readonly FactDescription[],
  severity: Diagnostic['severity'] = 'error',
): readonly Diagnostic[] {
  const texts = files.map(({ file, text, isShipped }) => ({ file, text, ...defined({ isShipped }) }));
  const declared = loadDeclaredFacts(texts, facts, 'any');
  const loaded = loadPolicies(texts, [...facts, ...declared.definitions, ...declared.standIns]);
  const policies = loaded.value ?? [];
  const diagnostics = [...declared.diagnostics, ...loaded.diagnostics];
  const lines = new Map(files.map(({ file, text }) => [file, splitLines(text, file)]));
  const flaws = policies.flatMap(({ file, rules, groupRules }) =>
    [...rules, ...groupRules].flatMap((rule) =>
      [
        ...missingWords(rule),
        ...missingCases(rule),
        ...duplicateCases(rule),
        ...unsettable(rule),
        ...vendorsReleases(rule),
      ].map((flaw): Diagnostic => {
        const excerpt = lines.get(file)?.excerptAt(rule.at.line);
        return {
          ...flaw,
          severity,
          at: rule.at,
          length: rule.id.length,
          ...defined({ excerpt }),
        };
      }),
    ),
  );
  return [...diagnostics, ...flaws];
}
