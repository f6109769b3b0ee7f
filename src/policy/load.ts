import { isMapping } from '../language/is-mapping.js';
import { defined } from '../language/defined.js';
import {
  createDiagnosticSink,
  toLoaded,
  wrong,
  type DiagnosticSink,
  type Loaded,
  type Position,
} from '../model/diagnostic.js';
import type { FactDescription } from '../model/fact.js';
import { checkSchema } from '../text/schema.js';
import type { TextFile } from '../text/text-file.js';
import { readYamlFile, type Path, type YamlSource } from '../text/yaml/load.js';
import { clean } from '../text/clean.js';
import type { Expression } from './cel/expression.js';
import type { Template } from './cel/template.js';
import { createEnvironment, type Environment, type SavedExpressions } from './cel/environment.js';
import {
  checkAccepts,
  checkReferences,
  compileBecause,
  compileCondition,
  DEFAULT_CASE_HOST,
  addDiagnostic,
  stateFacts,
  type Context,
} from './compile-context.js';
import { loadGroupRule } from './groups/load-group-rule.js';
import { defaultReadings, loadParameters, type Parameter } from './parameters.js';
import { otherPolicyDocument, otherPolicyText, type OtherPolicy } from './other-tools.js';
import type { Policy, PolicyCase, Rule } from './policy.js';
import { ParametersSchema, PolicySchema, RuleSchema, type CaseText, type PolicyText, type RuleText } from './schema.js';

function loadCase(context: Context, path: Path, { name, host, facts, gives }: CaseText): PolicyCase {
  return {
    name,
    host: host ?? DEFAULT_CASE_HOST,
    facts: stateFacts(context, [...path, 'facts'], facts),
    gives,
    at: context.source.positionOf(path),
  };
}

const FACTS_IN_SENTENCE = 4;

/** What was required, and what was read: `sysctl.vm.swappiness <= 10 is false (sysctl.vm.swappiness is 60)`. */
function plainBecause(context: Context, path: Path, { source, facts }: Expression): Template | undefined {
  const required = clean(source.replace(/\s+/g, ' ').trim(), 200).replace(/[{}]/g, '$&$&');
  const read = facts.slice(0, FACTS_IN_SENTENCE).map((fact) => `${fact} is {${fact}}`);
  return compileBecause(context, path, `${required} is false${read.length === 0 ? '' : ` (${read.join(', ')})`}`);
}

function loadRule(context: Context, path: Path, policy: string, text: RuleText): Rule | undefined {
  const appliesTo =
    text.appliesTo === undefined ? undefined : compileCondition(context, [...path, 'appliesTo'], text.appliesTo);
  const requires = compileCondition(context, [...path, 'requires'], text.requires, context.defaults);
  const because =
    text.because === undefined
      ? requires && plainBecause(context, path, requires)
      : compileBecause(context, [...path, 'because'], text.because);
  const cases = (text.cases ?? []).map((item, index) => loadCase(context, [...path, 'cases', index], item));
  checkReferences(context, [...path, 'references'], text.references ?? []);
  if (text.remediation !== undefined) checkAccepts(context, [...path, 'remediation', 'accepts'], text.remediation);
  if (requires === undefined || because === undefined) return undefined;
  return {
    id: text.id,
    policy,
    title: text.title,
    severity: text.severity,
    informational: text.informational ?? false,
    ...defined({ appliesTo }),
    requires,
    ifAbsent: text.ifAbsent ?? 'unknown',
    because,
    saysWhy: text.because !== undefined,
    ...defined({ rationale: text.rationale?.trim(), remediation: text.remediation }),
    references: text.references ?? [],
    conflicts: (text.conflicts ?? []).map((conflict, index) => ({
      ...conflict,
      place: context.source.placeOf([...path, 'conflicts', index, 'profile']),
    })),
    parameters: context.defaults,
    cases,
    at: context.source.positionOf([...path, 'id']),
  };
}

function loadPolicy(context: Context, text: PolicyText): Policy {
  return {
    id: text.policy,
    title: text.title,
    ...defined({ description: text.description?.trim() }),
    file: context.source.file,
    parameters: context.parameters,
    rules: (text.rules ?? []).flatMap((rule, index) => loadRule(context, ['rules', index], text.policy, rule) ?? []),
    groupRules: (text.groupRules ?? []).flatMap(
      (rule, index) => loadGroupRule(context, ['groupRules', index], text.policy, rule) ?? [],
    ),
  };
}

function fieldOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
/**
 * Checks what can be checked of a rule that does not fit the schema, so that what else is wrong shows too.
 */
function checkLoosely(context: Context, path: Path, rule: unknown): void {
  for (const name of ['appliesTo', 'requires']) {
    const text = fieldOf(rule, name);
    if (typeof text === 'string') compileCondition(context, [...path, name], text);
  }
  const because = fieldOf(rule, 'because');
  if (typeof because === 'string') compileBecause(context, [...path, 'because'], because);
  checkReferences(context, [...path, 'references'], itemsOf(fieldOf(rule, 'references')));
  for (const [index, item] of itemsOf(fieldOf(rule, 'cases')).entries()) {
    const facts = fieldOf(item, 'facts');
    if (isMapping(facts)) stateFacts(context, [...path, 'cases', index, 'facts'], facts);
  }
}

function checkRulesLoosely(context: Context): void {
  for (const [index, rule] of itemsOf(fieldOf(context.source.value, 'rules')).entries()) {
    const path = ['rules', index];
    const checked = checkSchema(RuleSchema, context.source, path);
    if (checked.value === undefined) checkLoosely(context, path, rule);
    else loadRule(context, path, '', checked.value);
  }
}

/** A name that was taken already, with the place where it was. */
function checkUnique(context: Context, taken: Map<string, Position>, path: Path, what: string, name: unknown): void {
  if (typeof name !== 'string') return;
  const first = taken.get(name);
  if (first === undefined) taken.set(name, context.source.positionOf(path));
  else
    addDiagnostic(
      context,
      path,
      'policy/duplicate',
      `a ${what} called ${name} is already defined`,
      `at ${first.file}:${first.line}; give this one another name${context.shippedFiles.has(first.file) ? ", or leave kernward's own policies out (--no-shipped)" : ''}`,
    );
}

function checkNames(context: Context, policyIds: Map<string, Position>, ruleIds: Map<string, Position>): void {
  checkUnique(context, policyIds, ['policy'], 'policy', fieldOf(context.source.value, 'policy'));
  for (const kind of ['rules', 'groupRules'])
    for (const [index, rule] of itemsOf(fieldOf(context.source.value, kind)).entries())
      checkUnique(context, ruleIds, [kind, index, 'id'], 'rule', fieldOf(rule, 'id'));
}

/** Each is type-checked, and judged on every host: kernward itself ships some sixty. */
const MOST_RULES = 10_000;

/**
 * Also of a policy that does not fit the schema elsewhere: else every use of a parameter would be an error as well.
 */
function parametersOf(source: YamlSource, diagnostics: DiagnosticSink): readonly Parameter[] {
  if (fieldOf(source.value, 'parameters') === undefined) return [];
  const checked = checkSchema(ParametersSchema, source, ['parameters']);
  return checked.value === undefined ? [] : loadParameters(checked.value, source, diagnostics);
}

function refused({ what, help }: OtherPolicy, at: Position): Loaded<never> {
  return wrong([{ code: 'policy/other-tool', severity: 'error', message: what, at, help }]);
}

/** A text of a policy, with what its expressions were compiled to where they were so before: when kernward was built. */
export interface PolicyFile extends TextFile {
  readonly expressions?: SavedExpressions;
}

/** The document, where it is no policy of another tool. */
function readOwn(file: TextFile): Loaded<YamlSource> {
  if (file.checked !== undefined) return readYamlFile(file);
  const text = otherPolicyText(file.text);
  if (text !== undefined) return refused(text, { file: file.file, line: 1, column: 1 });
  const read = readYamlFile(file);
  const document = read.value && otherPolicyDocument(read.value.value);
  return read.value === undefined || document === undefined
    ? read
    : refused(document, read.value.positionOf([], 'key'));
}

/**
 * Reads policy files, checks them, and compiles their expressions against the facts.
 *
 * @param facts every fact that there is, derived ones included
 * @returns everything that is wrong with every file at once (of each expression the first), a value only where there is
 *   none
 */
export function loadPolicies(
  files: readonly PolicyFile[],
  facts: readonly FactDescription[],
): Loaded<readonly Policy[]> {
  const environment = createEnvironment(facts);
  const shippedFiles = new Set(files.flatMap(({ file, isShipped }) => (isShipped === true ? [file] : [])));
  const diagnostics = createDiagnosticSink();
  const policies: Policy[] = [];
  const policyIds = new Map<string, Position>();
  const ruleIds = new Map<string, Position>();
  for (const file of files) {
    const source = diagnostics.take(readOwn(file));
    if (source === undefined) continue;
    const count = ['rules', 'groupRules'].reduce((sum, kind) => sum + itemsOf(fieldOf(source.value, kind)).length, 0);
    if (count > MOST_RULES) {
      diagnostics.add({
        code: 'policy/too-many-rules',
        severity: 'error',
        message: `the policy has ${count} rules; at most ${MOST_RULES} are read`,
        at: source.positionOf([]),
        help: 'split it into several files, if that is what was meant',
      });
      continue;
    }
    const policy = diagnostics.take(checkSchema(PolicySchema, source));
    const parameters = parametersOf(source, diagnostics);
    const own: Environment =
      parameters.length === 0 ? environment : createEnvironment([...facts, ...parameters.map(({ fact }) => fact)]);
    const context: Context = {
      source,
      environment: { ...own, ...defined({ saved: file.expressions }) },
      parameters,
      defaults: defaultReadings(parameters, policy?.policy ?? ''),
      shippedFiles,
      diagnostics,
    };
    checkNames(context, policyIds, ruleIds);
    if (['rules', 'groupRules', 'facts'].every((kind) => fieldOf(source.value, kind) === undefined))
      addDiagnostic(
        context,
        ['policy'],
        'policy/no-rules',
        'this policy has neither rules nor groupRules, and declares no facts',
        'a policy is a document of rules',
      );
    if (policy === undefined) checkRulesLoosely(context);
    else policies.push(loadPolicy(context, policy));
  }
  return toLoaded(policies, diagnostics.all());
}
