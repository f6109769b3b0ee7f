import type { ErrorObject } from 'ajv';
import { defined } from '../language/defined.js';
import type { Diagnostic } from '../model/diagnostic.js';
import { clean } from './clean.js';
import { suggest } from './suggest.js';
import type { Path, YamlSource } from './yaml/load.js';

interface Words {
  readonly code: 'schema/unknown-field' | 'schema/missing-field' | 'schema/type' | 'schema/value';
  readonly message: string;
  readonly help?: string | undefined;
  /** Below the error's own path. */
  readonly field?: string;
  readonly part?: 'key' | 'value';
}

interface Case {
  readonly error: ErrorObject;
  /** What the value is called: `port`, `hosts[2]`, `the file`. */
  readonly name: string;
  readonly written: string | undefined;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'empty',
};

function typeWord(type: string): string {
  return TYPE_WORDS[type] ?? type;
}

function wordFor(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeWord(typeof value);
}

function quoted(value: unknown): string {
  return clean(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 80);
}
function list(words: readonly string[]): string {
  return words.join(', ');
}
function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const near = suggest(name, candidates);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** A member of what the checker hands over without a type. */
function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
function param(error: ErrorObject, name: string): unknown {
  return member(error.params, name);
}
function fieldsOf(error: ErrorObject): readonly string[] {
  return Object.keys(member(error.parentSchema, 'properties') ?? {});
}
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
function descriptionOf(error: ErrorObject): string | undefined {
  return textOf(member(error.parentSchema, 'description'));
}
function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `a text or a list`, from the branches of a choice. */
function branchTypes(error: ErrorObject): string {
  const words = itemsOf(error.schema).map((branch) => typeWord(textOf(member(branch, 'type')) ?? 'something else'));
  return [...new Set(words)].join(' or ');
}

function wrongType({ error, name, written }: Case, wanted: string): Words {
  const isNeedOfQuotes = wanted === 'a text' && (typeof error.data === 'number' || typeof error.data === 'boolean');
  const isQuotedNumber =
    (wanted === 'a whole number' || wanted === 'a number') &&
    typeof error.data === 'string' &&
    /^-?\d+$/.test(error.data);
  const help = isNeedOfQuotes
    ? `write it in quotes: "${clean(written ?? String(error.data), 40)}"`
    : isQuotedNumber
      ? 'write it without quotes'
      : descriptionOf(error);
  return { code: 'schema/type', message: `${name} must be ${wanted}, and is ${wordFor(error.data)}`, help };
}

/** How each keyword is said. What stands in no row is said in the checker's own words. */
const WORDS: Readonly<Record<string, (problem: Case) => Words>> = {
  additionalProperties: ({ error }) => {
    const field = String(param(error, 'additionalProperty'));
    const fields = fieldsOf(error);
    return {
      code: 'schema/unknown-field',
      message: `there is no field called ${clean(field, 80)} here`,
      help: didYouMean(field, fields) ?? `the fields are ${list(fields)}`,
      field,
      part: 'key',
    };
  },
  required: ({ error, name }) => ({
    code: 'schema/missing-field',
    message: `${name} has no ${String(param(error, 'missingProperty'))}`,
    help: `add the field ${String(param(error, 'missingProperty'))}`,
    part: 'key',
  }),
  type: (problem) =>
    wrongType(
      problem,
      [param(problem.error, 'type')]
        .flat()
        .map((type) => typeWord(String(type)))
        .join(' or '),
    ),
  anyOf: (problem) => wrongType(problem, branchTypes(problem.error)),
  oneOf: (problem) => wrongType(problem, branchTypes(problem.error)),
  enum: ({ error, name }) => {
    const values = itemsOf(param(error, 'allowedValues')).map(String);
    return {
      code: 'schema/value',
      message: `${name} is ${quoted(error.data)}, and must be one of ${list(values)}`,
      help: typeof error.data === 'string' ? didYouMean(error.data, values) : undefined,
    };
  },
  const: ({ error, name }) => ({
    code: 'schema/value',
    message: `${name} must be ${quoted(param(error, 'allowedValue'))}`,
  }),
  pattern: ({ error, name }) => ({
    code: 'schema/value',
    message: `${name} cannot be "${quoted(error.data)}"`,
    help: descriptionOf(error),
  }),
  propertyNames: ({ error }) => {
    const field = String(param(error, 'propertyName'));
    return {
      code: 'schema/value',
      message: `"${clean(field, 80)}" cannot be a name here`,
      help: textOf(member(error.schema, 'description')),
      field,
      part: 'key',
    };
  },
  minimum: ({ error, name }) => ({
    code: 'schema/value',
    message: `${name} is ${quoted(error.data)}, and must be at least ${String(param(error, 'limit'))}`,
  }),
  maximum: ({ error, name }) => ({
    code: 'schema/value',
    message: `${name} is ${quoted(error.data)}, and must be at most ${String(param(error, 'limit'))}`,
  }),
  minLength: ({ name, error }) => ({ code: 'schema/value', message: `${name} is empty`, help: descriptionOf(error) }),
  maxLength: ({ name, error }) => ({
    code: 'schema/value',
    message: `${name} has more than ${String(param(error, 'limit'))} characters`,
    help: descriptionOf(error),
  }),
  minItems: ({ name, error }) => ({
    code: 'schema/value',
    message: `${name} must have at least ${String(param(error, 'limit'))} in it`,
    help: descriptionOf(error),
  }),
  maxItems: ({ name, error }) => ({
    code: 'schema/value',
    message: `${name} must have at most ${String(param(error, 'limit'))} in it`,
    help: descriptionOf(error),
  }),
  maxProperties: ({ name, error }) => ({
    code: 'schema/value',
    message: `${name} must have at most ${String(param(error, 'limit'))} in it`,
    help: descriptionOf(error),
  }),
  minProperties: ({ name, error }) => ({
    code: 'schema/value',
    message: `${name} must have at least ${String(param(error, 'limit'))} in it`,
    help: descriptionOf(error),
  }),
  uniqueItems: ({ name }) => ({ code: 'schema/value', message: `${name} says the same thing twice` }),
};

function pathOf(instancePath: string): Path {
  return instancePath
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  const isIndex = /^\d+$/.test(String(last)) && path.length > 1;
  return clean(isIndex ? `${String(path.at(-2))}[${last}]` : String(last), 80);
}

export function toDiagnostic(error: ErrorObject, source: YamlSource, at: Path): Diagnostic {
  const path = [...at, ...pathOf(error.instancePath)];
  const problem: Case = { error, name: nameOf(path), written: source.writtenAt(path) };
  const words = WORDS[error.keyword]?.(problem) ?? {
    code: 'schema/value',
    message: `${problem.name} ${clean(error.message ?? 'is wrong', 200)}`,
  };
  const place = source.placeOf(words.field === undefined ? path : [...path, words.field], words.part ?? 'value');
  return {
    code: words.code,
    severity: 'error',
    message: words.message,
    ...place,
    ...defined({ help: words.help }),
  };
}
