import { defined } from '../../language/defined.js';
import { Command, Option } from 'commander';
import { scanFleet } from '../../run/scan-fleet.js';
import { writeToStream } from '../../run/write-outputs.js';
import { withConnection } from '../options/connection.js';
import { withHosts } from '../options/hosts.js';
import { withOutputs } from '../options/outputs.js';
import { withRules } from '../options/rules.js';
import { withFleet } from '../options/fleet.js';
import { withGate } from '../options/gate.js';
import { withRecording } from '../options/history.js';
import { conclude, writeReport } from '../output/present.js';
import { openWorld } from '../setup/open-world.js';
import { refuseStray, withRerun } from '../options/rerun.js';
import { openRecorder } from '../setup/recorder.js';
import { resolveScan, type ScanOptions } from '../setup/resolve-plan.js';

/** Scans and reports; returns the exit code. Everything that can be wrong with the input is reported before a host is touched. */
export async function scan(options: ScanOptions): Promise<number> {
  const begin = performance.now();
  const plan = await resolveScan(options, new Date());
  const recorder = await openRecorder(plan.history);
  const world = await openWorld(plan, options);
  try {
    const { summary, unwritten } = await scanFleet(plan, {
      ...world,
      tookMs: () => Math.round(performance.now() - begin),
      record: (report) => recorder.record(report, world.signal),
      write: writeReport,
    });
    return conclude(plan.output.outputs, unwritten, summary);
  } finally {
    await world.close();
    recorder.close();
  }
}

/** Prints whom a scan would ask; everything else that can be wrong with its input is reported too. */
async function listHosts(options: ScanOptions): Promise<void> {
  const { asked } = await resolveScan(options, new Date(), false);
  await writeToStream(
    process.stdout,
    asked.map(([, { name }]) => `${name}\n`),
  );
}

export function scanCommand(): Command {
  return withRerun(
    withRecording(
      withOutputs(
        withGate(
          withFleet(
            withConnection(
              withRules(
                withHosts(new Command('scan').description('ask every host, judge it, report what does not comply')),
              ),
            ),
          ),
        ),
      ),
    ),
    'a saved report (json or jsonl)',
  )
    .addOption(
      new Option(
        '--list-hosts',
        'only print the names of the hosts that would be asked, one a line; nobody is contacted',
      ).helpGroup('Hosts:'),
    )
    .action(async (report: string | undefined, options: ScanOptions & { readonly listHosts?: boolean }) => {
      const given = { ...options, ...defined({ report }) };
      refuseStray(given);
      if (options.listHosts === true) await listHosts(given);
      else process.exitCode = await scan(given);
    });
}
