import type { TSchema } from 'typebox';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYaml } from '../../text/yaml/load.js';
import { type CheckedValues, digest } from './precompiled.js';

/** For the build: the values of all texts that fit their schema. */
export function precompileValues(
  kinds: readonly { readonly schema: TSchema; readonly files: readonly TextFile[] }[],
): CheckedValues {
  return Object.fromEntries(
    kinds.flatMap(({ schema, files }) =>
      files.flatMap(({ file, text }) => {
        const source = readYaml(text, file).value;
        return source === undefined || checkSchema(schema, source).value === undefined
          ? []
          : [[digest(text), source.value]];
      }),
    ),
  );
}
