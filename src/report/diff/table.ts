import type { DiffFormat } from '../../model/diff.js';
import { clean } from '../../text/clean.js';
import { painter } from '../../render/colour.js';
import { grid, type GridColumn } from '../../render/table.js';
import { wrap } from '../../render/wrap.js';
import { diffCounts, diffSections, diffTitle } from './sections.js';

const WIDEST: Readonly<Record<string, GridColumn['widest']>> = { host: 40, severity: 8, rule: 34, because: 'rest' };

/** For people at a terminal: what is new first, then what went, and last the verdict. */
export const diffTable: DiffFormat = {
  id: 'table',
  title: 'what changed, for people',
  *render(diff, options) {
    const columns = Math.min(Math.max(options.columns, 60), 200);
    const paint = painter(options.colour);
    const paragraph = (text: string): string => `${wrap(clean(text), columns).join('\n')}\n`;
    yield paragraph(diffTitle(diff));
    for (const { title, head, rows, total } of diffSections(diff)) {
      if (total === 0) continue;
      yield `\n${paint(title, 'bold')}\n`;
      yield grid(
        head.map((each) => ({ title: each, widest: WIDEST[each] ?? 20 })),
        rows.map((row) => row.map((text) => ({ text }))),
        columns,
        paint,
      );
      if (total > rows.length) yield `… and ${total - rows.length} more: -o csv and -o json write all of them\n`;
    }
    const { exitCode, verdict } = diff.report.summary;
    yield `\n${paragraph(diffCounts(diff))}`;
    yield wrap(clean(`exit ${exitCode}: ${verdict}`), columns)
      .map((line) => `${paint(line, exitCode === 0 ? 'green' : exitCode === 3 ? 'yellow' : 'red')}\n`)
      .join('');
  },
};
