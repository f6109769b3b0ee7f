/** What draws: eighths of a block where the terminal has UTF-8, ASCII where it has not. */
export interface Strokes {
  /** From nothing to full, for a line over time. */
  readonly line: readonly string[];
  /** From an eighth of a column to a whole one; the last is the whole. */
  readonly bar: readonly string[];
  /** A run that has no value. */
  readonly gap: string;
}

export const STROKES: { readonly unicode: Strokes; readonly ascii: Strokes } = {
  unicode: { line: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'], bar: ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'], gap: ' ' },
  ascii: { line: ['_', '.', ':', '-', '=', '+', '*', '#'], bar: ['#'], gap: ' ' },
};

/**
 * One character a value, from 0 or the least to the most. A line of one height all along is drawn low where it is zero
 * and full where it is not, so that "nothing" looks like nothing.
 */
export function sparkline(values: readonly (number | null)[], strokes: Strokes): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const steps = strokes.line.length;
  return values
    .map((value) => {
      if (value === null) return strokes.gap;
      // Above zero is never drawn as zero.
      const step = most === 0 ? 0 : Math.ceil((value / most) * (steps - 1));
      return strokes.line[step] ?? strokes.gap;
    })
    .join('');
}

/** A bar of at most `width` columns, `most` being as long as that; above zero is never nothing. */
export function toBar(value: number, most: number, width: number, strokes: Strokes): string {
  if (value <= 0 || most <= 0) return '';
  const parts = strokes.bar.length;
  const eighths = Math.max(1, Math.round((value / most) * width * parts));
  const whole = strokes.bar[parts - 1] ?? '';
  return (
    whole.repeat(Math.floor(eighths / parts)) +
    (eighths % parts === 0 ? '' : (strokes.bar[(eighths % parts) - 1] ?? ''))
  );
}
