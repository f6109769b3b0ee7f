import { clean } from '../text/clean.js';

const ENTITY = /[&<>`*_[\]\\|~@#$:!{}]/g;

/** A sentence of a policy or of ours: nothing in it is a tag, a link, the end of a cell or an emphasis. */
export function markdownText(text: string, maxLength: number): string {
  return clean(text, maxLength).replace(ENTITY, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A text from outside as a code span, in which nothing but backticks has a meaning: no tags, no links, no mentions of people.
 * The fence is one backtick longer than the longest run in the text.
 * @see https://github.github.com/gfm/#code-spans
 */
export function markdownCode(text: string, maxLength: number): string {
  const shown = clean(text, maxLength);
  if (shown.trim() === '') return '';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/**
 * The same within a table, where a pipe would end the cell: GFM takes the backslash away again, in code spans too.
 * @see https://github.github.com/gfm/#example-200
 */
export function markdownCell(text: string, maxLength: number): string {
  return markdownCode(text, maxLength).replaceAll('|', '\\|');
}

/** UTF-8, which is what GitHub's limits count. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
