import type { Position } from '../model/diagnostic.js';
import { memoize } from '../language/memoize.js';
import { cleanInPlace } from './clean.js';

/** Places in one text. */
export interface Lines {
  /** @param offset in UTF-16 units from the start of the text; beyond the end gives the end */
  readonly positionAt: (offset: number) => Position;
  /** The line without its end, each control character as one `\ufffd`; empty where there is no such line. */
  readonly excerptAt: (line: number) => string;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

/** The lines of a text, without their ends, one by one: who looks at the first does not cut the last. */
export function* linesOf(text: string): Generator<string, void> {
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}

/**
 * @param show what excerpts are cut from, same lines as `text`; differs from it where something must not be shown. Asked for only
 *   where a line is shown.
 */
export function splitLines(text: string, file: string, show: () => string = () => text): Lines {
  const starts = lineStarts(text);
  const toShow = memoize(() => {
    const shown = show();
    return { shown, starts: shown === text ? starts : lineStarts(shown) };
  });

  const lineIndexAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  // Kept: a thousand diagnostics on one very long line share one copy of it.
  const excerptAt = memoize((line: number): string => {
    const { shown, starts: shownStarts } = toShow();
    const start = shownStarts[line - 1];
    if (start === undefined) return '';
    const next = shownStarts[line];
    return cleanInPlace(shown.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, ''));
  });

  return {
    positionAt: (offset) => {
      const within = Math.max(0, Math.min(offset, text.length));
      const index = lineIndexAt(within);
      return { file, line: index + 1, column: within - (starts[index] ?? 0) + 1 };
    },
    excerptAt,
  };
}
