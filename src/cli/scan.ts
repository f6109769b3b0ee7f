import { Command } from 'commander';
import { collectFleet } from '../run/collect-fleet.js';
import { openFleetReport } from '../run/fleet-report.js';
import { headerOf } from '../run/header.js';
import { startProgress } from '../run/progress.js';
import { factsRead } from '../run/rule-book.js';
import { auditOf } from './audit.js';
import { type FleetOptions, pacingOf, withFleet } from './fleet-options.js';
import { type GateOptions, withGate } from './gate-options.js';
import { listenForInterrupts } from './interrupt.js';
import { loadTargets } from './load.js';
import { type ConnectOptions, dayOf, askingOf, type HostOptions, type OutputOptions, type RuleOptions, withConnection, withHosts, withOutputs, withRules } from './options.js';
import { presentReport } from './present.js';
import { VERSION } from './shipped.js';
import { openTransports } from './transports.js';

export type ScanOptions = HostOptions & RuleOptions & ConnectOptions & FleetOptions & GateOptions & OutputOptions;

/** Scans and reports; gives the exit code. Everything that can be wrong with the input is told before a host is touched. */
export const scan = async (options: ScanOptions): Promise<number> => {
  const startedAt = new Date();
  const begin = performance.now();
  const targets = await loadTargets(options, options.output ?? [], auditOf(options, startedAt));
  const { gate, baseline, ...audit } = targets.more;
  const pacing = pacingOf(options, targets.inventory);
  const { transports, forks, close } = await openTransports(targets.hosts, options);
  const interrupt = listenForInterrupts(options.deadline);
  const fleet = openFleetReport({ hosts: targets.hosts, book: targets.book, profileOverride: options.profile, signal: interrupt.signal, gate, ...audit });
  const progress = startProgress(targets.hosts.length, process.stderr, options.quiet ?? false);
  try {
    await collectFleet(targets.hosts.entries(), {
      transports,
      forks,
      ...pacing,
      ...askingOf(options),
      packages: { fixes: targets.book.fixes, asked: factsRead(targets.book) },
      today: dayOf(options),
      signal: interrupt.signal,
      onOutcome: (host, index, outcome) => {
        fleet.take(host, index, outcome);
        progress.advance(outcome.reached);
      },
    });
    progress.stop();
    const interruptedBy = interrupt.by();
    const header = headerOf({ version: VERSION, startedAt, inventory: targets.inventory.files, limit: options.limit, profileOverride: options.profile, gate, book: targets.book, ...(baseline === undefined ? {} : { baseline }) });
    const tookMs = Math.round(performance.now() - begin);
    const report = fleet.finish(header, { gate, tookMs, ...(interruptedBy === undefined ? {} : { interruptedBy }) });
    const trouble = fleet.trouble();
    if (trouble !== undefined) process.stderr.write(`kernward: ${trouble}\n`);
    return await presentReport(report, options);
  } finally {
    progress.stop();
    interrupt.stop();
    fleet.close();
    await close();
  }
};

export const scanCommand = (): Command =>
  withOutputs(withGate(withFleet(withConnection(withRules(withHosts(new Command('scan').description('ask every host, judge it, report what does not comply'))))))).action(
    async (options: ScanOptions) => {
      process.exitCode = await scan(options);
    },
  );
