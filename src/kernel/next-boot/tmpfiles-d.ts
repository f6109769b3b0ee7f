import { TMPFILES_DIRECTORIES } from '../../facts/boot-files.js';
import type { BootFiles } from './boot-files.js';
import { baseName, filesInOrder } from './conf-files.js';
import { expandBraces, globMatches } from './glob.js';
import type { KeyHistory, Write } from './sysctl-d.js';

/** A line that writes, `w` to whatever its path finds, `f+` to one file; or that takes a path from such a line, as `x` does. */
interface Line {
  readonly type: 'w' | 'f' | 'x';
  readonly isForced: boolean;
  /** `w~`: what it writes is not what stands there, or the line is passed over; undefined: all its signs are followed. */
  readonly odd?: string;
  readonly path: string;
  /** Everything that makes two lines of one path the same. */
  readonly rest: string;
  readonly write: Write;
}

const FIELDS = 6;

/** The first words as extract_first_word() takes them apart, quotes gone, and what follows; undefined: a quote stays open. */
function wordsOf(text: string): { readonly words: readonly string[]; readonly rest: string } | undefined {
  const words: string[] = [];
  let at = 0;
  const skip = (): void => {
    while (/[ \t]/.test(text[at] ?? '')) at += 1;
  };
  for (skip(); words.length < FIELDS && at < text.length; skip()) {
    let word = '';
    let quote = '';
    for (; at < text.length && (quote !== '' || !/[ \t]/.test(text[at] ?? '')); at++) {
      const character = text[at] ?? '';
      if (quote !== '' && character === quote) quote = '';
      else if (quote === '' && (character === '"' || character === "'")) quote = character;
      else word += character;
    }
    if (quote !== '') return undefined;
    words.push(word);
  }
  return { words, rest: text.slice(at) };
}

/** path_simplify(); undefined: not a path that it takes. */
function simplified(path: string): string | undefined {
  if (!path.startsWith('/') || path.split('/').includes('..')) return undefined;
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}

const TAKES_PATH: ReadonlySet<string> = new Set(['x', 'X', 'r', 'R']);
const MODE = /^(?:-|[~:]{0,2}[0-7]{1,5})$/;
const AGE = /^(?:-|~?(?:[abcmABCM]+:)?(?:\d+(?:us|ms|s|sec|seconds?|m|min|minutes?|h|hr|hours?|d|days?|w|weeks?)?)+)$/;

/** The type and its signs, each of which may stand there once; `~` (base64) and `^` (a credential) are not followed, nor are those of later versions. */
function actionOf(word: string): Pick<Line, 'type' | 'isForced' | 'odd'> | undefined {
  const [letter, ...signs] = word;
  if (signs.some((sign, index) => signs.indexOf(sign) !== index)) return undefined;
  const odd = signs.every((sign) => '!+-='.includes(sign)) ? {} : { odd: word };
  if (letter === 'w') return { type: 'w', isForced: signs.includes('+'), ...odd };
  if (letter !== undefined && TAKES_PATH.has(letter)) return { type: 'x', isForced: false, ...odd };
  // F was how f+ was written before.
  if (letter === 'F') return { type: 'f', isForced: true, ...odd };
  return letter === 'f' ? { type: 'f', isForced: signs.includes('+'), ...odd } : undefined;
}

function parse(text: string, file: string, line: number): Line | undefined {
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const found = wordsOf(trimmed);
  const [word = '', target = '', ...fields] = found?.words ?? [];
  const [mode = '-', , , age = '-'] = fields;
  const action = actionOf(word);
  const path = simplified(target.replaceAll('%%', '%'));
  const argument = found?.rest ?? '';
  if (action === undefined || path === undefined || !MODE.test(mode) || !AGE.test(age)) return undefined;
  const isEmpty = argument === '' || argument === '-';
  if (action.type === 'w' && isEmpty) return undefined;
  return {
    ...action,
    path,
    rest: [...fields, argument].join(' '),
    write: { value: isEmpty ? '' : argument, file, line },
  };
}

/** Of lines of one path the first counts, those that say the same, and after a `w+` every other. */
function counting(lines: readonly Line[]): readonly (readonly Line[])[] {
  const byPath = new Map<string, Line[]>();
  for (const line of lines) {
    const before = byPath.get(line.path);
    if (before === undefined) byPath.set(line.path, [line]);
    else if (
      before.every(({ rest, isForced }) => rest === line.rest || (line.type === 'w' && isForced && line.isForced))
    )
      before.push(line);
  }
  return [...byPath.values()];
}

/** `unclear`: a pattern that stands for too many. */
function finds(pattern: string, path: string): boolean | 'unclear' {
  const patterns = expandBraces(pattern);
  return patterns === undefined ? 'unclear' : patterns.some((each) => globMatches(path, each));
}

/**
 * What systemd-tmpfiles writes to a path at boot: first by lines that name one file, then by those that may name many, both
 * in the order of the files' names; so the last pattern wins that finds the path.
 *
 * @see tmpfiles.d(5), parse_line() and process_item_array() in src/tmpfiles/tmpfiles.c, systemd 252
 */
export function historyOfTmpfiles({ tmpfiles }: Pick<BootFiles, 'tmpfiles'>, path: string): KeyHistory {
  const seen = tmpfiles.files.filter((file) => !baseName(file.path).startsWith('.'));
  const files = filesInOrder({ ...tmpfiles, files: seen }, TMPFILES_DIRECTORIES);
  const parsed = files.flatMap(({ path: file, lines: all }) =>
    all.flatMap(({ line, text }) => parse(text, file, line) ?? []),
  );
  const lines = parsed.filter((line) => line.odd === undefined);
  const signed = parsed.find((line) => line.odd !== undefined && finds(line.path, path) !== false);
  const named = counting(lines.filter(({ type }) => type === 'f'));
  const found = counting(lines.filter(({ type }) => type !== 'f'));
  const unclear = found.flat().find((line) => finds(line.path, path) === 'unclear');
  const writes = [
    // Without a plus it makes a file that is not there.
    ...named.flatMap((same) => same.filter((line) => line.isForced && line.write.value !== '' && line.path === path)),
    ...found.flatMap((same) => same.filter((line) => line.type === 'w' && finds(line.path, path) === true)),
  ].map(({ write }) => write);
  const unread = files.find((file) => file.unread !== undefined);
  const odd = lines.find(
    (line) =>
      /[%\\]/.test(line.path) ||
      ((line.write.value.includes('%') || line.write.value.includes('\\')) && writes.includes(line.write)),
  );
  const doubt =
    tmpfiles.unlisted.map(({ path: directory, unread: why }) => `${directory} ${why}`)[0] ??
    (unread === undefined ? undefined : `${unread.path} ${unread.unread ?? ''}`) ??
    (signed === undefined
      ? undefined
      : `${signed.write.file}:${signed.write.line} has a sign (${signed.odd ?? ''}) that is not followed`) ??
    (odd === undefined ? undefined : `${odd.write.file}:${odd.write.line} is not a plain value`) ??
    (unclear === undefined
      ? undefined
      : `${unclear.write.file}:${unclear.write.line} is a pattern that stands for too many files`);
  return doubt === undefined ? { writes } : { writes, doubt };
}
