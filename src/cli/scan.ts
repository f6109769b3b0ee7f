import { Command } from 'commander';
import { collectFleet } from '../run/collect-fleet.js';
import { fleetReport } from '../run/fleet-report.js';
import { headerOf } from '../run/header.js';
import { startProgress } from '../run/progress.js';
import { openSpool } from '../run/spool.js';
import { listenForInterrupts } from './interrupt.js';
import { loadTargets } from './load.js';
import { type ConnectOptions, dayOf, gateOf, type GateOptions, type HostOptions, type OutputOptions, type RuleOptions, withConnection, withGate, withHosts, withOutputs, withRules } from './options.js';
import { presentReport } from './present.js';
import { VERSION } from './shipped.js';
import { openTransports } from './transports.js';

export type ScanOptions = HostOptions & RuleOptions & ConnectOptions & GateOptions & OutputOptions;

/** Scans and reports; gives the exit code. Everything that can be wrong with the input is told before a host is touched. */
export const scan = async (options: ScanOptions): Promise<number> => {
  const startedAt = new Date();
  const begin = performance.now();
  const targets = loadTargets(options, options.output ?? []);
  const { transports, forks, close } = await openTransports(targets.hosts, options);
  const interrupt = listenForInterrupts();
  const spool = openSpool();
  const progress = startProgress(targets.hosts.length, process.stderr, options.quiet ?? false);
  try {
    await collectFleet(targets.hosts, spool, {
      transports,
      forks,
      deadlines: { probeMs: options.probeTimeout, hostMs: options.hostTimeout },
      today: dayOf(options),
      maxBytes: 1024 * 1024,
      signal: interrupt.signal,
      onOutcome: progress.advance,
    });
    progress.stop();
    await close();
    const trouble = spool.trouble();
    if (trouble !== undefined) process.stderr.write(`kernward: ${trouble}\n`);
    const interruptedBy = interrupt.by();
    const report = fleetReport({
      header: headerOf({
        version: VERSION,
        startedAt,
        inventory: targets.inventory.files,
        limit: options.limit,
        profileOverride: options.profile,
        gate: gateOf(options),
        book: targets.book,
      }),
      hosts: targets.hosts,
      book: targets.book,
      profileOverride: options.profile,
      outcomeAt: spool.at,
      gate: gateOf(options),
      tookMs: Math.round(performance.now() - begin),
      ...(interruptedBy === undefined ? {} : { interruptedBy }),
    });
    return await presentReport(report, options);
  } finally {
    progress.stop();
    interrupt.stop();
    spool.close();
    await close();
  }
};

export const scanCommand = (): Command =>
  withOutputs(withGate(withConnection(withRules(withHosts(new Command('scan').description('ask every host, judge it, report what does not comply')))))).action(
    async (options: ScanOptions) => {
      process.exitCode = await scan(options);
    },
  );
