import { type Command, InvalidArgumentError, Option } from 'commander';
import type { GroupForks } from '../../inventory/group-forks.js';
import type { BatchSize } from '../../run/schedule/batches.js';
import { DEFAULTS } from '../../run/defaults.js';
import type { Workers } from '../../run/threads/how-many.js';
import { each, seconds, wholeNumber } from './values.js';

/** How a run goes through many hosts. */
export interface FleetOptionValues {
  /** In milliseconds. */
  readonly deadline?: number;
  readonly serial?: readonly BatchSize[];
  readonly groupForks?: readonly GroupForks[];
  readonly workers?: Workers;
}

function batchSize(text: string): BatchSize {
  const [, hosts, percent] = /^(?:0*([1-9]\d{0,6})|0*([1-9]\d?|100)%)$/.exec(text.trim()) ?? [];
  if (hosts !== undefined) return { hosts: Number(hosts) };
  if (percent !== undefined) return { percent: Number(percent) };
  throw new InvalidArgumentError('expected numbers of hosts or percentages from 1 to 100, such as 10 or 1,10,25%.');
}

function groupForks(text: string): GroupForks {
  const equals = text.lastIndexOf('=');
  if (equals < 1) throw new InvalidArgumentError('expected GROUP=N.');
  return {
    group: text.slice(0, equals),
    forks: wholeNumber(1, 10_000, 'GROUP=N, with N a number of hosts')(text.slice(equals + 1)),
  };
}

export function withGroupForks(command: Command): Command {
  return command.addOption(
    new Option(
      '--group-forks <GROUP=N>',
      'hosts of that group (or of each group that the glob matches) asked at the same time; repeatable; over `forks` of the inventory',
    ).argParser(each(groupForks)),
  );
}

/** Adds --deadline and --group-forks. */
export function withPace(command: Command): Command {
  return withGroupForks(
    command.addOption(
      new Option(
        '--deadline <SECONDS>',
        'for the run as a whole; hosts that have not answered by then are reported as run-deadline',
      ).argParser(seconds),
    ),
  );
}

const threads = wholeNumber(1, 64, 'auto or a number of threads');

/** Adds --serial and --workers to them. */
export function withFleet(command: Command): Command {
  return withPace(command)
    .addOption(
      new Option(
        '--serial <N|N%,…>',
        'in batches of so many hosts, each begun when the one before is done; the last size holds on',
      ).argParser((text) => text.split(',').map(batchSize)),
    )
    .addOption(
      new Option(
        '--workers <N|auto>',
        'threads of this process in which hosts are asked and judged: faster where there are cores to spare, for more CPU. auto: one for each full 1,000 hosts, as far as there are cores. --forks holds over all of them. `kernward worker` is something else',
      )
        .argParser((text) => (text === 'auto' ? text : threads(text)))
        .default(DEFAULTS.pacing.workers),
    );
}
