import stringWidth from 'string-width';

/**
 * Letters, marks, arrows and frames that take one column each, and that join nothing beside them. A test holds each, and
 * them together, against string-width, whose tables of emoji and of characters that join take longer to set up than a
 * recorded host to judge: they are not needed before a text has something else.
 */
const NARROW = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u257f]*$/;

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}
