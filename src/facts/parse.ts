import { known, unreadable, type Reading } from '../model/reading.js';

/** The longest content that is taken for the value of one fact, in UTF-16 units; more is `malformed`. */
export const MAX_TEXT = 16_384;

/** A short, one-line, printable quotation of what the host sent. */
export function quote(text: string): string {
  const start = text.slice(0, 60);
  return JSON.stringify(start).replace(/[^\x20-\x7e]/g, '?') + (text.length > 60 ? ' …' : '');
}

export function malformed(expected: string, text: string): Reading<never> {
  return unreadable('malformed', `expected ${expected}, got ${quote(text)}`);
}

/** Any control character but the tab, or what was no UTF-8. */
const CONTROL = /(?!\t)[\p{Cc}\ufffd]/u;

/** The one line of a file that has exactly one (a missing last newline is forgiven: `grep` adds it). */
export function oneLine(text: string): string | undefined {
  const line = text.endsWith('\n') ? text.slice(0, -1) : text;
  return text === '' || text.length > MAX_TEXT || CONTROL.test(line) ? undefined : line;
}

/** An unsigned long of the kernel has at most 20 digits. */
function beyondExact(line: string): boolean {
  return /^-?[1-9][0-9]{15,19}$/.test(line) && !Number.isSafeInteger(Number(line));
}

/** A decimal integer of the kernel: no sign but `-`, no leading zeros, within the range and within ±(2^53 − 1). */
export function int(min = 0, max: number = Number.MAX_SAFE_INTEGER) {
  return (text: string): Reading<number> => {
    const line = oneLine(text) ?? '';
    const value = /^(?:0|-?[1-9][0-9]{0,15})$/.test(line) ? Number(line) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= min && value <= max) return known(value, text);
    // The kernel may well hold such a number; the nearest one that could be kept would be a wrong one.
    return beyondExact(line)
      ? unreadable(
          'malformed',
          `out of range: ${line} is ${line.startsWith('-') ? 'less than -(2^53 - 1)' : 'more than 2^53 - 1'}, beyond which integers are not kept exactly`,
        )
      : malformed(`an integer from ${min} to ${max}`, text);
  };
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['0', false],
  ['1', true],
  // Module parameters: param_get_bool prints Y or N (kernel/params.c).
  ['N', false],
  ['Y', true],
  // RHEL 6 writes khugepaged/defrag in the style of its neighbours.
  ['yes [no]', false],
  ['[yes] no', true],
]);

export function bool(text: string): Reading<boolean> {
  const value = BOOLEANS.get(oneLine(text) ?? '');
  return value === undefined ? malformed('0, 1, N or Y', text) : known(value, text);
}

/**
 * One line of printable text; a file with nothing but a newline is the empty string, a file with nothing is malformed.
 */
export function string(text: string): Reading<string> {
  const line = oneLine(text);
  return line === undefined || line.length > 4096 ? malformed('one line of text', text) : known(line, text);
}

/** The word in brackets of `always [madvise] never`; undefined unless exactly one is, and all are in `values`. */
export function chosen(line: string, values: readonly string[]): string | undefined {
  const words = line.split(' ');
  const inBrackets = words
    .filter((word) => word.startsWith('[') && word.endsWith(']'))
    .map((word) => word.slice(1, -1));
  const areKnown = words.every((word) => values.includes(word.replace(/^\[(.*)\]$/, '$1')));
  return inBrackets.length === 1 && areKnown ? inBrackets[0] : undefined;
}

/** A choice as sysfs shows it: all the words, the one in force in brackets. */
export function choice(values: readonly string[]) {
  return (text: string): Reading<string> => {
    const value = chosen(oneLine(text) ?? '', values);
    return value === undefined ? malformed(`one of ${values.join(', ')} in brackets`, text) : known(value, text);
  };
}

/** Splits `name:content` lines. Undefined when the text is too long or a line has no colon. */
export function pairs(text: string): readonly (readonly [string, string])[] | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const found: (readonly [string, string])[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 0 || CONTROL.test(line)) return undefined;
    found.push([line.slice(0, colon), line.slice(colon + 1)]);
  }
  return found;
}
