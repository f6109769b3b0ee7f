import { Command, Option } from 'commander';
import { createPackageLookups } from '../../kernel/fixes/package-lookups.js';
import { collectFleet } from '../../run/collect-fleet.js';
import { openFleetReport } from '../../run/fleet-report.js';
import { toHeader } from '../../run/header.js';
import { startProgress } from '../../run/progress.js';
import { factsRead } from '../../run/rule-set.js';
import { writeToStream } from '../../run/write-outputs.js';
import { asOf } from '../../run/support-date.js';
import { loadGateInputs } from '../setup/load-gate.js';
import { type FleetOptionValues, toPacing, withFleet } from '../options/fleet.js';
import { type GateOptions, withGate } from '../options/gate.js';
import { listenForInterrupts } from '../terminal/interrupt.js';
import { loadTargets } from '../setup/load-targets.js';
import {
  type ConnectOptions,
  toDay,
  toAskOptions,
  type HostOptions,
  type OutputOptions,
  type RuleOptions,
  withConnection,
  withHosts,
  withOutputs,
  withRules,
} from '../options/common.js';
import { presentReport } from '../output/present.js';
import { courseOf, refuseStray, type RerunOptions, withRerun } from '../setup/plan-rerun.js';
import { VERSION } from '../input/shipped.js';
import { type RecordOptions, withRecording } from '../options/history.js';
import { openRecorder } from '../setup/recorder.js';
import { canRewrite } from '../terminal/capabilities.js';
import { openTransports } from '../setup/open-transports.js';

export type ScanOptions = HostOptions &
  RuleOptions &
  ConnectOptions &
  FleetOptionValues &
  RerunOptions &
  GateOptions &
  OutputOptions &
  RecordOptions;

/** Scans and reports; gives the exit code. Everything that can be wrong with the input is told before a host is touched. */
export async function scan(options: ScanOptions): Promise<number> {
  const startedAt = new Date();
  const begin = performance.now();
  const targets = await loadTargets(
    options,
    options.output ?? [],
    loadGateInputs(options, startedAt, options.rerun !== undefined),
  );
  const { gate, baseline, ...audit } = targets.more;
  const pacing = toPacing(options, targets.inventory);
  const course = courseOf(options, targets);
  const recorder = await openRecorder(options);
  const { transports, forks, close } = await openTransports(
    course.asked.map(([, host]) => host),
    options,
  );
  const interrupt = listenForInterrupts(options.deadline);
  const asked = new Set(course.hosts.map(({ name }) => name));
  const notSelected = targets.inventory.hosts.filter(({ name }) => !asked.has(name));
  const fleet = openFleetReport({
    hosts: course.hosts,
    notSelected,
    ruleSet: targets.ruleSet,
    profileOverride: options.profile,
    signal: interrupt.signal,
    gate,
    ...audit,
  });
  const progress = startProgress(
    course.asked.length,
    process.stderr,
    options.quiet === true || !canRewrite(process.stderr),
  );
  try {
    for (const [index, outcome] of course.carried) {
      const host = course.hosts[index];
      if (host !== undefined) fleet.take(host, index, asOf(outcome, options.asOf));
    }
    await collectFleet(course.asked, {
      transports,
      forks,
      ...pacing,
      ...toAskOptions(options),
      packages: createPackageLookups(targets.ruleSet.fixes, factsRead(targets.ruleSet)),
      today: toDay(options),
      signal: interrupt.signal,
      onOutcome: (host, index, outcome) => {
        fleet.take(host, index, outcome);
        progress.advance(outcome.reached);
      },
    });
    progress.stop();
    const interruptedBy = interrupt.by();
    const added = {
      ...(baseline === undefined ? {} : { baseline }),
      ...(course.rerun === undefined ? {} : { rerun: course.rerun }),
    };
    const header = toHeader({
      version: VERSION,
      startedAt,
      inventory: targets.inventory.files,
      limit: course.limit,
      profileOverride: options.profile,
      gate,
      ruleSet: targets.ruleSet,
      ...added,
    });
    const tookMs = Math.round(performance.now() - begin);
    const report = fleet.finish(header, { gate, tookMs, ...(interruptedBy === undefined ? {} : { interruptedBy }) });
    const error = fleet.error();
    if (error !== undefined) process.stderr.write(`kernward: ${error}\n`);
    const recorded = await recorder.record(report);
    return await presentReport(recorded.report, options, recorded.errors);
  } finally {
    progress.stop();
    interrupt.stop();
    fleet.close();
    await close();
    await recorder.close();
  }
}

/** Whom a scan would ask; everything else that can be wrong with its input is told too. */
async function listHosts(options: ScanOptions): Promise<void> {
  const targets = await loadTargets(options, options.output ?? [], () => undefined);
  await writeToStream(
    process.stdout,
    courseOf(options, targets).asked.map(([, { name }]) => `${name}\n`),
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
      const given = { ...options, ...(report === undefined ? {} : { report }) };
      refuseStray(given);
      if (options.listHosts === true) await listHosts(given);
      else process.exitCode = await scan(given);
    });
}
