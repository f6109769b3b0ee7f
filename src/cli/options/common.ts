import { relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isDay } from '../../kernel/support/days.js';
import { FORMATS } from '../../report/formats/index.js';
import { retryTerms } from '../../run/schedule/retry.js';
import type { Deadlines, ScanHostContext } from '../../run/scan-host.js';
import type { Output } from '../../run/write-outputs.js';
import { suggest } from '../../text/suggest.js';
import { whyNotWritable } from '../terminal/check-writable.js';

/** Collects a repeatable option, each use parsed by `parse`. */
export function each<T>(parse: (text: string) => T) {
  return (text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), parse(text)];
}

export function wholeNumber(least: number, most: number, what: string) {
  return (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`expected ${what}, a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Seconds with an optional fraction, to milliseconds. */
export function seconds(text: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1000) : 0;
  if (value <= 0) throw new InvalidArgumentError('expected seconds above 0, such as 10 or 2.5.');
  return value;
}

export function parsePercent(text: string): number {
  const value = /^\d{1,3}(\.\d+)?%?$/.test(text) ? Number(text.replace('%', '')) : Number.NaN;
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('expected a percentage from 0 to 100.');
  return value;
}

/** `FORMAT` or `FORMAT:FILE`, whatever the format. */
export function splitOutput(text: string): Output {
  const colon = text.indexOf(':');
  const format = colon < 0 ? text : text.slice(0, colon);
  const file = colon < 0 ? undefined : text.slice(colon + 1);
  if (file === '') throw new InvalidArgumentError(`after ${format}: a file name is expected.`);
  return { format, file };
}

export function parseOutput(text: string): Output {
  const { format, file } = splitOutput(text);
  if (!FORMATS.has(format)) {
    const near = suggest(format, FORMATS.keys());
    throw new InvalidArgumentError(
      `there is no format ${JSON.stringify(format)}${near === undefined ? '' : `; did you mean ${near}?`} Formats: ${[...FORMATS.keys()].join(', ')}.`,
    );
  }
  return { format, file };
}

function placeProblems(format: string, file: string | undefined): readonly string[] {
  const why = file === undefined ? undefined : whyNotWritable(file);
  return why === undefined ? [] : [`${format} cannot be written to ${file}: ${why}`];
}

/** Which of the outputs cannot stand together, or cannot be written where they should go; a sentence, or nothing. */
export function outputConflict(outputs: readonly Output[]): string | undefined {
  const toStdout = outputs.filter((output) => output.file === undefined);
  if (toStdout.length > 1)
    return `only one output can go to standard output, and ${toStdout.map((output) => output.format).join(' and ')} both would; give a file to the others: -o ${toStdout[1]?.format ?? 'csv'}:FILE`;
  const files = outputs.flatMap((output) => (output.file === undefined ? [] : [resolve(output.file)]));
  const twice = files.find((file, index) => files.indexOf(file) !== index && !file.startsWith('/dev/'));
  if (twice !== undefined) return `two outputs would be written to ${relative('', twice)}`;
  const errors = outputs.flatMap(({ format, file }) => placeProblems(format, file));
  return errors.length === 0 ? undefined : errors.join('; ');
}

const OTHERS_MAY_WRITE = 0o022;
const OWNER_MAY = 0o600;

function outputMode(text: string): number {
  const mode = /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  if ((mode & OWNER_MAY) !== OWNER_MAY || (mode & OTHERS_MAY_WRITE) !== 0)
    throw new InvalidArgumentError(
      'expected an octal mode such as 640, with which the owner can read and write, and nobody else can write.',
    );
  return mode;
}

/** For commands that write files. */
export function outputModeOption(): Option {
  return new Option(
    '--output-mode <MODE>',
    'who may read the files that are written, such as 640 (default: as the file that is replaced; 600 for a new one)',
  )
    .argParser(outputMode)
    .env('KERNWARD_OUTPUT_MODE');
}

export interface OutputOptions {
  readonly outputMode?: number;
  readonly output?: readonly Output[];
  readonly includePasses?: boolean;
  readonly csvBom?: boolean;
}

export function withOutputs(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(
      new Option(
        '-o, --output <FORMAT[:FILE]>',
        `write a report; repeatable (${[...FORMATS.keys()].join(', ')}; default: table)`,
      ).argParser(each(parseOutput)),
    )
    .addOption(outputModeOption())
    .option('--include-passes', 'csv: a row for rules that pass, too')
    .option('--csv-bom', 'the CSV formats: begin with a byte-order mark, so that Excel reads them as UTF-8');
}

export interface RuleOptions {
  readonly policy?: readonly string[];
  readonly profile?: string;
  /** `2026-08-22`. */
  readonly asOf?: string;
}

function day(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('expected a day, such as 2026-08-22.');
  return text;
}

/** The day that support is judged by: today in UTC, unless `--as-of` names another. One of the two places with a clock. */
export function toDay({ asOf }: RuleOptions): string {
  return asOf ?? new Date().toISOString().slice(0, 10);
}

/** The moment that waivers are judged by: when the run started, or the beginning of the day of `--as-of`. */
export function judgedAt({ asOf }: RuleOptions, startedAt: Date): string {
  return asOf === undefined ? startedAt.toISOString().replace(/\.\d+Z$/, 'Z') : `${asOf}T00:00:00Z`;
}

const AS_OF =
  'judge support and waivers as of this day, YYYY-MM-DD (default: the day of the collection, the start of the run)';

export function withAsOf(command: Command, what = AS_OF): Command {
  return command.addOption(new Option('--as-of <DAY>', what).argParser(day).env('KERNWARD_AS_OF'));
}

/** Where nothing is judged anew, but for waivers. */
export function withWaiversAsOf(command: Command): Command {
  return withAsOf(command, 'whether waivers are in force on this day, YYYY-MM-DD (default: now)');
}

/** Which rules, where none is applied to a host. */
export function withPolicies(command: Command): Command {
  return command.addOption(
    new Option(
      '-p, --policy <FILE>',
      'policy or profile file, or a folder of them; repeatable; `shipped` names those of kernward (default: shipped)',
    ).argParser(each(String)),
  );
}

export function withRules(command: Command): Command {
  return withPolicies(withAsOf(command.optionsGroup('Rules:'))).option(
    '--profile <NAME>',
    'judge every host by this profile, whatever the inventory says (noted in the report)',
  );
}

function deadline(flag: string, text: string, standard: number): Option {
  return new Option(`${flag} <SECONDS>`, text).argParser(seconds).default(standard, `${standard / 1000}`);
}

export interface HostOptions {
  readonly inventory?: readonly string[];
  readonly inventoryTimeout: number;
  readonly hosts?: readonly string[];
  readonly limit?: string;
  readonly local?: boolean;
  /** False: nothing that an inventory or an ssh_config names is run. */
  readonly exec?: boolean;
}

export function withHosts(command: Command): Command {
  return command
    .optionsGroup('Hosts:')
    .addOption(
      new Option(
        '-i, --inventory <FILE>',
        'inventory file, folder or executable, `-` for standard input, or hosts: `web1,`; repeatable',
      ).argParser(each(String)),
    )
    .addOption(deadline('--inventory-timeout', 'for an executable inventory, with all that it is asked', 120_000))
    .addOption(
      new Option(
        '-w, --hosts <HOSTS>',
        'these hosts, without an inventory: web[1:3],root@db1:2222,[2001:db8::1]:22; repeatable',
      ).argParser(each(String)),
    )
    .option(
      '-l, --limit <PATTERN>',
      'only hosts that match: names, groups, globs, ~regex, group[0:4]; a,b  &and  !not  @file',
    )
    .option('--local', 'this machine alone, without an inventory')
    .option(
      '--no-exec',
      'run nothing that an inventory or ssh_config names: refuse executable inventories, proxy commands, Match exec',
    );
}

/** Where neither the command line nor ssh_config says otherwise; in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

export interface ConnectOptions {
  readonly user?: string;
  readonly identity?: readonly string[];
  readonly askPass?: boolean;
  /** As of the hosts. */
  readonly exec?: boolean;
  readonly become?: boolean;
  readonly hostKeys: string;
  readonly forks: number;
  readonly retries: number;
  /** Undefined: as ssh_config says, or CONNECT_TIMEOUT_MS. */
  readonly connectTimeout?: number;
  /** `-F`: undefined: `~/.ssh/config` and `/etc/ssh/ssh_config`. */
  readonly sshConfig?: string;
  readonly authTimeout: number;
  readonly probeTimeout: number;
  readonly packagesTimeout: number;
  readonly hostTimeout: number;
  readonly quiet?: boolean;
}

function hostKeys(text: string): string {
  if (text === 'strict' || text === 'accept-new' || /^file:./.test(text)) return text;
  throw new InvalidArgumentError('expected strict, accept-new or file:PATH.');
}

function deadlinesOf({ probeTimeout, packagesTimeout, hostTimeout }: ConnectOptions): Deadlines {
  return {
    probeMs: probeTimeout,
    packagesMs: packagesTimeout,
    hostMs: hostTimeout,
  };
}

/** What a host may send, stdout and stderr together. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** How a host is asked. The one place with dice: retries wait by them. */
export function toAskOptions(
  options: ConnectOptions,
): Pick<ScanHostContext, 'deadlines' | 'retry' | 'random' | 'maxBytes' | 'become'> {
  return {
    deadlines: deadlinesOf(options),
    retry: retryTerms(options.retries),
    random: Math.random,
    maxBytes: MAX_OUTPUT_BYTES,
    become: options.become ?? false,
  };
}

export function withConnection(command: Command): Command {
  return command
    .optionsGroup('How hosts are asked:')
    .option('-u, --user <NAME>', 'login where the inventory names none (default: who runs this)')
    .addOption(
      new Option(
        '--identity <FILE>',
        'private key where the inventory names none; repeatable (default: the agent, ~/.ssh/id_*)',
      ).argParser(each(String)),
    )
    .option(
      '--ask-pass',
      'ask once, on the terminal, for a password, for hosts that take no key or want a password beside it',
    )
    .option('--become', 'on every host, read what only root may read by one sudo -n (see kernward collector --sudoers)')
    .addOption(
      new Option(
        '--host-keys <POLICY>',
        'strict, accept-new, or file:PATH for another known_hosts; a changed key is always refused',
      )
        .argParser(hostKeys)
        .default('strict'),
    )
    .addOption(
      new Option('--forks <N>', 'hosts asked at the same time')
        .argParser(wholeNumber(1, 10_000, 'a number of hosts'))
        .default(64),
    )
    .addOption(
      new Option(
        '--retries <N>',
        'ask a host again where its failure may pass (refused, network, time-out, connection lost)',
      )
        .argParser(wholeNumber(0, 10, 'a number of retries'))
        .default(1),
    )
    .addOption(
      new Option(
        '-F, --ssh-config <FILE>',
        'ssh_config to read, or none (default: ~/.ssh/config and /etc/ssh/ssh_config)',
      ).env('KERNWARD_SSH_CONFIG'),
    )
    .addOption(
      new Option(
        '--connect-timeout <SECONDS>',
        'for the TCP connection and the key exchange (default: as ssh_config says, or 10)',
      ).argParser(seconds),
    )
    .addOption(deadline('--auth-timeout', 'for authentication', 15_000))
    .addOption(deadline('--probe-timeout', 'for the probe on the host', 30_000))
    .addOption(
      deadline(
        '--packages-timeout',
        "for the kernel packages' changelog, looked at only where a known fix is undecided or missing",
        20_000,
      ),
    )
    .addOption(deadline('--host-timeout', 'for one host as a whole', 60_000))
    .option('-q, --quiet', 'no progress line');
}
