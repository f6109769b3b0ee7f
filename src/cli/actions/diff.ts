import { defined } from '../../language/defined.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Output } from '../../run/write-outputs.js';
import { compare } from '../../verdict/compare.js';
import { openWaivers } from '../../verdict/waivers/open.js';
import { indexBaseline } from '../../verdict/drift.js';
import { toGate, type GateOptions, limitProblems } from '../options/gate.js';
import { refuseConflict } from '../setup/output-conflict.js';
import { clockNow } from '../setup/trusted-clock.js';
import { judgedAt } from '../options/rules.js';
import { presentDiff } from '../output/present-diff.js';
import { readReport } from '../input/report-file.js';
import { limitedReport } from '../input/report-part.js';
import { waiverScope } from '../input/waiver-scope.js';
import { EXIT, Stop } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { loadRunWaivers, tellUnheededDay } from '../input/waivers.js';
import { append } from '../../text/append.js';

export interface DiffOptions extends GateOptions {
  readonly output?: readonly Output[];
  readonly outputMode?: number;
  readonly asOf?: string;
  readonly limit?: string;
}

/** Compares two saved reports; gives the exit code that a run with the earlier one as its baseline and `--fail-on-new` would have. */
export async function diff(older: string, newer: string, options: DiffOptions): Promise<number> {
  refuseConflict(options.output ?? []);
  const diagnostics: Diagnostic[] = [];
  const [wholeOld, wholeNow] = [older, newer].map((file) => {
    const read = readReport(file);
    append(diagnostics, read.diagnostics);
    return read.value;
  });
  const now = wholeNow && limitedReport(wholeNow, options.limit);
  // A host that only the earlier report has is gone: it is looked for there, where the pattern names somebody.
  const old = wholeOld && limitedReport(wholeOld, options.limit, { mayBeNobody: true });
  const scope =
    now && waiverScope(now, judgedAt(options, options.waivers === undefined ? new Date() : clockNow(options)));
  const waivers = loadRunWaivers(options, scope);
  append(diagnostics, waivers.diagnostics);
  if (scope !== undefined)
    append(
      diagnostics,
      limitProblems(options, { rules: scope.rules.map(({ id }) => id), groups: scope.inventory.groups.keys() }),
    );
  stopOnErrors(diagnostics);
  if (now !== undefined) tellUnheededDay(options, now);
  if (old === undefined || now === undefined) throw new Stop(EXIT.usage);
  const gate = toGate({ ...options, failOnNew: true });
  return presentDiff(
    compare(indexBaseline(old), now, {
      from: { old: older, now: newer },
      gate,
      ...defined({ waivers: waivers.value && openWaivers(waivers.value, gate) }),
    }),
    options.output,
    options.outputMode,
  );
}
