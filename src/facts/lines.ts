import { absent, known, type Reading } from '../model/reading.js';
import { malformed, MAX_TEXT } from './parse.js';

/** A file of many values, one a line, that several facts share. */
export interface Lines {
  readonly path: string;
  /** The number on the fact's line; undefined where the line is not as it should be. */
  readonly value: (line: string) => number | undefined;
  /** How the line of a name begins, e.g. `oom_kill `. */
  readonly start: (name: string) => string;
  /** A line that every such file has: without it the text is not that file. */
  readonly mark: string;
}

/** The value of one line; absent where the file is whole and has no such line: the kernel does not count it. */
export const lineOf =
  ({ path, value, start, mark }: Lines, name: string) =>
  (text: string): Reading<number> => {
    const lines = text.length > MAX_TEXT ? [] : text.split('\n');
    if (!text.endsWith('\n') || !lines.some((line) => line.startsWith(mark))) return malformed(`the lines of ${path}`, text);
    const found = lines.filter((line) => line.startsWith(start(name)));
    const [line] = found;
    if (line === undefined) return absent(`${path} was read and has no line ${name}`);
    const number = found.length === 1 ? value(line) : undefined;
    return number === undefined || !Number.isSafeInteger(number) ? malformed(`one number in the line ${name}`, line) : known(number, `${line}\n`);
  };
