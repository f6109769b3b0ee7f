/** Where the quoted text ends that begins at `from`. */
function endOfQuotes(script: string, from: number): number {
  const quote = script[from] ?? '';
  let at = from + 1;
  for (; at < script.length && script[at] !== quote; at++)
    if (quote === '"') {
      if (script[at] === '\\') at += 1;
      // What it runs would be quoted text of its own.
      else if (script[at] === '`' || script.startsWith('$(', at))
        throw new RangeError('a command within double quotes is not followed');
    }
  if (at >= script.length) throw new RangeError('a quote stays open');
  return at + 1;
}

/** Where `${…}` ends, in which a `#` is no comment and a space no end of a word. */
function endOfExpansion(script: string, from: number): number {
  let at = from + 2;
  while (at < script.length && script[at] !== '}') {
    const character = script[at] ?? '';
    if (character === '"' || character === "'") at = endOfQuotes(script, at);
    else if (script.startsWith('${', at)) at = endOfExpansion(script, at);
    else at += character === '\\' ? 2 : 1;
  }
  if (at >= script.length) throw new RangeError('an expansion stays open');
  return at + 1;
}

/** What nothing has to be asked of. */
const PLAIN = /[^\s\\'"#$<]+/y;
/** Blanks, and lines that go on in the next. */
const BLANK = /(?:[ \t]|\\\n)+/y;
/** After these a word begins, and a `#` is a comment. */
const BETWEEN_WORDS = /[\s;&|()]/;

/**
 * The script without comments, indentation, empty lines and lines that go on in the next; quoted text is as it was.
 *
 * @throws RangeError where it holds what is not followed, here-documents among it: a bug of ours
 */
function withoutSpace(script: string): string {
  const parts: string[] = [];
  /** Before everything, and after a line, nothing that is blank counts. */
  let last = '\n';
  let isBlank = false;
  const run = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at;
    return pattern.test(script) ? pattern.lastIndex : at;
  };
  const put = (text: string): void => {
    if (isBlank && last !== '\n') parts.push(' ');
    isBlank = false;
    parts.push(text);
    last = text.at(-1) ?? last;
  };
  const endOf = (at: number): number => {
    const character = script[at] ?? '';
    if (character === '"' || character === "'") return endOfQuotes(script, at);
    if (script.startsWith('${', at)) return endOfExpansion(script, at);
    if (script.startsWith('<<', at)) throw new RangeError('a here-document is not followed');
    return Math.max(run(PLAIN, at), at + (character === '\\' ? 2 : 1));
  };
  for (let at = 0; at < script.length;) {
    const blank = run(BLANK, at);
    if (blank > at) {
      if (script[at] === '\\') throw new RangeError('a line goes on within a word');
      isBlank = true;
      at = blank;
    } else if (script[at] === '\n') {
      isBlank = false;
      if (last !== '\n') put('\n');
      at += 1;
    } else if (script[at] === '#' && (isBlank || BETWEEN_WORDS.test(last))) {
      const end = script.indexOf('\n', at);
      at = end < 0 ? script.length : end;
    } else {
      const end = endOf(at);
      put(script.slice(at, end));
      at = end;
    }
  }
  return parts.join('');
}

/** Texts, patterns, words, blanks, and what else stands there. */
const AWK_TOKEN = /"(?:\\.|[^"\\\n])*"|\/(?:\\.|[^/\\\n])+\/|\w+|[ \t]+|[^]/g;
const WORD = /^\w+$/;

/** Two tokens that would be another one without a blank, or a call: `name (text)` is one text behind the other. */
function needsBlank(before: string, after: string): boolean {
  return (WORD.test(before) && (WORD.test(after) || after === '(')) || (before === after && '+-'.includes(after));
}

/**
 * A program of awk without indentation, blanks that part nothing, comments that have a line, and empty lines: none of its texts is
 * longer than a line.
 *
 * @throws RangeError where it divides, or a text or pattern stays open: that is not told from a pattern
 */
export function smallAwk(program: string): string {
  return program
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const tokens = line.match(AWK_TOKEN) ?? [];
      const left = tokens.find((token) => token === '"' || token === '/');
      if (left !== undefined) throw new RangeError(`it is not followed what ${left} begins in ${line}`);
      return tokens
        .filter((token, at) => !/^[ \t]/.test(token) || needsBlank(tokens[at - 1] ?? '', tokens[at + 1] ?? ''))
        .join('');
    })
    .join('\n');
}

/** A function or a variable, by what stands before and behind: in a path or a text it is neither. */
const EXPANDED = /(?<=\$\{?)kw_\w+/g;
const NAME = /(?<=\$\{?)kw_\w+|(?<![^\s;&|()])kw_\w+(?=[=\s;&|()]|$)/g;

const QUOTED = /"(?:\\[\s\S]|[^"\\])*"|'[^']*'|\\[\s\S]/g;

/** In code a name of ours that stays: in a path, or behind a hyphen in a word. */
const IN_TEXT = /(?<=\/|[A-Za-z]-)kw_\w+/g;
const ARITHMETIC = /\$\(\([^\n]*?\)\)/g;
/** The length of a variable, or one that is named by another. */
const ODDLY_EXPANDED = /\$\{[^\w{}]kw_/;
/** What follows is a script of its own. */
const RUNS_TEXT = /(?:^|[\s;&|({])(?:eval|trap)[ \t]+(?:-\S*[ \t]+)?$/;

/** @throws RangeError where a name of ours is left as it was, or stands at quoted text so that it may be a part of a word */
function refuseHalfRenamed(code: string, small: string, hasBefore: boolean, hasAfter: boolean): void {
  const left =
    small.replace(IN_TEXT, '').match(/kw_\w*/)?.[0] ??
    small
      .match(ARITHMETIC)
      ?.join('')
      .match(/kw_\w*/)?.[0] ??
    (hasBefore ? /^kw_\w*/.exec(code)?.[0] : undefined) ??
    (hasAfter ? /(?<![$\w{])kw_\w*$/.exec(code)?.[0] : undefined);
  if (left !== undefined) throw new RangeError(`it is not followed whether ${left} is a name`);
}

/** `k0` and so on, by how they come; in decimal, since `kw` is the variable of the first line. No name of a script of ours begins with k and a digit. */
function shortNames(script: string): string {
  const short = new Map<string, string>();
  const renamed = (code: string, names: RegExp): string =>
    code.replace(names, (name) => {
      const before = short.get(name) ?? `k${short.size}`;
      short.set(name, before);
      return before;
    });
  let small = '';
  let from = 0;
  const putCode = (to: number): string => {
    const code = script.slice(from, to);
    const smallCode = renamed(code, NAME);
    refuseHalfRenamed(code, smallCode, from > 0, to < script.length);
    small += smallCode;
    return code;
  };
  for (const { 0: quoted, index } of script.matchAll(QUOTED)) {
    const before = putCode(index);
    const text = quoted.startsWith('"') ? renamed(quoted, EXPANDED) : quoted;
    if (quoted.startsWith('"') && ODDLY_EXPANDED.test(text))
      throw new RangeError(`what an expansion does is not followed: ${quoted}`);
    if (text.includes('kw_') && RUNS_TEXT.test(before))
      throw new RangeError(`text that is run is not followed: ${quoted}`);
    small += text;
    from = index + quoted.length;
  }
  putCode(script.length);
  return small;
}

/** For whoever finds the script on a host and wants to know what it does. */
const HEAD = '# kernward, without what only people read: kernward facts --probe prints it whole\n';

/**
 * A script of ours as it is sent: the same commands, and nothing that only people read. The readable form is what is printed,
 * installed and pinned by its digest, and says what this one does; the tests hold both to the same answers.
 *
 * @param awk programs of awk that it holds between apostrophes
 * @throws RangeError where it holds what is not followed: a bug of ours
 */
export function wireForm(script: string, awk: readonly string[] = []): string {
  const withSmallAwk = awk.reduce(
    (text, program) => text.replaceAll(`'${program}'`, () => `'${smallAwk(program)}'`),
    script,
  );
  return HEAD + shortNames(withoutSpace(withSmallAwk));
}
