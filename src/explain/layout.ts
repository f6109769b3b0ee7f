import { wrap } from '../render/wrap.js';
import { clean } from '../text/clean.js';

/**
 * One paragraph: columns before it, a mark that its first line begins with, and its text, whose lines stand under each
 * other.
 */
export interface TextLine {
  readonly indent: number;
  readonly mark: string;
  readonly text: string;
}

export function at(indent: number, text: string, mark = ''): TextLine {
  return { indent, mark, text };
}

export function numbered(number: number, text: string): TextLine {
  return at(1, text, `${number}. `);
}

export const BLANK: TextLine = at(0, '');

/** Under a heading; nothing at all where there is nothing to say. */
export function section(heading: string, lines: readonly TextLine[]): readonly TextLine[] {
  return lines.length === 0 ? [] : [BLANK, at(0, heading), ...lines];
}

/** Narrower than this no line is readable; wider no eye finds the next one. */
const NARROWEST = 40;
const WIDEST = 120;

/** Lines of plain text, no longer than `columns`, free of control characters. */
export function layOut(lines: readonly TextLine[], columns: number): readonly string[] {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  return lines.flatMap(({ indent, mark, text }) =>
    wrap(clean(text), width - indent - mark.length).map((part, index) =>
      part === '' ? '' : `${' '.repeat(indent)}${index === 0 ? mark : ' '.repeat(mark.length)}${part}`,
    ),
  );
}
