import { memoize } from '../language/memoize.js';
import { append } from '../text/append.js';
import { displayWidth } from '../text/display-width.js';

/** By what a reader takes for one character, so that no accent and no emoji is torn apart. */
const characters = memoize(() => new Intl.Segmenter('en'));

/** As much of a word as fits, to after the last mark of its second half (`hung-task-` rather than `hung-task-au`). */
function headOf(word: string, width: number): string {
  let head = '';
  let used = 0;
  for (const { segment } of characters().segment(word)) {
    used += displayWidth(segment);
    if (head !== '' && used > width) break;
    head += segment;
  }
  const mark = Math.max(...['-', '_', '.', '/', '=', ':'].map((each) => head.lastIndexOf(each)));
  return mark + 1 >= head.length / 2 ? head.slice(0, mark + 1) : head;
}

function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  let left = displayWidth(word);
  while (left > width) {
    const head = headOf(rest, width);
    pieces.push(head);
    rest = rest.slice(head.length);
    left -= displayWidth(head);
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/**
 * The text in lines of at most `width` columns (at least 2), broken between words, and within one that does not fit.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    const taken = displayWidth(word);
    if (line === '' ? taken <= width : used + 1 + taken <= width) {
      used = line === '' ? taken : used + 1 + taken;
      line = line === '' ? word : `${line} ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(word, width);
    append(lines, pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
    used = displayWidth(line);
  }
  return [...lines, line];
}
