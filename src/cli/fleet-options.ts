import { type Command, Option } from 'commander';
import { seconds } from './options.js';

/** How a run goes through many hosts. */
export interface FleetOptions {
  /** In milliseconds. */
  readonly deadline?: number;
}

export const withFleet = (command: Command): Command =>
  command.addOption(new Option('--deadline <SECONDS>', 'for the run as a whole; hosts that have not answered by then are reported as run-deadline').argParser(seconds));
