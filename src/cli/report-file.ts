import type { Loaded } from '../model/diagnostic.js';
import type { Report } from '../model/report.js';
import { parseReport } from '../report/parse-json.js';
import { MAX_REPORT_BYTES, readSources } from './source-file.js';
import { EXIT, Stop, stopOnErrors } from './stop.js';

/** A report that `scan -o json` or `-o jsonl` wrote, or every diagnostic of it. */
export const readReport = (file: string): Loaded<Report> => {
  const read = readSources([file], MAX_REPORT_BYTES);
  const [source] = read.value ?? [];
  return source === undefined ? { value: undefined, diagnostics: read.diagnostics } : parseReport(source.text, source.file);
};

/** The same, which stops with the diagnostics where it is none. */
export const loadReport = (file: string): Report => {
  const { value, diagnostics } = readReport(file);
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage, `${file} holds no report`);
  return value;
};
