import type { ConfigFiles } from '../files.js';

/** One place of a part of a path: any run of characters, or one character that passes. */
type Piece = 'star' | ((character: string) => boolean);

/** Most paths that one pattern may find. */
const MOST_PATHS = 10_000;

/** A bracket expression from `at`, and where it ends; undefined where it is not closed, so that `[` is a letter. */
function bracket(pattern: string, at: number): { readonly piece: Piece; readonly end: number } | undefined {
  const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  const from = at + (negated ? 2 : 1);
  const end = pattern.indexOf(']', from + 1);
  if (end < 0) return undefined;
  const ranges: (readonly [string, string])[] = [];
  for (let i = from; i < end; i++) {
    const first = pattern.charAt(i);
    if (pattern[i + 1] === '-' && i + 2 < end) {
      ranges.push([first, pattern.charAt(i + 2)]);
      i += 2;
    } else ranges.push([first, first]);
  }
  return { piece: (character) => ranges.some(([low, high]) => character >= low && character <= high) !== negated, end };
}

/** The part as a plain name, or as pieces. */
function readPart(pattern: string): { readonly plain: string } | { readonly pieces: readonly Piece[] } {
  const pieces: Piece[] = [];
  let plain = '';
  let magic = false;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const found = character === '[' ? bracket(pattern, at) : undefined;
    if (found !== undefined) {
      pieces.push(found.piece);
      at = found.end;
      magic = true;
    } else if (character === '*' || character === '?') {
      pieces.push(character === '*' ? 'star' : () => true);
      magic = true;
    } else {
      const escaped = character === '\\' && at + 1 < pattern.length ? pattern.charAt(++at) : character;
      pieces.push((other) => other === escaped);
      plain += escaped;
    }
  }
  return magic ? { pieces } : { plain };
}

function matches(name: string, pieces: readonly Piece[]): boolean {
  const characters = Array.from(name);
  let at = 0;
  let in_ = 0;
  let star = -1;
  let resume = 0;
  while (at < characters.length) {
    const piece = pieces[in_];
    if (piece === 'star') {
      star = in_++;
      resume = at;
    } else if (piece?.(characters[at] ?? '') === true) {
      in_++;
      at++;
    } else if (star >= 0) {
      in_ = star + 1;
      at = ++resume;
    } else return false;
  }
  return pieces.slice(in_).every((piece) => piece === 'star');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * The existing paths that an absolute pattern names, sorted by their bytes, as glob(3) does for ssh: `*`, `?`, `[…]`
 * and `\`, none of which matches a `/` or a leading dot. Character classes such as `[[:alpha:]]` are not known.
 */
export function expandGlob(pattern: string, files: Pick<ConfigFiles, 'list' | 'exists'>): readonly string[] {
  let found: readonly string[] = [''];
  for (const [index, written] of pattern.split('/').entries()) {
    const part = readPart(written);
    const slash = index === 0 ? '' : '/';
    const next = (path: string): readonly string[] => {
      if ('plain' in part) return [`${path}${slash}${part.plain}`];
      const names = files.list(path === '' ? '/' : path);
      return names
        .filter((name) => (!name.startsWith('.') || /^\\?\./.test(written)) && matches(name, part.pieces))
        .map((name) => `${path}${slash}${name}`);
    };
    found = found.flatMap(next).slice(0, MOST_PATHS);
  }
  return found.filter((path) => files.exists(path)).sort(byBytes);
}
