import { Command } from 'commander';
import { createPackageLookups } from '../../kernel/fixes/package-lookups.js';
import { collectFleet } from '../../run/collect-fleet.js';
import { notAsked } from '../../run/host-not-asked.js';
import { startProgress } from '../../run/progress.js';
import { allFacts } from '../../run/rule-set.js';
import { savedLine } from '../../run/saved-readings.js';
import { openSpool, TEXT } from '../../run/spool/spool.js';
import { writeFileAtomically } from '../../run/output-file.js';
import { writeToStream } from '../../run/write-outputs.js';
import { type FleetOptionValues, toPacing, withFleet } from '../options/fleet.js';
import { listenForInterrupts } from '../terminal/interrupt.js';
import { getRuleSet, loadHosts } from '../setup/load-targets.js';
import {
  type ConnectOptions,
  toAskOptions,
  toDay,
  type HostOptions,
  withConnection,
  withHosts,
  outputModeOption,
} from '../options/common.js';
import { courseOfCollection } from '../setup/plan-collect-rerun.js';
import { whyNotWritable } from '../terminal/check-writable.js';
import { refuseStray, type RerunOptions, withRerun } from '../setup/plan-rerun.js';
import { EXIT, usage } from '../terminal/exit.js';
import { canRewrite } from '../terminal/capabilities.js';
import { openTransports } from '../setup/open-transports.js';

interface CollectCommandOptions extends HostOptions, ConnectOptions, FleetOptionValues, RerunOptions {
  readonly output?: string;
  readonly outputMode?: number;
}

/** Asks like `scan` and judges nothing: one JSON line of readings a host, for `eval`. */
async function collect(options: CollectCommandOptions): Promise<number> {
  const error = options.output === undefined ? undefined : whyNotWritable(options.output);
  if (error !== undefined) usage(`readings cannot be written to ${options.output}: ${error}`);
  const ruleSet = getRuleSet({}, []);
  const fixes = ruleSet?.fixes ?? [];
  const targets = await loadHosts(options, [...(ruleSet?.profiles.keys() ?? [])]);
  const { hosts, asked, carried } = courseOfCollection(options, targets, allFacts(fixes));
  if (hosts.length === 0) usage('no host was selected: nothing would be collected');
  const pacing = toPacing(options, targets.inventory);
  const { transports, forks, close } = await openTransports(
    asked.map(([, host]) => host),
    options,
  );
  const interrupt = listenForInterrupts(options.deadline);
  const spool = openSpool(TEXT);
  let answered = 0;
  const progress = startProgress(asked.length, process.stderr, options.quiet === true || !canRewrite(process.stderr));
  try {
    for (const [index, outcome] of carried) {
      const host = hosts[index];
      if (host === undefined) continue;
      spool.keep(index, savedLine(host, outcome));
      if (outcome.reached) answered += 1;
    }
    await collectFleet(asked, {
      transports,
      forks,
      ...pacing,
      ...toAskOptions(options),
      packages: createPackageLookups(fixes, undefined),
      today: toDay({}),
      signal: interrupt.signal,
      onOutcome: (host, index, outcome) => {
        spool.keep(index, savedLine(host, outcome));
        if (outcome.reached) answered += 1;
        progress.advance(outcome.reached);
      },
    });
    progress.stop();
    const lines = function* (): Generator<string> {
      for (const [index, host] of hosts.entries())
        yield spool.at(index) ?? savedLine(host, notAsked(host, interrupt.signal));
    };
    if (options.output === undefined) await writeToStream(process.stdout, lines());
    else await writeFileAtomically(options.output, lines(), options.outputMode);
    process.stderr.write(`kernward: readings of ${answered} of ${hosts.length} hosts\n`);
    const by = interrupt.by();
    if (by !== undefined) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return answered < hosts.length ? EXIT.incomplete : EXIT.ok;
  } finally {
    progress.stop();
    interrupt.stop();
    spool.close();
    await close();
  }
}

export function collectCommand(): Command {
  return withRerun(
    withFleet(
      withConnection(
        withHosts(
          new Command('collect').description(
            'ask every host and judge nothing: one JSON line of readings a host, for `eval`',
          ),
        ),
      ),
    ),
    'what `collect` saved',
  )
    .optionsGroup('Output:')
    .option('-o, --output <FILE>', 'write to this file (default: standard output)')
    .addOption(outputModeOption())
    .action(async (report: string | undefined, options: CollectCommandOptions) => {
      const given = { ...options, ...(report === undefined ? {} : { report }) };
      refuseStray(given);
      process.exitCode = await collect(given);
    });
}
