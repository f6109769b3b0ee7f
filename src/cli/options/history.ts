import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { type Command, Option } from 'commander';
import { makeFolder } from '../../transports/make-folder.js';

function stateFolder(): string {
  const asked = process.env['XDG_STATE_HOME'] ?? '';
  // https://specifications.freedesktop.org/basedir-spec/latest/: a relative path is to be ignored.
  return isAbsolute(asked) ? asked : join(homedir(), '.local', 'state');
}

function standardFile(): string {
  return join(stateFolder(), 'kernward', 'history.db');
}

export interface RecordOptions {
  /** True: in the default file. Undefined: nothing is recorded. */
  readonly history?: string | true;
}

const DEFAULT = 'default: $KERNWARD_HISTORY, or kernward/history.db in $XDG_STATE_HOME or ~/.local/state';

/** For commands that judge: what they found is recorded only where that was asked for. */
export function withRecording(command: Command): Command {
  return command.addOption(
    new Option('--history [FILE]', `record the run in a history, and tell in the report since when (${DEFAULT})`),
  );
}

/** For a report of a run that was recorded before. */
export function withRecall(command: Command): Command {
  return command.addOption(
    new Option(
      '--history [FILE]',
      `with --notify: the history that has the run and remembers who was told (${DEFAULT})`,
    ),
  );
}

export interface HistoryOptions {
  readonly history?: string;
}

/** Adds the options of commands that read a history. */
export function withHistory(command: Command): Command {
  return command.addOption(new Option('--history <FILE>', `the history (${DEFAULT})`));
}

/** The history that the options, the environment, or nobody names. */
export function getHistoryFile({ history }: RecordOptions): string {
  return typeof history === 'string' ? history : process.env['KERNWARD_HISTORY'] || standardFile();
}

/** The history that a run is recorded in; undefined: in none. */
export function toRecordFile(options: RecordOptions): string | undefined {
  return options.history === undefined ? undefined : getHistoryFile(options);
}

/** Makes the folder that the history is in when nobody names a file. Where somebody does, the folder is theirs. */
export function makeStateFolder(file: string): void {
  if (file === standardFile()) makeFolder(dirname(file), 0o700);
}
