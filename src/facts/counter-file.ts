import { memoize } from '../language/memoize.js';
import { absent, known, type Reading } from '../model/reading.js';
import { interning } from './intern.js';
import { malformed, MAX_TEXT } from './parse.js';

/** A file of many values, one a line, that several facts share. */
export interface CounterFile {
  readonly path: string;
  /** The number on the fact's line; undefined where the line is not as it should be. */
  readonly value: (line: string) => number | undefined;
  /** How the line of a name begins, e.g. `oom_kill `. */
  readonly start: (name: string) => string;
  /** A line that every such file has: without it the text is not that file. */
  readonly mark: string;
}

/** Every line that begins like this; without splitting the text, which is a hundred lines for each of several facts. */
function linesThatStart(text: string, start: string): readonly string[] {
  const found: string[] = [];
  const take = (at: number): void => {
    const end = text.indexOf('\n', at);
    found.push(text.slice(at, end < 0 ? undefined : end));
  };
  if (text.startsWith(start)) take(0);
  for (let at = text.indexOf(`\n${start}`); at >= 0; at = text.indexOf(`\n${start}`, at + 1)) take(at + 1);
  return found;
}

/** Whether the text is such a file, which several facts ask of the same text one after the other. */
const isWhole = memoize(({ mark }: CounterFile): ((text: string) => boolean) => {
  let latest = '';
  return (text) => {
    if (text === latest) return true;
    if (text.length > MAX_TEXT || !text.endsWith('\n') || linesThatStart(text, mark).length === 0) return false;
    latest = text;
    return true;
  };
});

/** The value of one line; absent where the file is whole and has no such line: the kernel does not count it. */
export function toLine(file: CounterFile, name: string) {
  const { path, value, start } = file;
  const begin = start(name);
  const readingOf = interning((line) => {
    const number = value(line);
    return number === undefined || !Number.isSafeInteger(number)
      ? malformed(`one number in the line ${name}`, line)
      : known(number, `${line}\n`);
  });
  return (text: string): Reading => {
    if (!isWhole(file)(text)) return malformed(`the lines of ${path}`, text);
    const found = linesThatStart(text, begin);
    const [line] = found;
    if (line === undefined) return absent(`${path} was read and has no line ${name}`);
    return found.length === 1 ? readingOf(line) : malformed(`one number in the line ${name}`, line);
  };
}
