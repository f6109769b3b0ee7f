import { scanFleet } from '../../run/scan-fleet.js';
import { writeToStream } from '../../run/write-outputs.js';
import { conclude, writeReport, writeReportEarly } from '../output/present.js';
import { gateState } from '../../news/gate-state.js';
import { openNotifier } from '../setup/open-notifier.js';
import { openWorld } from '../setup/open-world.js';
import { openRecorder } from '../setup/recorder.js';
import { setEngineFlags } from '../terminal/engine-flags.js';
import { resolveScan, type ScanOptions } from '../setup/resolve-plan.js';
import { clockNow } from '../setup/trusted-clock.js';

/** Scans and reports; returns the exit code. Everything that can be wrong with the input is reported before a host is touched. */
export async function scan(options: ScanOptions): Promise<number> {
  const begin = performance.now();
  const plan = await resolveScan(options, clockNow(options));
  setEngineFlags({ hosts: plan.hosts.length });
  const recorder = await openRecorder(plan.history);
  const { record } = recorder;
  try {
    const notify = await openNotifier(options, {
      recorder,
      hasHistory: plan.history !== undefined,
      hasBaseline: plan.baseline !== undefined,
      gateOfBaseline: plan.baseline && gateState(plan.baseline.summary),
    });
    const world = await openWorld(plan, options);
    try {
      const { summary, unwritten } = await scanFleet(plan, {
        ...world,
        tookMs: () => Math.round(performance.now() - begin),
        flaps: await recorder.flaps(plan.startedAt),
        ...(record && { record: (report) => record(report, world.signal) }),
        ...(notify && { notify: (report) => notify(report, world.signal) }),
        write: writeReport,
        writeEarly: writeReportEarly,
      });
      return conclude(plan.output.outputs, unwritten, summary);
    } finally {
      await world.close();
    }
  } finally {
    recorder.close();
  }
}

/** Prints whom a scan would ask; everything else that can be wrong with its input is reported too. */
export async function listHosts(options: ScanOptions): Promise<void> {
  const { asked } = await resolveScan(options, new Date(), false);
  await writeToStream(
    process.stdout,
    asked.map(([, { name }]) => `${name}\n`),
  );
}
