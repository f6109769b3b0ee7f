/** A word as a shell would see it, and where it stands in the line. */
export interface ShellWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function plainWord({ 0: text, index: start }: RegExpExecArray): ShellWord {
  return { text, start, end: start + text.length };
}

/**
 * Splits a line into words as Python's shlex does: quotes and backslashes as in a POSIX shell.
 *
 * @param hasComments `#` outside of quotes ends the line
 * @returns `undefined` for a quote that is never closed or a backslash at the end
 * @see https://docs.python.org/3/library/shlex.html#parsing-rules
 */
export function shellWords(line: string, hasComments = true): readonly ShellWord[] | undefined {
  if (!/["'\\#]/.test(line)) return [...line.matchAll(/\S+/g)].map(plainWord);
  const words: ShellWord[] = [];
  let text: string | undefined;
  let start = 0;
  let quote: string | undefined;
  const finish = (end: number): void => {
    if (text !== undefined) words.push({ text, start, end });
    text = undefined;
  };
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    const isEscape = char === '\\' && quote !== "'";
    if (hasComments && quote === undefined && char === '#') {
      finish(at);
      return words;
    }
    if (quote === undefined && /\s/.test(char)) {
      finish(at);
      continue;
    }
    if (text === undefined) start = at;
    text ??= '';
    if (isEscape) {
      const next = line[++at];
      if (next === undefined) return undefined;
      // Within double quotes a backslash only escapes the quote and itself.
      text += quote === '"' && next !== '"' && next !== '\\' ? char + next : next;
    } else if (quote === undefined && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = undefined;
    else text += char;
  }
  if (quote !== undefined) return undefined;
  finish(line.length);
  return words;
}
