import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TSchema } from 'typebox';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYaml } from '../../text/yaml/load.js';
import { memoize } from '../../language/memoize.js';

/** SHA-256 of a text → the plain value it was read into when kernward was built. */
type CheckedValues = Readonly<Record<string, unknown>>;

function fileIn(root: string): string {
  return join(root, 'dist', 'checked-values.json');
}
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What the build says of shipped texts: reading and checking them costs as much as asking a hundred hosts. A text that
 * is not the built one to the byte has no entry, and is read as any other.
 */
export function checkedValues(root: string): (text: string) => unknown {
  const values = memoize((): CheckedValues =>
    existsSync(fileIn(root)) ? JSON.parse(readFileSync(fileIn(root), 'utf8')) : {},
  );
  return (text) => values()[digest(text)];
}

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
