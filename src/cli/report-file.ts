import type { Loaded } from '../model/diagnostic.js';
import type { Report } from '../model/report.js';
import { parseReport } from '../report/parse-json.js';
import { MAX_REPORT_BYTES, readSources } from './source-file.js';
import { EXIT, Stop, stopOnErrors } from './stop.js';
import { streamReport } from './stream-report.js';

/** Standard input, a pipe, what another program has laid out anew, and what is no report at all. */
const readWhole = (file: string): Loaded<Report> => {
  const read = readSources([file], MAX_REPORT_BYTES);
  const [source] = read.value ?? [];
  return source === undefined ? { value: undefined, diagnostics: read.diagnostics } : parseReport(source.text, source.file);
};

/** A file that cannot be opened or read is left to the whole reading, which says so. */
const readByLines = (file: string): Report | undefined => {
  try {
    return streamReport(file);
  } catch (thrown) {
    if (thrown instanceof Error && 'errno' in thrown) return undefined;
    throw thrown;
  }
};

/** A report that `scan -o json` or `-o jsonl` wrote, or every diagnostic of it. */
export const readReport = (file: string): Loaded<Report> => {
  const report = readByLines(file);
  return report === undefined ? readWhole(file) : { value: report, diagnostics: [] };
};

/** The same, which stops with the diagnostics where it is none. */
export const loadReport = (file: string): Report => {
  const { value, diagnostics } = readReport(file);
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage, `${file} holds no report`);
  return value;
};
