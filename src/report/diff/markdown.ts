import type { DiffFormat } from '../../model/diff.js';
import { byteLength, markdownCell, markdownText } from '../../render/markdown.js';
import { diffCounts, diffSections, diffTitle } from './sections.js';

/** As the format `markdown`: what fits a comment on a pull request fits a step summary. */
const MAX_BYTES = 65_000;
const RESERVED_BYTES = 4_000;
const MAX_CELL = 400;

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** For a step summary or a pull request. */
export const diffMarkdown: DiffFormat = {
  id: 'markdown',
  title: 'Markdown, for a step summary or a pull request',
  *render(diff) {
    const { exitCode, verdict } = diff.report.summary;
    const start = `## kernward diff: exit ${exitCode}\n\n**${markdownText(verdict, MAX_CELL)}**\n\n* ${markdownText(diffTitle(diff), MAX_CELL)}\n* ${markdownText(diffCounts(diff), MAX_CELL)}\n`;
    yield start;
    let left = MAX_BYTES - RESERVED_BYTES - byteLength(start);
    for (const { title, head, rows, total } of diffSections(diff)) {
      if (total === 0) continue;
      yield `\n### ${title}\n\n${row(head)}${row(head.map(() => '---'))}`;
      let shown = 0;
      for (const text of rows.map((cells) => row(cells.map((each) => markdownCell(each, MAX_CELL))))) {
        left -= byteLength(text);
        if (left < 0) break;
        yield text;
        shown += 1;
      }
      if (shown < total) yield `\n… and ${total - shown} more: the csv and json formats have all of them\n`;
    }
  },
};
