import { Command } from 'commander';
import type { HostOutcome } from '../model/outcome.js';
import { collectFleet } from '../run/collect-fleet.js';
import { startProgress } from '../run/progress.js';
import { savedLine } from '../run/saved-readings.js';
import { openSpool } from '../run/spool.js';
import { writeFileAtomically, writeToStream } from '../run/write-outputs.js';
import { listenForInterrupts } from './interrupt.js';
import { loadHosts, profileNames } from './load.js';
import { type ConnectOptions, dayOf, type HostOptions, withConnection, withHosts } from './options.js';
import { EXIT, usage } from './stop.js';
import { openTransports } from './transports.js';

interface CollectCommandOptions extends HostOptions, ConnectOptions {
  readonly output?: string;
}

const INTERRUPTED: HostOutcome['reached'] extends never ? never : { readonly code: 'interrupted'; readonly detail: string } = {
  code: 'interrupted',
  detail: 'the run ended before this host was asked',
};

/** Asks like `scan` and judges nothing: one JSON line of readings a host, for `eval`. */
const collect = async (options: CollectCommandOptions): Promise<number> => {
  const { hosts } = loadHosts(options, profileNames());
  if (hosts.length === 0) usage('no host was selected: nothing would be collected');
  const { transports, forks, close } = await openTransports(hosts, options);
  const interrupt = listenForInterrupts();
  const spool = openSpool();
  const progress = startProgress(hosts.length, process.stderr, options.quiet ?? false);
  try {
    await collectFleet(hosts, spool, {
      transports,
      forks,
      deadlines: { probeMs: options.probeTimeout, hostMs: options.hostTimeout },
      today: dayOf({}),
      maxBytes: 1024 * 1024,
      signal: interrupt.signal,
      onOutcome: progress.advance,
    });
    progress.stop();
    let missing = 0;
    const lines = function* (): Generator<string> {
      for (const [index, host] of hosts.entries()) {
        const outcome = spool.at(index) ?? { host: host.name, reached: false, failure: INTERRUPTED, tookMs: 0 };
        if (!outcome.reached) missing += 1;
        yield savedLine(host, outcome);
      }
    };
    if (options.output === undefined) await writeToStream(process.stdout, lines());
    else writeFileAtomically(options.output, lines());
    process.stderr.write(`kernward: readings of ${hosts.length - missing} of ${hosts.length} hosts\n`);
    const by = interrupt.by();
    if (by !== undefined) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return missing > 0 ? EXIT.incomplete : EXIT.ok;
  } finally {
    progress.stop();
    interrupt.stop();
    spool.close();
    await close();
  }
};

export const collectCommand = (): Command =>
  withConnection(withHosts(new Command('collect').description('ask every host and judge nothing: one JSON line of readings a host, for `eval`')))
    .option('-o, --output <FILE>', 'write to this file (default: standard output)')
    .action(async (options: CollectCommandOptions) => {
      process.exitCode = await collect(options);
    });
