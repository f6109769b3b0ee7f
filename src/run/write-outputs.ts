import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { once } from 'node:events';

/** Where one rendering goes. `file` undefined: stdout. */
export interface Output {
  readonly format: string;
  readonly file: string | undefined;
}

const CHUNK = 64 * 1024;

/** Joins small chunks, so that ten thousand rows are not ten thousand system calls. */
function* gathered(chunks: Iterable<string>): Generator<string> {
  let held = '';
  for (const chunk of chunks) {
    held += chunk;
    if (held.length >= CHUNK) {
      yield held;
      held = '';
    }
  }
  if (held !== '') yield held;
}

const writeAll = (file: number, text: string): void => {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
};

const isSpecial = (file: string): boolean => {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile();
};

const writeThrough = (file: string, chunks: Iterable<string>): void => {
  const handle = openSync(file, 'w');
  try {
    for (const chunk of gathered(chunks)) writeAll(handle, chunk);
  } finally {
    closeSync(handle);
  }
};

/**
 * The file has the whole of the new text or the whole of the old: written beside it, flushed, renamed over it. Who could
 * not read the old file cannot read the new one. A link is followed; a device or a pipe (`/dev/null`, `/dev/full`) is
 * written to as it is, for there is nothing to rename over.
 */
export const writeFileAtomically = (wanted: string, chunks: Iterable<string>): void => {
  if (isSpecial(wanted)) return writeThrough(wanted, chunks);
  const old = statSync(wanted, { throwIfNoEntry: false });
  const file = old === undefined ? wanted : realpathSync(wanted);
  // A name that no earlier run can have left behind: in a container every run may have the same process id.
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = openSync(beside, 'wx', old === undefined ? 0o644 : 0o600);
  try {
    try {
      if (old !== undefined) fchmodSync(handle, old.mode & 0o777);
      for (const chunk of gathered(chunks)) writeAll(handle, chunk);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw thrown;
  }
};

/** Waits for the reader, so that a slow pipe does not fill the memory; rejects when the reader has gone. */
export const writeToStream = async (stream: NodeJS.WriteStream, chunks: Iterable<string>): Promise<void> => {
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  // The race below is the handler; without a race under way nobody would be.
  failed.catch(() => undefined);
  for (const chunk of gathered(chunks)) {
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), failed]);
  }
  await Promise.race([new Promise<void>((resolve) => stream.write('', () => resolve())), failed]);
};

/**
 * Writes every output, each on its own: one that fails (a full disk, a missing folder, a reader that has gone) does not
 * keep the others from being written.
 *
 * @returns one sentence for each that could not be written; empty when all were.
 */
export const writeOutputs = async (
  outputs: readonly Output[],
  render: (output: Output) => Iterable<string>,
  stdout: NodeJS.WriteStream,
): Promise<string[]> => {
  const troubles: string[] = [];
  for (const output of outputs) {
    try {
      if (output.file === undefined) await writeToStream(stdout, render(output));
      else writeFileAtomically(output.file, render(output));
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      troubles.push(`${output.format} could not be written to ${output.file ?? 'standard output'}: ${why}`);
    }
  }
  return troubles;
};
