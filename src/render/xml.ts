import { clean } from '../text/clean.js';

/** A value of a fact may be long; a report server that shows a cell of 1 MB shows nothing else. */
const MAX_TEXT = 4_000;

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * A text that may stand in an element or in a quoted attribute. XML 1.0 has no way to write most control characters,
 * lone surrogates, U+FFFE and U+FFFF, not even by number: they are visible as escapes (`\x1b`, `\ufffe`).
 * @see https://www.w3.org/TR/xml/#charsets
 */
export function xmlText(text: string): string {
  return clean(text, MAX_TEXT)
    .replace(/[\ufffe\uffff]/g, (character) => (character === '\ufffe' ? '\\ufffe' : '\\uffff'))
    .replace(/[&<>"']/g, (character) => ENTITY[character] ?? character);
}

/** ` name="value"` for each; in the order given. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join('');
}
