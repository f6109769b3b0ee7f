import type { Diagnostic } from '../model/diagnostic.js';
import { gatherAlike, affectedLines } from './alike.js';
import { clean, cleanInPlace } from './clean.js';
import { displayWidth } from './display-width.js';

const WIDEST = 100;

const PAINT = {
  error: (text: string): string => `\u001b[31m${text}\u001b[39m`,
  warning: (text: string): string => `\u001b[33m${text}\u001b[39m`,
  dim: (text: string): string => `\u001b[2m${text}\u001b[22m`,
} as const;

function plain(text: string): string {
  return text;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By file, line, column, code, message; what has no place comes first. */
function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    compareTexts(a.at?.file ?? '', b.at?.file ?? '') ||
    (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
    (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
    compareTexts(a.code, b.code) ||
    compareTexts(a.message, b.message)
  );
}

/** The part of a long line around the place, and where the place is in it. */
function windowOf(excerpt: string, column: number): { readonly shown: string; readonly before: string } {
  const from = column <= WIDEST - 20 ? 0 : column - 1 - Math.floor(WIDEST / 2);
  const part = cleanInPlace(excerpt.slice(from, from + WIDEST));
  const lead = from > 0 ? '…' : '';
  const tail = from + WIDEST < excerpt.length ? '…' : '';
  return { shown: `${lead}${part}${tail}`, before: lead + part.slice(0, column - 1 - from) };
}

function frame(
  diagnostic: Diagnostic,
  paint: (text: string) => string,
  dim: (text: string) => string,
): readonly string[] {
  const { at, excerpt, length = 1 } = diagnostic;
  if (at === undefined || excerpt === undefined) return [];
  const { shown, before } = windowOf(excerpt, at.column);
  if (shown.trim() === '') return [];
  const gutter = ' '.repeat(String(at.line).length);
  const carets = '^'.repeat(Math.max(1, Math.min(length, shown.length - before.length)));
  return [
    `  ${dim(`${at.line} |`)} ${shown}`,
    `  ${dim(`${gutter} |`)} ${' '.repeat(displayWidth(before))}${paint(carets)}`,
  ];
}

/** What somebody may copy stands in lines of its own. */
function helpLines({ help }: Diagnostic): readonly string[] {
  if (help === undefined) return [];
  const [first = '', ...others] = help.split('\n');
  return [`  help: ${clean(first)}`, ...others.map((line) => `    ${clean(line)}`)];
}

/**
 * Diagnostics for a person: `file:line:column: error: what is wrong [code]`, the line with a caret, the way out. Sorted
 * by place, one blank line between, the same input always the same bytes. Of many of one kind in one file, the first
 * twenty are printed in full, and of the others the lines.
 *
 * @returns ends in a line break; empty where there is nothing to say; without control characters but line breaks and,
 *   with `colour`, SGR sequences
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: { readonly colour: boolean }): string {
  return gatherAlike(diagnostics.toSorted(byPlace))
    .map(({ reported: diagnostic, more }) => {
      const paint = options.colour ? PAINT[diagnostic.severity] : plain;
      const dim = options.colour ? PAINT.dim : plain;
      const { at } = diagnostic;
      const place = at === undefined ? '' : `${clean(at.file)}:${at.line}:${at.column}: `;
      const help = helpLines(diagnostic);
      const title = `${place}${paint(`${diagnostic.severity}:`)} ${clean(diagnostic.message)} ${dim(`[${diagnostic.code}]`)}`;
      const others =
        more.length === 0
          ? []
          : [
              '',
              `${at === undefined ? '' : `${clean(at.file)}: `}${paint(`${diagnostic.severity}:`)} and ${more.length} more of this kind, in ${affectedLines(more)} ${dim(`[${diagnostic.code}]`)}`,
            ];
      return `${[title, ...frame(diagnostic, paint, dim), ...help, ...others].join('\n')}\n`;
    })
    .join('\n');
}
