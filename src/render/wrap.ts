import { append } from '../text/append.js';
/** What frames and bars are drawn with (Box Drawing, Block Elements). */
function isDrawn(codePoint: number): boolean {
  return codePoint >= 0x2500 && codePoint <= 0x259f;
}

/**
 * Columns that a text takes in a terminal, never less than it really does: a character above the simple alphabets counts
 * two, a combining or joining one too. Where that is too much, a line breaks earlier and nothing is cut.
 */
export function measureWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    width += codePoint < 0x1100 || isDrawn(codePoint) ? 1 : 2;
  }
  return width;
}

/** As much of a word as fits, to after the last mark of its second half (`hung-task-` rather than `hung-task-au`). */
function headOf(word: string, width: number): string {
  let head = '';
  let used = 0;
  for (const character of word) {
    used += measureWidth(character);
    if (head !== '' && used > width) break;
    head += character;
  }
  const mark = Math.max(...['-', '_', '.', '/', '=', ':'].map((each) => head.lastIndexOf(each)));
  return mark + 1 >= head.length / 2 ? head.slice(0, mark + 1) : head;
}

function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (measureWidth(rest) > width && rest.length > 1) {
    const head = headOf(rest, width);
    pieces.push(head);
    rest = rest.slice(head.length);
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** The text in lines of at most `width` columns (at least 2), broken between words, and within one that does not fit. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measureWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(word, width);
    append(lines, pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}
