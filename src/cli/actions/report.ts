import { dirname } from 'node:path';
import type { Report } from '../../model/report.js';
import { checkLinks } from '../../run/output-file.js';
import type { OutputPlan } from '../../run/scan-plan.js';
import type { Output } from '../../run/write-outputs.js';
import { makeFolder } from '../../transports/make-folder.js';
import { withWaivers as rejudged } from '../../verdict/waivers/apply.js';
import { openWaivers } from '../../verdict/waivers/open.js';
import type { GateOptions } from '../options/gate.js';
import { type OutputOptions, toOutputPlan } from '../options/outputs.js';
import { folderMode } from '../output/write-file.js';
import { refuseConflict } from '../setup/output-conflict.js';
import { judgedAt } from '../options/rules.js';
import { formatStatuses } from '../../report/status-words.js';
import { append } from '../../text/append.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { safeFileNames } from '../../text/names/file-names.js';
import { limitedReport, splitReport } from '../input/report-part.js';
import { type RecordOptions, toRecordFile } from '../options/history.js';
import type { NotifyOptions } from '../options/notify.js';
import { openNotifier } from '../setup/open-notifier.js';
import { openRecorder } from '../setup/recorder.js';
import { clockNow } from '../setup/trusted-clock.js';
import { conclude, presentReport, writeReport } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { waiverScope } from '../input/waiver-scope.js';
import { usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { loadRunWaivers, tellUnheededDay } from '../input/waivers.js';

export type ReportOptions = OutputOptions &
  RecordOptions &
  NotifyOptions &
  Pick<GateOptions, 'waivers'> & { readonly asOf?: string; readonly limit?: string; readonly splitBy?: string };

/** Stands in the name of a file for the value that its hosts have in common. */
const VALUE = '{}';

/** The report as it is, or, where waivers are given, as its run would have been with them. */
function held(report: Report, options: ReportOptions): Report {
  tellUnheededDay(options, report);
  if (options.waivers === undefined) return report;
  const { value: waivers, diagnostics } = loadRunWaivers(
    options,
    waiverScope(report, judgedAt(options, clockNow(options))),
  );
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

/** The folders of the files of the parts, where nothing of their names is the value: a user names one for them. */
function makeFolders(outputs: readonly Output[], mode: number | undefined): void {
  for (const { file } of outputs)
    if (file?.includes(VALUE) === true && !dirname(file).includes(VALUE)) {
      checkLinks(dirname(file));
      makeFolder(dirname(file), folderMode(mode));
    }
}

/** Writes the outputs of a part one after the other, so that it is known which of them are there. */
async function writePart(
  report: Report,
  { outputs, ...plan }: OutputPlan,
): Promise<{ readonly written: readonly string[]; readonly errors: readonly string[] }> {
  const written: string[] = [];
  const all: string[] = [];
  for (const output of outputs) {
    const errors = await writeReport(report, { ...plan, outputs: [output] });
    append(all, errors);
    if (errors.length === 0) written.push(output.file ?? '');
  }
  return { written, errors: all };
}

/** Writes a report for each value of a label, or each group; the exit code is that of the whole. */
async function renderParts(report: Report, by: string, options: ReportOptions): Promise<number> {
  const { outputs, ...plan } = toOutputPlan(options);
  makeFolders(outputs, plan.mode);
  refuseConflict(outputs);
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
    const { written, errors } = await writePart(part.report, { ...plan, outputs: files });
    append(unwritten, errors);
    if (written.length === 0) continue;
    const { hosts, statuses, exitCode } = part.report.summary;
    process.stdout.write(
      `${written.map((file) => clean(file)).join(' ')}: ${count(hosts, 'host')}, ${formatStatuses(statuses, report.header.gate)}; exit ${exitCode}\n`,
    );
  }
  return conclude(outputs, unwritten, report.summary);
}

/** Tells people what is new in it, as its run would have, and renders it. */
async function tellAndRender(report: Report, options: ReportOptions): Promise<number> {
  const history = toRecordFile(options);
  const recorder = await openRecorder(history);
  try {
    const notify = await openNotifier(options, {
      recorder,
      hasHistory: history !== undefined,
      hasBaseline: report.header.baseline !== undefined,
    });
    const { report: told, errors } = notify === undefined ? { report, errors: [] } : await notify(report);
    const plan = toOutputPlan(options);
    return conclude(plan.outputs, [...errors, ...(await writeReport(told, plan))], told.summary);
  } finally {
    recorder.close();
  }
}

/** Renders a saved report again, or a part of it; gives the exit code that its run had, or would have had. */
export async function renderAgain(file: string, options: ReportOptions): Promise<number> {
  const conflict = options.splitBy === undefined ? undefined : splitConflict(options);
  if (conflict !== undefined) usage(conflict);
  // Folders of parts are made when the report was read, and not for one that there is not.
  if (options.splitBy === undefined) refuseConflict(options.output ?? []);
  if (options.notify === undefined && options.history !== undefined)
    usage(
      '--history says here whom --notify has told: name a file with --notify; `kernward history add` records a report',
    );
  if (options.notify !== undefined && (options.limit !== undefined || options.splitBy !== undefined))
    usage('--notify tells what changed in a run as a whole: leave --limit and --split-by out');
  const report = limitedReport(held(loadReport(file), options), options.limit);
  if (options.splitBy !== undefined) return renderParts(report, options.splitBy, options);
  if (options.notify !== undefined) return tellAndRender(report, options);
  return presentReport(report, toOutputPlan(options));
}
