import { defined } from '../language/defined.js';
import type { DiagnosticSink } from '../model/diagnostic.js';
import type { FactDescription, FactType } from '../model/fact.js';
import { known, type FactId, type Readings, type Value } from '../model/reading.js';
import { suggest } from '../text/suggest.js';
import type { Path, YamlSource } from '../text/yaml/load.js';
import { stateKnown } from './case-facts.js';
import type { ParameterText } from './schema.js';

/**
 * A number, word or switch of a policy that a profile may set. In expressions it is `param.NAME`, as if it were a fact.
 */
export interface Parameter {
  readonly name: string;
  readonly fact: FactDescription;
  readonly default: Value;
  readonly formattedDefault: string;
  readonly description: string;
}

function inWords(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What a parameter is called in expressions and in evidence. */
function parameterId(name: string): FactId {
  return `param.${name}`;
}

const TYPES: Readonly<Record<ParameterText['type'], (text: ParameterText) => FactType>> = {
  int: ({ min, max }) => ({
    kind: 'int',
    ...defined({ min, max }),
  }),
  bool: () => ({ kind: 'bool' }),
  string: () => ({ kind: 'string' }),
  enum: ({ values }) => ({ kind: 'enum', values: values ?? [] }),
};

/** The fields that go with each type, beyond those that every parameter has. */
const BOUNDS = { int: ['min', 'max'], bool: [], string: [], enum: ['values'] } as const satisfies Record<
  ParameterText['type'],
  readonly string[]
>;
const ALL_BOUNDS = ['min', 'max', 'values'] as const;

interface Problem {
  readonly message: string;
  readonly help?: string;
}

/** What a value that was written for a parameter is, or why it cannot be its value. */
function parameterValue(written: unknown, fact: FactDescription): { readonly value: Value } | Problem {
  const stated = stateKnown(written, fact);
  if ('problem' in stated) return { message: stated.problem, ...defined({ help: stated.help }) };
  return stated.reading.state === 'known'
    ? { value: stated.reading.value }
    : { message: `${fact.id}: ${stated.reading.state}` };
}

function validateParameters(
  text: ParameterText,
  fact: FactDescription,
): readonly (Problem & { readonly field: string })[] {
  const allowed: readonly string[] = BOUNDS[text.type];
  const stray = ALL_BOUNDS.filter((field) => text[field] !== undefined && !allowed.includes(field));
  const value = parameterValue(text.default, fact);
  return [
    ...stray.map((field) => ({ field, message: `a parameter of type ${text.type} has no ${field}` })),
    ...(text.type === 'enum' && text.values === undefined
      ? [{ field: 'type', message: 'a parameter of type enum names its values', help: 'values: [one, other]' }]
      : []),
    ...(text.min !== undefined && text.max !== undefined && text.min > text.max
      ? [{ field: 'min', message: 'min is more than max' }]
      : []),
    ...('value' in value || (text.type === 'enum' && text.values === undefined)
      ? []
      : [{ field: 'default', ...value }]),
  ];
}

/** The parameters of one policy that are sound; what is wrong with the others goes to the sink. */
export function loadParameters(
  texts: Readonly<Record<string, ParameterText>>,
  source: YamlSource,
  diagnostics: DiagnosticSink,
): readonly Parameter[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    const fact: FactDescription = {
      id: parameterId(name),
      title: text.description,
      type: TYPES[text.type](text),
      sources: [source.file],
    };
    const problems = validateParameters(text, fact);
    for (const { field, message, help } of problems) {
      const place = source.placeOf(['parameters', name, field], field === 'default' ? 'value' : 'key');
      diagnostics.add({
        code: 'policy/parameter',
        severity: 'error',
        message,
        ...place,
        ...defined({ help }),
      });
    }
    const value = parameterValue(text.default, fact);
    return problems.length > 0 || !('value' in value)
      ? []
      : [
          {
            name,
            fact,
            default: value.value,
            formattedDefault: inWords(value.value),
            description: text.description.trim(),
          },
        ];
  });
}

/** The value of a parameter in words; nothing where it is not among the readings. */
export function shownParameter(readings: Readings | undefined, id: FactId): string | undefined {
  const reading = readings?.get(id);
  return reading?.state === 'known' ? inWords(reading.value) : undefined;
}

/** What profiles set a parameter to, those that set it: `[['sap-hana', '90']]`. */
export function getSetters(
  profiles: Iterable<{ readonly id: string; readonly parameters: ReadonlyMap<string, Readings> }>,
  policy: string,
  id: FactId,
): readonly (readonly [string, string])[] {
  return [...profiles].flatMap((profile) => {
    const value = shownParameter(profile.parameters.get(policy), id);
    return value === undefined ? [] : [[profile.id, value] as const];
  });
}

/** The values that hold where no profile says otherwise, as readings. */
export function defaultReadings(parameters: readonly Parameter[], policy: string): Readings {
  return new Map(
    parameters.map(({ fact, default: value }) => [fact.id, known(value, `the default of the policy ${policy}`)]),
  );
}

/** What profiles set, by policy: `{ hung-task: { minCheckCount: 4194304 } }`. */
export type ParameterChoices = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Choosing {
  readonly source: YamlSource;
  readonly profile: string;
  readonly policies: readonly { readonly id: string; readonly parameters: readonly Parameter[] }[];
  readonly diagnostics: DiagnosticSink;
}

function refuse(
  { source, diagnostics }: Choosing,
  path: Path,
  part: 'key' | 'value',
  code: string,
  { message, help }: Problem,
): void {
  diagnostics.add({
    code,
    severity: 'error',
    message,
    ...source.placeOf(path, part),
    ...defined({ help }),
  });
}

function didYouMean(name: string, names: readonly string[], what: string): string {
  const near = suggest(name, names);
  if (near !== undefined) return `did you mean ${near}?`;
  return names.length === 0 ? `it has no ${what}` : `its ${what} are ${names.join(', ')}`;
}

/** What a profile's file sets, by policy, as readings; what is wrong with it goes to the sink. */
export function chosenReadings(choices: ParameterChoices, choosing: Choosing): ReadonlyMap<string, Readings> {
  const chosen = new Map<string, Readings>();
  const { policies, profile } = choosing;
  for (const [policyId, values] of Object.entries(choices)) {
    // A policy of the user's own may have the name of a shipped one, which the shipped profiles mean.
    const named = policies.filter(({ id }) => id === policyId);
    const parameters = named.flatMap((policy) => policy.parameters);
    if (named.length === 0) {
      const near = suggest(
        policyId,
        policies.map(({ id }) => id),
      );
      const help =
        near === undefined ? 'docs/reference/rules.md names the policy of every rule' : `did you mean ${near}?`;
      refuse(choosing, ['parameters', policyId], 'key', 'profile/unknown-policy', {
        message: `there is no policy called ${policyId}`,
        help,
      });
      continue;
    }
    const readings = new Map<FactId, ReturnType<typeof known>>();
    for (const [name, written] of Object.entries(values)) {
      const path = ['parameters', policyId, name];
      const parameter = parameters.find((one) => one.name === name);
      if (parameter === undefined) {
        const help = didYouMean(
          name,
          parameters.map((one) => one.name),
          'parameters',
        );
        refuse(choosing, path, 'key', 'profile/unknown-parameter', {
          message: `the policy ${policyId} has no parameter called ${name}`,
          help,
        });
        continue;
      }
      const value = parameterValue(written, parameter.fact);
      if ('value' in value) readings.set(parameter.fact.id, known(value.value, `set by the profile ${profile}`));
      else refuse(choosing, path, 'value', 'profile/parameter-value', value);
    }
    chosen.set(policyId, readings);
  }
  return chosen;
}
