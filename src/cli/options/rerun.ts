import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { RERUN_CHOICES, type RerunChoice } from '../../model/report.js';
import { clean } from '../../text/clean.js';
import { usage } from '../terminal/exit.js';
import { wholeNumber } from './values.js';
import type { HostOptions } from './hosts.js';

export interface RerunOptions {
  readonly rerun?: readonly RerunChoice[];
  /** The saved report, or what `collect` saved. */
  readonly report?: string;
  /** Of `scan`: how many hours before the run what is carried may have been asked. */
  readonly maxApart?: number;
}

function choices(text: string): readonly RerunChoice[] {
  return text.split(',').map((word) => {
    const choice = RERUN_CHOICES.find((known) => known === word.trim());
    if (choice === undefined)
      throw new InvalidArgumentError(`expected ${RERUN_CHOICES.join(', ')}, or several with commas between them.`);
    return choice;
  });
}

export function withRerun(
  command: Command,
  what: string,
  does = `ask only these hosts of ${what} again, and merge the answers into it`,
): Command {
  return command
    .argument('[report]', `with --rerun: ${what}`)
    .addOption(
      new Option('--rerun <WHAT>', `${does}: ${RERUN_CHOICES.join(', ')}; comma-separated`)
        .argParser(choices)
        .helpGroup('Hosts:'),
    );
}

export function maxApartOption(): Option {
  return new Option(
    '--max-apart <HOURS>',
    'with --rerun: how long before this run what is carried may have been asked; longer is incomplete: exit 3 (default: no limit)',
  )
    .argParser(wholeNumber(0, 876_000, 'hours'))
    .helpGroup('Gate (what exits with which code):');
}

/** The file that goes with `--rerun`; undefined: everything is asked. */
export function rerunFile({ rerun, report, maxApart }: RerunOptions): string | undefined {
  if (rerun === undefined && maxApart !== undefined)
    usage('--max-apart is about what --rerun carries, and nothing is carried');
  if (rerun !== undefined && report === undefined) usage(`--rerun ${rerun.join(',')} needs the saved report after it`);
  if (rerun === undefined && report !== undefined)
    usage(
      `${JSON.stringify(report)} is one argument too many: a saved report stands after --rerun unreachable, failed or unknown`,
    );
  return rerun === undefined ? undefined : report;
}

/** Somebody who leaves out `-i` means the file for an inventory. */
export function refuseStray({
  rerun,
  report,
  inventory,
  hosts,
  local,
  plan,
}: RerunOptions & HostOptions & { readonly plan?: string }): void {
  const isAlone = (inventory ?? hosts ?? plan) === undefined && local !== true;
  if (report === undefined || rerun !== undefined || !isAlone) return;
  // A file is an inventory; what is none looks like a host by its user, or by having no ending and no folder.
  const option =
    existsSync(report) || !/^(?:[^/@]+@[^/@]+|[\w-]+(?:,[\w.-]+)*,?|\d+(?:\.\d+){3})$/.test(report) ? '-i' : '-w';
  usage(`an inventory stands after -i, hosts after -w: did you mean ${option} ${clean(report, 200)}?`);
}
