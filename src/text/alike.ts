import type { Diagnostic } from '../model/diagnostic.js';

/** How many of one kind in one file are printed in full: whatever made the others made these too. */
const WHOLE = 20;
const MOST_RANGES = 12;

export interface Alike {
  readonly reported: Diagnostic;
  /** Those of the same kind in the same file that are not printed in full; they stand after the last that is. */
  readonly more: readonly Diagnostic[];
}

function kindOf({ severity, code, at }: Diagnostic): string {
  return `${severity} ${code} ${at?.file ?? ''}`;
}

/**
 * Gathers what would be thousands of repetitions: one field that is wrong in each of ten thousand hosts. The order
 * stays.
 */
export function gatherAlike(diagnostics: readonly Diagnostic[]): readonly Alike[] {
  const counts = new Map<string, number>();
  for (const diagnostic of diagnostics) counts.set(kindOf(diagnostic), (counts.get(kindOf(diagnostic)) ?? 0) + 1);
  const gathered: Alike[] = [];
  const reported = new Map<string, { count: number; readonly more: Diagnostic[] }>();
  for (const diagnostic of diagnostics) {
    const kind = kindOf(diagnostic);
    const so = reported.get(kind) ?? { count: 0, more: [] };
    reported.set(kind, so);
    so.count += 1;
    if (so.count > WHOLE && (counts.get(kind) ?? 0) > WHOLE + 1) so.more.push(diagnostic);
    else gathered.push({ reported: diagnostic, more: so.count === WHOLE ? so.more : [] });
  }
  return gathered;
}

/** `lines 3, 7-9 and 12`, of diagnostics sorted by place; a long list ends in how many lines are not named. */
export function affectedLines(diagnostics: readonly Diagnostic[]): string {
  const lines = [...new Set(diagnostics.flatMap(({ at }) => (at === undefined ? [] : [at.line])))];
  const ranges: { readonly first: number; last: number }[] = [];
  for (const line of lines) {
    const range = ranges.at(-1);
    if (range?.last === line - 1) range.last = line;
    else ranges.push({ first: line, last: line });
  }
  const named = ranges.slice(0, MOST_RANGES);
  const words = named.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
  const unnamed = lines.length - named.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return `${lines.length === 1 ? 'line' : 'lines'} ${words.join(', ')}${unnamed === 0 ? '' : ` and ${unnamed} more`}`;
}
