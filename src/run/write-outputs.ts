import { randomBytes } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';

/** Where one rendering goes. `file` undefined: stdout. */
export interface Output {
  readonly format: string;
  readonly file: string | undefined;
}

const CHUNK = 64 * 1024;

/** A text in parts; a part may have to be waited for. */
export type Chunks = Iterable<string> | AsyncIterable<string>;

/** Joins small chunks, so that ten thousand rows are not ten thousand system calls. */
async function* gathered(chunks: Chunks): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of chunks) {
    held += chunk;
    if (held.length >= CHUNK) {
      yield held;
      held = '';
    }
  }
  if (held !== '') yield held;
}

function isSpecial(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile();
}

/** Every write lets others have their turn: an interrupt must be heard while a large report is written. */
async function writeAll(file: FileHandle, chunks: Chunks): Promise<void> {
  for await (const chunk of gathered(chunks)) await file.writeFile(chunk);
}

async function writeThrough(wanted: string, chunks: Chunks): Promise<void> {
  const file = await open(wanted, 'w');
  try {
    await writeAll(file, chunks);
  } finally {
    await file.close();
  }
}

/**
 * The file has the whole of the new text or the whole of the old: written beside it, flushed, renamed over it. Who could
 * not read the old file cannot read the new one. A link is followed; a device or a pipe (`/dev/null`, `/dev/full`) is
 * written to as it is, for there is nothing to rename over. A process that exits meanwhile takes the half-written file away.
 */
export async function writeFileAtomically(wanted: string, chunks: Chunks): Promise<void> {
  if (isSpecial(wanted)) return writeThrough(wanted, chunks);
  const old = statSync(wanted, { throwIfNoEntry: false });
  const file = old === undefined ? wanted : realpathSync(wanted);
  // A name that no earlier run can have left behind: in a container every run may have the same process id.
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const removeHalf = (): void => rmSync(beside, { force: true });
  const handle = await open(beside, 'wx', old === undefined ? 0o644 : 0o600);
  process.once('exit', removeHalf);
  try {
    try {
      if (old !== undefined) await handle.chmod(old.mode & 0o777);
      await writeAll(handle, chunks);
      await handle.sync();
    } finally {
      await handle.close();
    }
    renameSync(beside, file);
  } catch (thrown) {
    removeHalf();
    throw thrown;
  } finally {
    process.off('exit', removeHalf);
  }
}

/** Waits for the reader, so that a slow pipe does not fill the memory; rejects when the reader has gone. */
export async function writeToStream(stream: NodeJS.WriteStream, chunks: Chunks): Promise<void> {
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  // The race below is the handler; without a race under way nobody would be.
  failed.catch(() => undefined);
  for await (const chunk of gathered(chunks)) {
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), failed]);
    // A file or a terminal takes everything at once; the others must have their turn all the same.
    else await setImmediate();
  }
  await Promise.race([new Promise<void>((resolve) => stream.write('', () => resolve())), failed]);
}

/**
 * Writes every output, each on its own: one that fails (a full disk, a missing folder, a reader that has gone) does not
 * keep the others from being written.
 *
 * @returns one sentence for each that could not be written; empty when all were.
 */
export async function writeOutputs(
  outputs: readonly Output[],
  render: (output: Output) => Chunks,
  stdout: NodeJS.WriteStream,
): Promise<string[]> {
  const errors: string[] = [];
  for (const output of outputs) {
    try {
      if (output.file === undefined) await writeToStream(stdout, render(output));
      else await writeFileAtomically(output.file, render(output));
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      errors.push(`${output.format} could not be written to ${output.file ?? 'standard output'}: ${why}`);
    }
  }
  return errors;
}
