import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { Report } from '../../model/report.js';
import { parseReport } from '../../report/parse-json.js';
import { clean } from '../../text/clean.js';
import { openRecount, type Recount } from '../../verdict/verify-summary.js';
import { MAX_REPORT_BYTES, readSources } from './source-file.js';
import { EXIT, Stop } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { streamReport } from './stream-report.js';

/** Standard input, a pipe, what another program has laid out anew, and what is no report at all. */
function readWhole(file: string): Loaded<Report> {
  const read = readSources([file], MAX_REPORT_BYTES);
  const [source] = read.value ?? [];
  return source === undefined ? wrong(read.diagnostics) : parseReport(source.text, source.file);
}

/** A file that cannot be opened or read is left to the whole reading, which says so. */
function readByLines(file: string, recount: Recount): Report | undefined {
  try {
    return streamReport(file, recount.add);
  } catch (thrown) {
    if (thrown instanceof Error && 'errno' in thrown) return undefined;
    throw thrown;
  }
}

function inconsistent(file: string, message: string): Diagnostic {
  return {
    code: 'report/inconsistent',
    severity: 'error',
    message: clean(message, 400),
    at: { file: file === '-' ? '<stdin>' : file, line: 1, column: 1 },
    help: 'somebody changed it after it was written: take the report as kernward wrote it, or make it again',
  };
}

/** What decides is counted from the verdicts, never believed. */
function counted(file: string, report: Report, recount: Recount): Loaded<Report> {
  const result = recount.finish(report);
  return 'summary' in result
    ? right({ ...report, summary: result.summary })
    : wrong(result.contradictions.map((each) => inconsistent(file, each)));
}

/** A report that `scan -o json` or `-o jsonl` wrote, or every diagnostic of it. */
export function readReport(file: string): Loaded<Report> {
  const byLines = openRecount();
  const streamed = readByLines(file, byLines);
  if (streamed !== undefined) return counted(file, streamed, byLines);
  const whole = readWhole(file);
  if (whole.value === undefined) return whole;
  const recount = openRecount();
  for (const host of whole.value.hosts) recount.add(host, whole.value.header);
  return counted(file, whole.value, recount);
}

/**
 * Reads a report, as readReport does.
 *
 * @throws Stop where it is none, after its diagnostics are printed
 */
export function loadReport(file: string): Report {
  const { value, diagnostics } = readReport(file);
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage, `${file} holds no report`);
  return value;
}
