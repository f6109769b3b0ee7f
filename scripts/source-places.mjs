// Where in the source stands what a failed test says of compiled files. The tests run without Node's source maps, which are read
// for each file that is loaded, and looked into for each error that is made.
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';

/** `/folder/file.js:12:3`, as in a stack; the address of a module is one, too. */
const PLACE = /(?:file:\/\/)?(\/[^\s:()]+\.js):(\d+):(\d+)/g;

const maps = new Map();
function mapOf(file) {
  if (!maps.has(file))
    maps.set(
      file,
      existsSync(`${file}.map`) ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8'))) : undefined,
    );
  return maps.get(file);
}

/** @returns a path, a line and a column, both from 1, in the source; those that were given where nothing says what it is */
export function sourcePlace(file, line, column) {
  const { originalSource, originalLine, originalColumn } = mapOf(file)?.findEntry(line - 1, column - 1) ?? {};
  return originalSource === undefined
    ? { file, line, column }
    : { file: resolve(dirname(file), originalSource), line: originalLine + 1, column: originalColumn + 1 };
}

/** A text with the places of the source in place of those of compiled files. */
export function withSourcePlaces(text) {
  return text.replaceAll(PLACE, (asWritten, path, atLine, atColumn) => {
    if (mapOf(path) === undefined) return asWritten;
    const { file, line, column } = sourcePlace(path, Number(atLine), Number(atColumn));
    return `${file}:${line}:${column}`;
  });
}
