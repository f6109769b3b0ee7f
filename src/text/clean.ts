/**
 * What a terminal, a log or a spreadsheet might act on or fail to show: C0, DEL and C1 controls, format characters
 * (bidi overrides, zero-width, tags), line and paragraph separators, lone surrogates, and the letters and marks that
 * print as nothing (U+034F, U+115F, U+1160, U+17B4, U+17B5, U+3164, U+FFA0).
 * @see https://www.unicode.org/reports/tr44/#General_Category_Values
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5/gu;

/** Most texts have nothing else. Without the flag `u`, with which V8 takes six times as long to see it. */
const OTHER_THAN_ASCII = /[^\u0020-\u007e]/;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hex(codePoint: number, digits: number): string {
  return codePoint.toString(16).padStart(digits, '0');
}

function escaped(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint > 0xffff) return `\\u{${hex(codePoint, 5)}}`;
  return SHORT[character] ?? (codePoint > 0xff ? `\\u${hex(codePoint, 4)}` : `\\x${hex(codePoint, 2)}`);
}

/** The longest run of whole characters and whole escapes that fits, with `…` in the last place. */
function cut(text: string, maxLength: number): string {
  let kept = '';
  for (const character of text) {
    const shown = character.replace(INVISIBLE, escaped);
    if (kept.length + shown.length >= maxLength) break;
    kept += shown;
  }
  return maxLength > 0 ? `${kept}…` : '';
}

/**
 * One line of text that is safe to print: every control and format character is visible as an escape (`\x1b`,
 * `\u202e`). A backslash that stood in the text is kept, so the escapes are for reading, not for decoding.
 *
 * @param maxLength most UTF-16 units in the answer; a longer text is cut between characters and ends in `…`
 * @returns never throws, whatever the text, lone surrogates included
 */
export function clean(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  if (text.length > maxLength) return cut(text, maxLength);
  if (!OTHER_THAN_ASCII.test(text)) return text;
  const shown = text.replace(INVISIBLE, escaped);
  return shown.length > maxLength ? cut(text, maxLength) : shown;
}

/** The same characters as one `\ufffd` (a tab as one space) each UTF-16 unit, so that columns stay where they are. */
export function cleanInPlace(text: string): string {
  return text.replaceAll('\t', ' ').replace(INVISIBLE, (character) => '\ufffd'.repeat(character.length));
}
