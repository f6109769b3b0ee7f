import { defined } from '../language/defined.js';
import type { DiagnosticSink } from '../model/diagnostic.js';
import type { FactId, Reading, Readings } from '../model/reading.js';
import { suggest } from '../text/suggest.js';
import type { Path, YamlSource } from '../text/yaml/load.js';
import { stateFact, stateKnown } from './case-facts.js';
import type { Environment } from './cel/environment.js';
import { compileExpression, type Expression } from './cel/expression.js';
import type { ExpressionError } from './cel/expression-error.js';
import type { Parameter } from './parameters.js';
import type { CaseText, RuleText } from './schema.js';
import { compileTemplate, soundTemplate, type Template } from './cel/template.js';

/** The recorded host that a case starts from where it names none. */
export const DEFAULT_CASE_HOST = 'debian-12';

/** One file while it is compiled. */
export interface Context {
  readonly source: YamlSource;
  readonly environment: Environment;
  readonly parameters: readonly Parameter[];
  /** `param.NAME` to its default, the same object for all rules. */
  readonly defaults: Readings;
  readonly diagnostics: DiagnosticSink;
  /** Files of kernward's own. */
  readonly shippedFiles: ReadonlySet<string>;
}

export function addExpressionError({ source, diagnostics }: Context, path: Path, problem: ExpressionError): void {
  const { code, message, help, start, end } = problem;
  const place = source.spanOf(path)?.placeOf(start, end) ?? source.placeOf(path);
  diagnostics.add({ code, severity: 'error', message, ...place, ...defined({ help }) });
}

export function addDiagnostic(
  { source, diagnostics }: Context,
  path: Path,
  code: string,
  message: string,
  help?: string,
  part: 'key' | 'value' = 'value',
): void {
  diagnostics.add({
    code,
    severity: 'error',
    message,
    ...source.placeOf(path, part),
    ...defined({ help }),
  });
}

/** @param given readings that are no evidence: what is decided by them alone is an error */
export function compileCondition(
  context: Context,
  path: Path,
  text: string,
  given: Readings = new Map(),
): Expression | undefined {
  const compiled = compileExpression(text, context.environment, 'bool');
  if ('problem' in compiled) {
    addExpressionError(context, path, compiled.problem);
    return undefined;
  }
  // `1 == 1`, `true || …`; and of a requirement `param.days == 90`, where a parameter alone may still say to whom a
  // rule applies. A pass by it would be a pass without evidence.
  if (!compiled.expression.evaluate(given).decided) return compiled.expression;
  addDiagnostic(
    context,
    path,
    'policy/no-evidence',
    'the answer to this is the same on every host, whatever its facts',
    'name the facts that decide: docs/reference/facts.md',
  );
  return undefined;
}

export function compileBecause(
  context: Context,
  path: Path,
  text: string,
  environment: Environment = context.environment,
): Template | undefined {
  if (context.source.isChecked === true) return soundTemplate(text, environment);
  const compiled = compileTemplate(text, environment);
  if ('template' in compiled) return compiled.template;
  for (const problem of compiled.problems) addExpressionError(context, path, problem);
  return undefined;
}

export function checkReferences(context: Context, path: Path, references: readonly unknown[]): void {
  for (const [index, reference] of references.entries()) {
    if (typeof reference !== 'string' || /^https:\/\/[^\s/]+\S*$/.test(reference)) continue;
    addDiagnostic(
      context,
      [...path, index],
      'policy/reference',
      'a reference must be an https address',
      'give the page where what the rule says can be read',
    );
  }
}

/** Accepted values of what is not set would never be read: a typing error. */
export function checkAccepts(
  context: Context,
  path: Path,
  { sysctl = {}, sysfs = {}, accepts = {} }: NonNullable<RuleText['remediation']>,
): void {
  const names = [...Object.keys(sysctl), ...Object.keys(sysfs)];
  for (const name of Object.keys(accepts)) {
    if (names.includes(name)) continue;
    const near = suggest(name, names);
    const help = near === undefined ? `it sets ${names.join(', ') || 'nothing'}` : `did you mean ${near}?`;
    addDiagnostic(context, [...path, name], 'policy/accepts', `the remediation does not set ${name}`, help, 'key');
  }
}

export function stateFacts(context: Context, path: Path, facts: CaseText['facts']): ReadonlyMap<FactId, Reading> {
  const stated = new Map<FactId, Reading>();
  const known = context.environment.facts;
  for (const [id, value] of Object.entries(facts)) {
    const fact = known.get(id);
    if (fact === undefined) {
      const near = suggest(id, known.keys());
      addDiagnostic(
        context,
        [...path, id],
        'policy/unknown-fact',
        `there is no fact called ${id}`,
        near === undefined ? 'docs/reference/facts.md lists every fact' : `did you mean ${near}?`,
        'key',
      );
      continue;
    }
    const result = id.startsWith('param.') ? stateKnown(value, fact) : stateFact(value, fact);
    if ('reading' in result) stated.set(id, result.reading);
    else addDiagnostic(context, [...path, id], 'policy/case-value', result.problem, result.help);
  }
  return stated;
}
