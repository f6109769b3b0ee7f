import { createHash } from 'node:crypto';
import { memoize } from '../../language/memoize.js';
import type { SavedExpressions } from '../../policy/cel/environment.js';

/** The plain value that a text was read into when kernward was built, and what the expressions in it were compiled to. */
export interface CheckedText {
  readonly value: unknown;
  readonly expressions?: SavedExpressions;
}

/** By the SHA-256 of the text. */
export type CheckedTexts = Readonly<Record<string, CheckedText>>;

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What the build says of shipped texts: reading, checking and compiling them costs as much as asking a hundred hosts. A text
 * that is not the built one to the byte has no entry, and is read as any other.
 */
export function checkedTexts(read: () => Buffer | undefined): (text: string) => CheckedText | undefined {
  const texts = memoize((): CheckedTexts => JSON.parse(read()?.toString() ?? '{}'));
  return (text) => texts()[digest(text)];
}
