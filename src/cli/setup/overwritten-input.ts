import type { Argument, Command, Option } from 'commander';
import { fileIdentity } from '../terminal/same-file.js';
import { getHistoryFile } from '../options/history.js';

interface Named {
  /** As the user wrote it. */
  readonly file: string;
  /** The option or argument that names it. */
  readonly word: string;
}
interface Written extends Named {
  readonly format: string | undefined;
}

/** Words of the help for what a file is named by. */
const NAMES_A_FILE = /<[^>]*FILE|\[FILE|<KEY\.pub>/;
const FILE_ARGUMENTS: ReadonlySet<string> = new Set(['report', 'old', 'new', 'readings', 'reports', 'file', 'files']);
const WRITTEN: ReadonlySet<string> = new Set(['output', 'bundle']);

/** Replaced by what the run makes of them: the baseline by the next one, what is asked again, or judged by other waivers, by the whole. */
const MAY_BE_REPLACED: ReadonlySet<string> = new Set(['--baseline', '[report]', '<report>']);
const REPLACES: ReadonlySet<string | undefined> = new Set(['json', 'jsonl', undefined]);

function texts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  return typeof value === 'string' && value !== '-' ? [value] : [];
}

function nameOf(option: Option): string {
  return option.long ?? option.flags;
}

function argumentName(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function isOutput(value: unknown): value is { readonly format: string; readonly file: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    typeof value.format === 'string' &&
    'file' in value &&
    typeof value.file === 'string'
  );
}

function written(option: Option, value: unknown): readonly Written[] {
  const outputs: readonly unknown[] = Array.isArray(value) ? value : [value];
  return outputs.flatMap((output): readonly Written[] =>
    isOutput(output)
      ? [{ file: output.file, format: output.format, word: nameOf(option) }]
      : texts(output).map((file) => ({ file, format: undefined, word: nameOf(option) })),
  );
}

/** The history has a place of its own where it is asked for and nobody names one. */
function filesOf(option: Option, value: unknown): readonly string[] {
  const isStandard =
    option.attributeName() === 'history' && (value === true || (value === undefined && option.required));
  return isStandard ? [getHistoryFile({})] : texts(value);
}

function read(command: Command): readonly Named[] {
  const byOption = command.options
    .filter((option) => !WRITTEN.has(option.attributeName()) && NAMES_A_FILE.test(option.flags))
    .flatMap((option) =>
      filesOf(option, command.getOptionValue(option.attributeName())).map((file) => ({ file, word: nameOf(option) })),
    );
  const byArgument = command.registeredArguments.flatMap((argument, index) =>
    FILE_ARGUMENTS.has(argument.name())
      ? texts(command.processedArgs[index]).map((file) => ({ file, word: argumentName(argument) }))
      : [],
  );
  return [...byOption, ...byArgument];
}

/**
 * Whether a command would write over what it reads itself, and so over the only copy of it: an inventory, readings, a history. A
 * report that is the baseline, or is asked again in part, or is rendered as a whole, may be replaced by the next one.
 *
 * @returns a sentence that names both, or undefined
 */
export function overwrittenInput(command: Command): string | undefined {
  const outputs = command.options.flatMap((option) =>
    WRITTEN.has(option.attributeName()) ? written(option, command.getOptionValue(option.attributeName())) : [],
  );
  if (outputs.length === 0) return undefined;
  const inputs = new Map(read(command).map((input) => [fileIdentity(input.file), input]));
  const isWhole = command.name() !== 'report' || command.getOptionValue('limit') === undefined;
  for (const output of outputs) {
    const identity = fileIdentity(output.file);
    const input = identity === undefined ? undefined : inputs.get(identity);
    if (input === undefined || (isWhole && MAY_BE_REPLACED.has(input.word) && REPLACES.has(output.format))) continue;
    const place = output.format === undefined ? output.file : `${output.format}:${output.file}`;
    return `${output.word} ${place} would be written over ${input.file}, which is read as ${input.word}: name another file`;
  }
  return undefined;
}
