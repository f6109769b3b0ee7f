import { scanFleet } from '../../run/scan-fleet.js';
import { NO_TRANSPORTS } from '../../transports/create-transports.js';
import { conclude, writeReport } from '../output/present.js';
import { defined } from '../../language/defined.js';
import { gateState } from '../../news/gate-state.js';
import { openNotifier } from '../setup/open-notifier.js';
import { warn } from '../setup/open-world.js';
import { openRecorder } from '../setup/recorder.js';
import { setEngineFlags } from '../terminal/engine-flags.js';
import { type EvalOptions, resolveEvaluation } from '../setup/resolve-evaluation.js';
import { clockNow } from '../setup/trusted-clock.js';

/** Judges saved readings: the same verdicts as the scan would have given, without the network. */
export async function evaluate(files: readonly string[], options: EvalOptions): Promise<number> {
  const plan = resolveEvaluation(files, options, clockNow(options));
  setEngineFlags({ hosts: plan.hosts.length });
  const recorder = await openRecorder(plan.history);
  try {
    const notify = await openNotifier(options, {
      recorder,
      hasHistory: plan.history !== undefined,
      hasBaseline: plan.baseline !== undefined,
      gateOfBaseline: plan.baseline && gateState(plan.baseline.summary),
    });
    const { summary, unwritten } = await scanFleet(plan, {
      transports: NO_TRANSPORTS,
      warn,
      // How long judging takes is nothing that the report of a collection should say.
      tookMs: () => 0,
      flaps: await recorder.flaps(plan.startedAt),
      ...defined({ record: recorder.record, notify }),
      write: writeReport,
    });
    return conclude(plan.output.outputs, unwritten, summary);
  } finally {
    recorder.close();
  }
}
