/** What one character of a name must be, or any run of characters. */
type Token = 'run' | ((character: string) => boolean);

/** `[[:alpha:]]` and its kin, as the C locale has them. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** The token of `[…]` that begins at `from`, and where it ends; undefined where no bracket closes it. */
function bracket(pattern: string, from: number): { readonly token: Token; readonly end: number } | undefined {
  let at = from + 1;
  const isNegated = pattern[at] === '!' || pattern[at] === '^';
  if (isNegated) at += 1;
  const tests: ((character: string) => boolean)[] = [];
  for (const first = at; at < pattern.length;) {
    const character = pattern[at] ?? '';
    if (character === ']' && at > first)
      return {
        token: (each) => tests.some((test) => test(each)) !== isNegated,
        end: at + 1,
      };
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 12));
    if (named !== null) {
      const members = CLASSES[named[1] ?? ''];
      tests.push((each) => members?.test(each) === true);
      at += named[0].length;
      continue;
    }
    const low = character === '\\' ? (pattern[++at] ?? '') : character;
    at += 1;
    if (pattern[at] === '-' && pattern[at + 1] !== ']' && at + 1 < pattern.length) {
      const high = pattern[at + 1] === '\\' ? (pattern[++at + 1] ?? '') : (pattern[at + 1] ?? '');
      at += 2;
      tests.push((each) => each >= low && each <= high);
    } else tests.push((each) => each === low);
  }
  return undefined;
}

function tokensOf(part: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < part.length; at++) {
    const character = part[at] ?? '';
    const set = character === '[' ? bracket(part, at) : undefined;
    if (set !== undefined) {
      tokens.push(set.token);
      at = set.end - 1;
    } else if (character === '*') {
      if (tokens.at(-1) !== 'run') tokens.push('run');
    } else if (character === '?') tokens.push(() => true);
    else {
      const literal = character === '\\' && at + 1 < part.length ? (part[++at] ?? '') : character;
      tokens.push((each) => each === literal);
    }
  }
  return tokens;
}

/** One part of a path against one part of a pattern; the time is the product of their lengths, whatever they hold. */
function matchesPart(part: string, pattern: string): boolean {
  // As glob(3): a dot at the beginning of a name is matched by a dot alone.
  if (part.startsWith('.') && !/^\\?\./.test(pattern)) return false;
  const tokens = tokensOf(pattern);
  let [token, at] = [0, 0];
  let retry: { token: number; at: number } | undefined;
  while (at < part.length) {
    const wanted = tokens[token];
    if (wanted === 'run') {
      retry = { token: (token += 1), at };
      continue;
    }
    if (wanted?.(part[at] ?? '') === true) {
      token += 1;
      at += 1;
      continue;
    }
    if (retry === undefined) return false;
    retry.at += 1;
    ({ token, at } = retry);
  }
  while (tokens[token] === 'run') token += 1;
  return token === tokens.length;
}

/** Does glob(3) find this path by this pattern? No wildcard stands for a slash. */
export function globMatches(path: string, pattern: string): boolean {
  const [parts, patterns] = [path.split('/'), pattern.split('/')];
  return parts.length === patterns.length && parts.every((part, index) => matchesPart(part, patterns[index] ?? ''));
}

/** So many patterns one pattern with braces may stand for; each pair of braces may double them. */
const MOST_ALTERNATIVES = 64;

/** Where the brace at `from` ends, and the commas between: those that stand in no brace within. */
function braceAt(
  pattern: string,
  from: number,
): { readonly end: number; readonly cuts: readonly number[] } | undefined {
  const cuts = [from];
  let depth = 0;
  for (let at = from; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) cuts.push(at);
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return { end: at, cuts: [...cuts, at] };
    }
  }
  return undefined;
}

/**
 * `kernel/{panic,sysrq}*` as the patterns that it stands for (GLOB_BRACE).
 *
 * @returns undefined where they are more than `MOST_ALTERNATIVES`
 */
export function expandBraces(pattern: string): readonly string[] | undefined {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0) {
    const next = open.pop() ?? '';
    if (done.length + open.length >= MOST_ALTERNATIVES) return undefined;
    let from = next.indexOf('{');
    // `{}` stands for itself.
    while (from >= 0 && (next.startsWith('{}', from) || next[from - 1] === '\\')) from = next.indexOf('{', from + 1);
    const brace = from < 0 ? undefined : braceAt(next, from);
    if (brace === undefined) {
      done.push(next);
      continue;
    }
    const [before, after] = [next.slice(0, from), next.slice(brace.end + 1)];
    for (let cut = brace.cuts.length - 2; cut >= 0; cut--)
      open.push(`${before}${next.slice((brace.cuts[cut] ?? 0) + 1, brace.cuts[cut + 1])}${after}`);
  }
  return done;
}
