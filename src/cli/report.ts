import { Command } from 'commander';
import { parseReport } from '../report/parse-json.js';
import { outputConflict, type OutputOptions, withOutputs } from './options.js';
import { presentReport } from './present.js';
import { MAX_REPORT_BYTES, readSources } from './source-file.js';
import { EXIT, Stop, stopOnErrors, usage } from './stop.js';
import type { Report } from '../model/report.js';

/** Reads a report that `scan -o json` or `-o jsonl` wrote. Stops with every diagnostic when it is not one. */
export const loadReport = (file: string): Report => {
  const read = readSources([file], MAX_REPORT_BYTES);
  const [source] = read.value ?? [];
  const parsed = source === undefined ? { value: undefined, diagnostics: [] } : parseReport(source.text, source.file);
  stopOnErrors([...read.diagnostics, ...parsed.diagnostics]);
  if (parsed.value === undefined) throw new Stop(EXIT.usage, `${file} holds no report`);
  return parsed.value;
};

/** Renders a saved report again, with the exit code that the run had. */
export const reportCommand = (): Command =>
  withOutputs(new Command('report').description('render a saved report again, with the exit code of its run').argument('<report>', 'what `scan -o json` or `-o jsonl` wrote')).action(
    async (file: string, options: OutputOptions) => {
      const conflict = outputConflict(options.output ?? []);
      if (conflict !== undefined) usage(conflict);
      process.exitCode = await presentReport(loadReport(file), options);
    },
  );
