import type { Report } from '../../model/report.js';
import { withWaivers as rejudged } from '../../verdict/waivers/apply.js';
import { openWaivers } from '../../verdict/waivers/open.js';
import type { GateOptions } from '../options/gate.js';
import { outputConflict, type OutputOptions, toOutputPlan } from '../options/outputs.js';
import { judgedAt } from '../options/rules.js';
import { presentReport } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { waiverScope } from '../input/waiver-scope.js';
import { usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { loadRunWaivers } from '../input/waivers.js';

export type ReportOptions = OutputOptions & Pick<GateOptions, 'waivers'> & { readonly asOf?: string };

/** The report as it is, or, where waivers are given, as its run would have been with them. */
function held(report: Report, options: ReportOptions): Report {
  if (options.waivers === undefined) return report;
  const { value: waivers, diagnostics } = loadRunWaivers(options, waiverScope(report, judgedAt(options, new Date())));
  stopOnErrors(diagnostics);
  return waivers === undefined ? report : rejudged(report, openWaivers(waivers, report.header.gate));
}

/** Renders a saved report again; gives the exit code that its run had. */
export async function renderAgain(file: string, options: ReportOptions): Promise<number> {
  const conflict = outputConflict(options.output ?? []);
  if (conflict !== undefined) usage(conflict);
  return presentReport(held(loadReport(file), options), toOutputPlan(options));
}
