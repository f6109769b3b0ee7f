import { Command } from 'commander';
import type { Report } from '../../model/report.js';
import { withWaivers as rejudged } from '../../verdict/waivers/apply.js';
import { openWaivers } from '../../verdict/waivers/open.js';
import { type GateOptions, addWaiverOption } from '../options/gate.js';
import { outputConflict, type OutputOptions, toOutputPlan, withOutputs } from '../options/outputs.js';
import { judgedAt, withWaiversAsOf } from '../options/rules.js';
import { presentReport } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { waiverScope } from '../input/waiver-scope.js';
import { stopOnErrors, usage } from '../terminal/exit.js';
import { loadRunWaivers } from '../input/waivers.js';

type ReportOptions = OutputOptions & Pick<GateOptions, 'waivers'> & { readonly asOf?: string };

/** The report as it is, or, where waivers are given, as its run would have been with them. */
function held(report: Report, options: ReportOptions): Report {
  if (options.waivers === undefined) return report;
  const { value: waivers, diagnostics } = loadRunWaivers(options, waiverScope(report, judgedAt(options, new Date())));
  stopOnErrors(diagnostics);
  return waivers === undefined ? report : rejudged(report, openWaivers(waivers));
}

/** Renders a saved report again, with the exit code that the run had. */
export function reportCommand(): Command {
  return withOutputs(
    withWaiversAsOf(
      addWaiverOption(
        new Command('report')
          .description('render a saved report again, with the exit code of its run')
          .argument('<report>', 'what `scan -o json` or `-o jsonl` wrote'),
      ),
    ),
  ).action(async (file: string, options: ReportOptions) => {
    const conflict = outputConflict(options.output ?? []);
    if (conflict !== undefined) usage(conflict);
    process.exitCode = await presentReport(held(loadReport(file), options), toOutputPlan(options));
  });
}
