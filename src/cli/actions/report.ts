import type { Report } from '../../model/report.js';
import { withWaivers as rejudged } from '../../verdict/waivers/apply.js';
import { openWaivers } from '../../verdict/waivers/open.js';
import type { GateOptions } from '../options/gate.js';
import { outputConflict, type OutputOptions, toOutputPlan } from '../options/outputs.js';
import { judgedAt } from '../options/rules.js';
import { formatStatuses } from '../../report/status-words.js';
import { append } from '../../text/append.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { safeFileNames } from '../../text/file-names.js';
import { limitedReport, splitReport } from '../input/report-part.js';
import { conclude, presentReport, writeReport } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { waiverScope } from '../input/waiver-scope.js';
import { usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { loadRunWaivers } from '../input/waivers.js';

export type ReportOptions = OutputOptions &
  Pick<GateOptions, 'waivers'> & { readonly asOf?: string; readonly limit?: string; readonly splitBy?: string };

/** Stands in the name of a file for the value that its hosts have in common. */
const VALUE = '{}';

/** The report as it is, or, where waivers are given, as its run would have been with them. */
function held(report: Report, options: ReportOptions): Report {
  if (options.waivers === undefined) return report;
  const { value: waivers, diagnostics } = loadRunWaivers(options, waiverScope(report, judgedAt(options, new Date())));
  stopOnErrors(diagnostics);
  return waivers === undefined ? report : rejudged(report, openWaivers(waivers, report.header.gate));
}

/** What keeps the outputs from being one file a part; a sentence, or nothing. */
function splitConflict({ output = [] }: OutputOptions): string | undefined {
  if (output.length === 0)
    return `--split-by writes files: name them with -o FORMAT:FILE, ${VALUE} being the value, such as -o html:out/${VALUE}.html`;
  const without = output.find(({ file }) => file?.includes(VALUE) !== true);
  return without === undefined
    ? undefined
    : `--split-by writes a file for each value: ${without.file ?? `-o ${without.format}`} has no ${VALUE} in it`;
}

/** Writes a report for each value of a label, or each group; the exit code is that of the whole. */
async function renderParts(report: Report, by: string, options: ReportOptions): Promise<number> {
  const { outputs, ...plan } = toOutputPlan(options);
  const parts = splitReport(report, by);
  const names = safeFileNames(
    parts.map(({ value }) => value),
    by === 'group'
      ? 'ungrouped'
      : `no-${safeFileNames([by.slice('label:'.length)], 'value').get(by.slice('label:'.length)) ?? ''}`,
  );
  const unwritten: string[] = [];
  for (const part of parts) {
    const files = outputs.map(({ format, file = '' }) => ({
      format,
      file: file.replaceAll(VALUE, names.get(part.value) ?? ''),
    }));
    append(unwritten, await writeReport(part.report, { ...plan, outputs: files }));
    const { hosts, statuses, exitCode } = part.report.summary;
    process.stdout.write(
      `${files.map(({ file }) => clean(file)).join(' ')}: ${count(hosts, 'host')}, ${formatStatuses(statuses, report.header.gate)}; exit ${exitCode}\n`,
    );
  }
  return conclude(outputs, unwritten, report.summary);
}

/** Renders a saved report again, or a part of it; gives the exit code that its run had, or would have had. */
export async function renderAgain(file: string, options: ReportOptions): Promise<number> {
  const conflict =
    outputConflict(options.output ?? []) ?? (options.splitBy === undefined ? undefined : splitConflict(options));
  if (conflict !== undefined) usage(conflict);
  const report = limitedReport(held(loadReport(file), options), options.limit);
  return options.splitBy === undefined
    ? presentReport(report, toOutputPlan(options))
    : renderParts(report, options.splitBy, options);
}
