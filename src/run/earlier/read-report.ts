import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { Report } from '../../model/report.js';
import { parseAsWritten } from '../../report/parse-json.js';
import { clean } from '../../text/clean.js';
import { openRecount, type Recount } from '../../verdict/verify-summary.js';

function inconsistent(file: string, message: string): Diagnostic {
  return {
    code: 'report/inconsistent',
    severity: 'error',
    message: clean(message, 400),
    at: { file: file === '-' ? '<stdin>' : file, line: 1, column: 1 },
    help: 'somebody changed it after it was written: take the report as kernward wrote it, or make it again',
  };
}

/**
 * What decides is counted from the verdicts, never believed; a report of an older shape gets what this one has.
 *
 * @param recount was given every host of the report
 */
export function countedAgain(file: string, report: Report, recount: Recount): Loaded<Report> {
  const result = recount.finish(report);
  return 'report' in result
    ? right(result.report)
    : wrong(result.contradictions.map((each) => inconsistent(file, each)));
}

/** A saved report, `json` or `jsonl`, checked and counted again; or every diagnostic of it. */
export function parseReport(text: string, file: string): Loaded<Report> {
  const read = parseAsWritten(text, file);
  if (read.value === undefined) return read;
  const recount = openRecount();
  for (const host of read.value.hosts) recount.add(host, read.value.header);
  return countedAgain(file, read.value, recount);
}
