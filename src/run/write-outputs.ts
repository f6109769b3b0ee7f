import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { gathered, type Chunks } from './chunks.js';
import { writeFileAtomically } from './output-file.js';

/** Where one rendering goes. `file` undefined: stdout. */
export interface Output {
  readonly format: string;
  readonly file: string | undefined;
}

/** Waits for the reader, so that a slow pipe does not fill the memory; rejects when the reader has gone. */
export async function writeToStream(stream: NodeJS.WriteStream, chunks: Chunks): Promise<void> {
  const over = new AbortController();
  const failed = once(stream, 'error', { signal: over.signal }).then(([thrown]) => {
    throw thrown;
  });
  // The race below is the handler; without a race under way nobody would be.
  failed.catch(() => undefined);
  try {
    for await (const chunk of gathered(chunks)) {
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), failed]);
      // A file or a terminal takes everything at once; the others must have their turn all the same.
      else await setImmediate();
    }
    await Promise.race([new Promise<void>((resolve) => stream.write('', () => resolve())), failed]);
  } finally {
    over.abort();
  }
}

/**
 * Writes every output, each on its own: one that fails (a full disk, a missing folder, a reader that has gone) does not
 * keep the others from being written.
 *
 * @param mode of the files, where it is not to be 0600 for new ones and as it was for others
 * @returns one sentence for each that could not be written; empty when all were.
 */
export async function writeOutputs(
  outputs: readonly Output[],
  render: (output: Output) => Chunks,
  stdout: NodeJS.WriteStream,
  mode?: number,
): Promise<string[]> {
  const errors: string[] = [];
  for (const output of outputs) {
    try {
      if (output.file === undefined) await writeToStream(stdout, render(output));
      else await writeFileAtomically(output.file, render(output), mode);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      errors.push(`${output.format} could not be written to ${output.file ?? 'standard output'}: ${why}`);
    }
  }
  return errors;
}
