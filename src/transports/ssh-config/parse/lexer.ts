const BLANKS = ' \t\r\n';

/** Letters of ASCII only, as the C library does it for one byte at a time in every locale that ssh runs in. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function skip(text: string, characters: string): string {
  let at = 0;
  while (at < text.length && characters.includes(text.charAt(at))) at++;
  return text.slice(at);
}

/** The text without leading blanks (and `=`, for a command). */
export function skipBlanks(text: string, also = ''): string {
  return skip(text, BLANKS + also);
}

export interface Token {
  readonly token: string;
  /** What follows; undefined where the text ended in this token. */
  readonly rest: string | undefined;
}

/**
 * The next word as ssh reads a keyword (and, before 9.9, a Match criterion): ended by blanks or one `=`; a double quote
 * anywhere in it starts a part that lasts to the next double quote, and ends the word there.
 *
 * @returns undefined where a quote is never closed
 * @see strdelim, misc.c, OpenSSH 9.2
 */
export function nextToken(text: string): Token | undefined {
  const end = text.search(/[ \t\r\n"=]/);
  if (end < 0) return { token: text, rest: undefined };
  if (text.charAt(end) === '"') {
    const unquoted = text.slice(0, end) + text.slice(end + 1);
    const close = unquoted.indexOf('"', end);
    return close < 0 ? undefined : { token: unquoted.slice(0, close), rest: skipBlanks(unquoted.slice(close + 1)) };
  }
  const rest = skipBlanks(text.slice(end + 1));
  const equalsLater = text.charAt(end) !== '=' && rest.startsWith('=');
  return { token: text.slice(0, end), rest: equalsLater ? skipBlanks(rest.slice(1)) : rest };
}

/**
 * The arguments of a line: separated by spaces and tabs, with single and double quotes, `\` before a quote, a backslash
 * or (outside quotes) a space, and a comment from a `#` that begins an argument.
 *
 * @returns undefined where a quote is never closed
 * @see argv_split, misc.c, OpenSSH 9.2
 */
export function splitArguments(text: string): readonly string[] | undefined {
  const found: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (at >= text.length || text[at] === '#') return found;
    let quote = '';
    let argument = '';
    for (; at < text.length; at++) {
      const character = text.charAt(at);
      const next = text.charAt(at + 1);
      if (character === '\\' && next !== '' && ('\'"\\'.includes(next) || (quote === '' && next === ' '))) {
        argument += next;
        at++;
      } else if (quote === '' && (character === ' ' || character === '\t')) break;
      else if (quote === '' && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = '';
      else argument += character;
    }
    if (quote !== '') return undefined;
    found.push(argument);
  }
}

export type ConfigLine =
  | { readonly is: 'blank' }
  | { readonly is: 'bad'; readonly message: string }
  /** `rest` is everything after the keyword, as written: a command takes it whole. */
  | { readonly is: 'option'; readonly keyword: string; readonly rest: string; readonly args: readonly string[] };

const BLANK: ConfigLine = { is: 'blank' };

/** As `ssh` cuts a line: at a NUL, and off its end blanks and form feeds, but never the first character. */
function strip(raw: string): string {
  const nul = raw.indexOf('\0');
  const line = nul < 0 ? raw : raw.slice(0, nul);
  let end = line.length;
  while (end > 1 && ' \t\r\n\f'.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

/**
 * One line of an ssh_config. There is no continuation over lines. A keyword whose quote is never closed makes the line
 * blank.
 */
export function readLine(raw: string): ConfigLine {
  const first = nextToken(strip(raw));
  const found = first?.token === '' ? (first.rest === undefined ? undefined : nextToken(first.rest)) : first;
  if (found === undefined || found.token === '' || found.token.startsWith('#')) return BLANK;
  const keyword = lowerAscii(found.token);
  const rest = skipBlanks(found.rest ?? '');
  if (rest === '') return { is: 'bad', message: `${found.token} has no argument` };
  const args = splitArguments(rest);
  if (args === undefined) return { is: 'bad', message: 'a quote is never closed' };
  return { is: 'option', keyword, rest, args };
}
