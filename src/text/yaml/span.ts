import type { Scalar } from 'yaml';

/** Where a scalar's content stands in the text, without quotes or block header; offsets into the text. */
export interface ContentSpan {
  readonly start: number;
  readonly end: number;
  /**
   * From an offset within the scalar's string value to an offset into the text, through escapes, folds and indentation.
   */
  readonly offsetOf: (valueOffset: number) => number;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

function runEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isSpace(text[at])) at++;
  return at;
}

/** How many units of the value one escape of a double-quoted scalar makes, and how long it is in the text. */
function escapeAt(text: string, at: number): { readonly source: number; readonly value: number } {
  const hexDigits = { x: 2, u: 4, U: 8 }[text[at + 1] ?? ''];
  if (hexDigits === undefined) return { source: 2, value: 1 };
  const codePoint = Number.parseInt(text.slice(at + 2, at + 2 + hexDigits), 16);
  return { source: 2 + hexDigits, value: codePoint > 0xffff ? 2 : 1 };
}

/** A run of white space in a quoted or plain scalar: a line break folds to a space, n + 1 of them to n line breaks. */
function foldedLength(run: string): number {
  const breaks = run.split('\n').length - 1;
  return breaks === 0 ? run.length : Math.max(1, breaks - 1);
}

/** The text's offset of every unit of the value, in step; `value.length + 1` entries. */
function align(
  text: string,
  start: number,
  end: number,
  value: string,
  type: Scalar.Type | undefined,
): readonly number[] {
  const offsets: number[] = [];
  const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  let at = start;
  while (offsets.length < value.length && at < end) {
    const character = text[at];
    const wanted = value[offsets.length];
    if (isSpace(character)) {
      const next = runEnd(text, at, end);
      let length = 0;
      if (isBlock) while (isSpace(value[offsets.length + length])) length++;
      else length = foldedLength(text.slice(at, next));
      for (let unit = 0; unit < length; unit++) offsets.push(Math.min(at + unit, next - 1));
      at = next;
    } else if (type === 'QUOTE_DOUBLE' && character === '\\') {
      if (text[at + 1] === '\n' || text[at + 1] === '\r') {
        at = runEnd(text, at + 1, end);
        continue;
      }
      const escape = escapeAt(text, at);
      for (let unit = 0; unit < escape.value; unit++) offsets.push(at);
      at += escape.source;
    } else {
      offsets.push(at);
      at += type === 'QUOTE_SINGLE' && character === "'" && wanted === "'" ? 2 : 1;
    }
  }
  while (offsets.length <= value.length) offsets.push(Math.min(at, end));
  return offsets;
}

export function contentSpan(text: string, scalar: Scalar): ContentSpan {
  const [from, to] = scalar.range ?? [0, 0];
  const isQuoted = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE';
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  const headerEnd = isBlock ? text.indexOf('\n', from) + 1 || to : from;
  const start = isQuoted ? from + 1 : isBlock ? Math.min(runEnd(text, headerEnd, to), to) : from;
  const end = isQuoted ? Math.max(start, to - 1) : to;
  const value = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
  let offsets: readonly number[] | undefined;
  return {
    start,
    end,
    offsetOf: (valueOffset) => {
      offsets ??= align(text, isBlock ? headerEnd : start, end, value, scalar.type);
      return offsets[Math.max(0, Math.min(valueOffset, offsets.length - 1))] ?? end;
    },
  };
}
