import type { TSchema } from 'typebox';
import { KernelFixSchema } from '../../kernel/fixes/schema.js';
import { validateFixes } from '../../kernel/fixes/validate.js';
import type { FactDescription } from '../../model/fact.js';
import type { SavedExpressions } from '../../policy/cel/environment.js';
import { loadPolicies } from '../../policy/load.js';
import type { Policy } from '../../policy/policy.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYaml, type YamlSource } from '../../text/yaml/load.js';
import { type CheckedTexts, digest } from './precompiled.js';

interface Kind {
  readonly schema: TSchema;
  readonly files: readonly TextFile[];
  /** What a schema cannot see, and nobody looks at again in a text that is known. */
  readonly isSound?: (source: YamlSource) => boolean;
}

export function isSoundFix(source: YamlSource): boolean {
  const fix = checkSchema(KernelFixSchema, source).value;
  return fix !== undefined && validateFixes(fix, source).length === 0;
}

/** For the build: the values of all texts that fit their schema and are sound. */
export function precompileValues(kinds: readonly Kind[]): CheckedTexts {
  return Object.fromEntries(
    kinds.flatMap(({ schema, files, isSound = () => true }) =>
      files.flatMap(({ file, text }) => {
        const source = readYaml(text, file).value;
        return source === undefined || checkSchema(schema, source).value === undefined || !isSound(source)
          ? []
          : [[digest(text), { value: source.value }]];
      }),
    ),
  );
}

function expressionsOf({ rules, groupRules }: Policy): SavedExpressions {
  const expressions = [
    ...rules.flatMap(({ requires, appliesTo, because }) => [
      requires,
      ...(appliesTo === undefined ? [] : [appliesTo]),
      ...because.expressions,
    ]),
    ...groupRules.map(({ ask }) => ask.of),
  ];
  return Object.fromEntries(expressions.map((expression) => [expression.source, expression.save()]));
}

/**
 * For the build: what the expressions of these policies are compiled to, by the digest of each text.
 *
 * @throws Error where a policy has a mistake
 */
export function precompileExpressions(
  files: readonly TextFile[],
  facts: readonly FactDescription[],
): ReadonlyMap<string, SavedExpressions> {
  // As they are written: what an earlier build knew of them is not asked.
  const texts = files.map(({ file, text }) => ({ file, text }));
  const { value, diagnostics } = loadPolicies(texts, facts);
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  const textOf = new Map(texts.map(({ file, text }) => [file, text]));
  return new Map(value.map((policy) => [digest(textOf.get(policy.file) ?? ''), expressionsOf(policy)]));
}
