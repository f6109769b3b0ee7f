import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { right, wrong, type Diagnostic, type Loaded } from '../model/diagnostic.js';
import { memoize } from '../language/memoize.js';
import { BUILT_VALIDATORS, FILE_CHECKS } from './built-validators.js';
import { withoutBranchNoise } from './schema-branches.js';
import { toDiagnostic } from './schema-words.js';
import type { Path, YamlSource } from './yaml/load.js';

/**
 * The schemas are ours: a test holds them against the meta-schema, which takes longer to compile than all of them. A
 * file is checked once, and optimising the code that checks it takes longer than that.
 */
const ajv = memoize(() => new Ajv2020({ ...FILE_CHECKS, code: { optimize: false } }));
const validatorOf = memoize((schema: TSchema): ValidateFunction => ajv().compile(schema));

/** Of the checker: each mistake makes a few. A file of nothing else is not worth an hour and a gigabyte. */
const MOST_ERRORS = 10_000;

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (parent, segment) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, segment) : undefined),
    value,
  );
}

function fits<T extends TSchema>(schema: T, value: unknown, isChecked = false): value is Static<T> {
  return isChecked || BUILT_VALIDATORS.get(schema)?.(value) === true || validatorOf(schema)(value);
}

/** An error that only repeats, in another place of the schema, what another one said. */
function isRepeat(error: ErrorObject): boolean {
  return error.propertyName !== undefined && error.keyword !== 'propertyNames';
}

/** A mapping or list without anything in it: what should be in it may stand beside it. */
function isEmptyCollection({ keyword, data, params }: ErrorObject): boolean {
  const wanted: unknown = params['type'];
  return keyword === 'type' && data === null && (wanted === 'object' || wanted === 'array');
}
function parentOf({ instancePath }: ErrorObject): string {
  return instancePath.slice(0, instancePath.lastIndexOf('/'));
}

/**
 * Checks what a file says (or the part of it at `at`) against its schema.
 *
 * @returns one diagnostic for each problem, at its key or value, with the codes `schema/…`; a value only where there is
 *   none
 */
export function checkSchema<T extends TSchema>(schema: T, source: YamlSource, at: Path = []): Loaded<Static<T>> {
  const value = valueAt(source.value, at);
  if (fits(schema, value, source.isChecked)) return right(value);
  const found = validatorOf(schema).errors ?? [];
  const errors = withoutBranchNoise(found.slice(0, MOST_ERRORS)).filter((error) => !isRepeat(error));
  const strays = errors.filter(({ keyword }) => keyword === 'additionalProperties');
  const isNotIndented = (error: ErrorObject): boolean =>
    isEmptyCollection(error) && strays.some(({ instancePath }) => instancePath === parentOf(error));
  const unindented = new Set(errors.filter(isNotIndented).map(parentOf));
  const diagnostics = errors
    .filter((error) => error.keyword !== 'additionalProperties' || !unindented.has(error.instancePath))
    .map((error): Diagnostic => {
      const diagnostic = toDiagnostic(error, source, at);
      return isNotIndented(error)
        ? { ...diagnostic, help: 'indent what belongs to it: it stands beside it' }
        : diagnostic;
    });
  const seen = new Set<string>();
  const distinct = diagnostics.filter((diagnostic) => {
    const identity = `${diagnostic.at?.line}:${diagnostic.at?.column} ${diagnostic.code} ${diagnostic.message}`;
    return !seen.has(identity) && seen.add(identity) !== undefined;
  });
  if (found.length > MOST_ERRORS)
    distinct.push({
      code: 'schema/more',
      severity: 'error',
      message: `${source.file} has more mistakes than are told: no more of them were looked for`,
      at: source.positionOf(at),
      help: 'correct the first ones; what follows is often the same',
    });
  return wrong(distinct);
}
