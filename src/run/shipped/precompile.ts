import type { TSchema } from 'typebox';
import type { FactDescription } from '../../model/fact.js';
import type { SavedExpressions } from '../../policy/cel/environment.js';
import { loadPolicies } from '../../policy/load.js';
import type { Policy } from '../../policy/policy.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYaml } from '../../text/yaml/load.js';
import { type CheckedTexts, digest } from './precompiled.js';

/** For the build: the values of all texts that fit their schema. */
export function precompileValues(
  kinds: readonly { readonly schema: TSchema; readonly files: readonly TextFile[] }[],
): CheckedTexts {
  return Object.fromEntries(
    kinds.flatMap(({ schema, files }) =>
      files.flatMap(({ file, text }) => {
        const source = readYaml(text, file).value;
        return source === undefined || checkSchema(schema, source).value === undefined
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
