import { realpathSync, statSync } from 'node:fs';
import { extname, sep } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import type { Host } from '../../model/host.js';
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
const NAMES_A_FILE = /<(?:FILE|FOLDER|KEY\.pub)|\[FILE/;
const FILE_ARGUMENTS: ReadonlySet<string> = new Set([
  'report',
  'old',
  'new',
  'readings',
  'reports',
  'file',
  'files',
  'plan',
]);
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

/** `file:PATH` of --host-keys; of other options the value. The history has a place of its own where it is asked for and nobody names one. */
function filesOf(option: Option, value: unknown): readonly string[] {
  if (option.attributeName() === 'hostKeys')
    return texts(value).flatMap((policy) => (policy.startsWith('file:') ? [policy.slice('file:'.length)] : []));
  const isStandard =
    option.attributeName() === 'history' && (value === true || (value === undefined && option.required));
  return isStandard ? [getHistoryFile({})] : texts(value);
}

function read(command: Command): readonly Named[] {
  const byOption = command.options
    .filter(
      (option) =>
        option.attributeName() === 'hostKeys' ||
        (!WRITTEN.has(option.attributeName()) && NAMES_A_FILE.test(option.flags)),
    )
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

/** Endings of what kernward writes for people and other programs, and reads from no folder. */
const NEVER_READ = /^\.(?:csv|html?|xlsx|xml|sarif|md|prom|txt)$/i;

/** The folder that has a file which is there already, and may be read with it; undefined: none of them. */
function folderWith(output: string, folders: readonly Named[]): Named | undefined {
  if (fileIdentity(output) === undefined || NEVER_READ.test(extname(output))) return undefined;
  try {
    if (statSync(output, { throwIfNoEntry: false }) === undefined) return undefined;
    const file = realpathSync(output);
    return folders.find(({ file: folder }) => file.startsWith(`${realpathSync(folder)}${sep}`));
  } catch {
    return undefined; // who writes there says what is wrong
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function sentence({ word, format, file }: Written, input: string): string {
  return `${word} ${format === undefined ? file : `${format}:${file}`} would be written over ${input}: name another file`;
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
  const inputs = read(command).map((input) => ({ ...input, identity: fileIdentity(input.file) }));
  const folders = inputs.filter(({ file }) => isFolder(file));
  const isWhole = command.name() !== 'report' || command.getOptionValue('limit') === undefined;
  for (const output of outputs) {
    const identity = fileIdentity(output.file);
    const mayReplace = isWhole && REPLACES.has(output.format);
    const input = inputs.find(
      (known) =>
        identity !== undefined && known.identity === identity && !(mayReplace && MAY_BE_REPLACED.has(known.word)),
    );
    if (input !== undefined) return sentence(output, `${input.file}, which is read as ${input.word}`);
    const folder = folderWith(output.file, folders);
    if (folder !== undefined) return sentence(output, `what is read with ${folder.file} as ${folder.word}`);
  }
  return undefined;
}

/** What an inventory is read from, and what it names: recordings, and keys to log in with. */
export interface InventoryFiles {
  readonly files: readonly string[];
  readonly hosts: readonly Pick<Host, 'name' | 'recording' | 'identityFiles'>[];
}

/**
 * The same of what an inventory names, which is known when it has been read, and of its own files where a folder has them.
 *
 * @param outputs files that are going to be written
 * @returns a sentence that names both, or undefined
 */
export function overwrittenOfInventory(
  outputs: readonly string[],
  { files, hosts }: InventoryFiles,
): string | undefined {
  const there = new Map(
    outputs.flatMap((file) => {
      const identity = fileIdentity(file);
      return identity === undefined ? [] : [[identity, file] as const];
    }),
  );
  if (there.size === 0) return undefined;
  const looked = new Set<string>();
  const isOver = (input: string): string | undefined => {
    if (looked.has(input)) return undefined;
    looked.add(input);
    return there.get(fileIdentity(input) ?? '');
  };
  for (const file of files) {
    const output = isOver(file);
    if (output !== undefined) return `${output} would be written over ${file} of the inventory: name another file`;
  }
  for (const { name, recording, identityFiles } of hosts) {
    const named = [...(recording === undefined ? [] : [recording]), ...identityFiles];
    for (const file of named) {
      const output = isOver(file);
      if (output === undefined) continue;
      return `${output} would be written over ${file}, the ${file === recording ? 'recording' : 'key'} of ${name}: name another file`;
    }
  }
  return undefined;
}
