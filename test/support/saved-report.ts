import type { Report } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { CANONICAL_REPORTS } from './report/canonical.js';

/** A report as one of kernward's formats writes it. */
export function render(id: string, report: Report): string {
  return [...(FORMATS.get(id)?.render(report, { includePasses: false, colour: false, columns: 80 }) ?? [])].join('');
}

export function canonical(name: string): Report {
  const report = CANONICAL_REPORTS[name];
  if (report === undefined) throw new Error(`there is no canonical report ${name}`);
  return report;
}
