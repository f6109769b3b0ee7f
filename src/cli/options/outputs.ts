import { type Command, InvalidArgumentError, Option } from 'commander';
import { defined } from '../../language/defined.js';
import { FORMAT_NAMES } from '../../report/formats/names.js';
import { DEFAULTS } from '../../run/defaults.js';
import type { OutputPlan } from '../../run/scan-plan.js';
import type { Output } from '../../run/write-outputs.js';
import { suggest } from '../../text/suggest.js';
import { listOf, refusedUnless } from './idle.js';
import { each } from './values.js';

/** `FORMAT` or `FORMAT:FILE`, whatever the format. */
export function splitOutput(text: string): Output {
  const colon = text.indexOf(':');
  const format = colon < 0 ? text : text.slice(0, colon);
  const file = colon < 0 ? undefined : text.slice(colon + 1);
  if (file === '') throw new InvalidArgumentError(`after ${format}: a file name is expected.`);
  return { format, file };
}

function parseOutput(text: string): Output {
  const { format, file } = splitOutput(text);
  if (!FORMAT_NAMES.some((name) => name === format)) {
    const near = suggest(format, FORMAT_NAMES);
    throw new InvalidArgumentError(
      `there is no format ${JSON.stringify(format)}${near === undefined ? '.' : `; did you mean ${near}?`} Formats: ${FORMAT_NAMES.join(', ')}.`,
    );
  }
  return { format, file };
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

/** What is written of a report; a table on standard output where nobody says otherwise. */
export function toOutputPlan({
  output,
  outputMode: mode,
  includePasses = false,
  csvBom = false,
}: OutputOptions): OutputPlan {
  return { outputs: output ?? DEFAULTS.output.outputs, includePasses, csvBom, ...defined({ mode }) };
}

/** Whether something is written that has this: a format that begins so, or a file. */
function hasOutput(output: unknown, isMeant: (output: { readonly format: string; readonly file: unknown }) => boolean) {
  return listOf(output).some(
    (each) =>
      typeof each === 'object' &&
      each !== null &&
      'format' in each &&
      isMeant({ format: String(each.format), file: 'file' in each ? each.file : undefined }),
  );
}

/** For commands with `--output-mode` whose `--output` may stand several times. */
export function refuseIdleMode(command: Command): Command {
  return refusedUnless(
    command,
    ['outputMode'],
    ({ output }) => hasOutput(output, ({ file }) => file !== undefined),
    'is about files, and none is written: name one with -o FORMAT:FILE, or leave it out',
  );
}

export function withOutputs(command: Command): Command {
  refuseIdleMode(command);
  refusedUnless(
    command,
    ['includePasses'],
    ({ output }) => hasOutput(output, ({ format }) => format === 'csv'),
    'is about the format csv, and that is not written: add -o csv, or leave it out',
  );
  refusedUnless(
    command,
    ['csvBom'],
    ({ output }) => hasOutput(output, ({ format }) => format.startsWith('csv')),
    'is about the CSV formats, and none is written: add -o csv, or leave it out',
  );
  return command
    .optionsGroup('Output:')
    .addOption(
      new Option(
        '-o, --output <FORMAT[:FILE]>',
        `write a report; repeatable (${FORMAT_NAMES.join(', ')}; default: table)`,
      ).argParser(each(parseOutput)),
    )
    .addOption(outputModeOption())
    .option('--include-passes', 'csv: a row for rules that pass, too')
    .option('--csv-bom', 'the CSV formats: begin with a byte-order mark, so that Excel reads them as UTF-8');
}
