import { type Command, InvalidArgumentError, Option } from 'commander';
import { isReadable } from '../../facts/declared/may-be-read.js';
import { isDay } from '../../kernel/support/days.js';
import { toTimestamp } from '../../run/moments.js';
import { refusedUnless } from './idle.js';
import { each } from './values.js';

export interface RuleOptions {
  readonly policy?: readonly string[];
  /** `false`: `--no-shipped`. */
  readonly shipped?: boolean;
  /** Below /etc, what facts of policies may read. */
  readonly allowRead?: readonly string[];
  readonly profile?: string;
  /** `2026-08-22`. */
  readonly asOf?: string;
}

function day(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('expected a day, such as 2026-08-22.');
  return text;
}

/** The moment that waivers are judged by: when the run started, or the beginning of the day of `--as-of`. */
export function judgedAt({ asOf }: RuleOptions, startedAt: Date): string {
  return asOf === undefined ? toTimestamp(startedAt) : `${asOf}T00:00:00Z`;
}

const AS_OF =
  'judge support and waivers as of this day, YYYY-MM-DD (default: the day of the collection, the start of the run)';

function withAsOf(command: Command, what = AS_OF): Command {
  return command.addOption(new Option('--as-of <DAY>', what).argParser(day).env('KERNWARD_AS_OF'));
}

/** Where nothing is judged anew, but for waivers. */
export function withWaiversAsOf(command: Command): Command {
  refusedUnless(
    command,
    ['asOf'],
    ({ waivers }) => waivers !== undefined,
    'says by which day waivers are judged, and a report keeps of its own which were in force when it was made: give their file with --waivers, or leave it out',
  );
  return withAsOf(command, 'with --waivers: whether they are in force on this day, YYYY-MM-DD (default: now)');
}

/** Which rules, where none is applied to a host. */
export function withPolicies(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-p, --policy <FILE>',
        "policy or profile file of your own, or a folder of them, beside kernward's; repeatable",
      ).argParser(each(String)),
    )
    .option(
      '--no-shipped',
      "judge by your own policies alone; the verdict says how many of kernward's rules are left out",
    );
}

function readable(text: string): string {
  const path = text.replace(/(?<=.)\/+$/, '');
  if (!isReadable(path)) throw new InvalidArgumentError('expected a folder or file below /etc, without a star.');
  return path;
}

/** For commands with `--allow-read`. */
export function refuseIdleRead(command: Command): Command {
  return refusedUnless(
    command,
    ['allowRead'],
    ({ policy }) => policy !== undefined,
    'is about facts of your own policies, and there is none: name one with -p, or leave it out',
  );
}

/** Where hosts are asked. */
export function allowReadOption(): Option {
  return new Option(
    '--allow-read <PATH>',
    'a folder or file below /etc that facts of your policies may read, but for what may hold secrets; repeatable',
  ).argParser(each(readable));
}

export function withRules(command: Command): Command {
  return withPolicies(withAsOf(command.optionsGroup('Rules:'))).option(
    '--profile <NAME>',
    'judge every host by this profile, whatever the inventory says (noted in the report)',
  );
}
