import { closeSync, fstatSync, readSync } from 'node:fs';
import { errorCode } from '../../transports/error-detail.js';
import { openToRead, readToEnd, TooLarge } from '../../transports/read-file.js';
import { withoutListeners } from '../terminal/interrupt.js';

const NAP_MS = 20;
const NAP = new Int32Array(new SharedArrayBuffer(4));

/** As `readSync`, where who writes to the pipe takes his time. */
function readPatiently(handle: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(handle, chunk);
    } catch (thrown) {
      if (errorCode(thrown) !== 'EAGAIN') throw thrown;
      Atomics.wait(NAP, 0, 0, NAP_MS);
    }
  }
}

function readOpen(handle: number, maxBytes: number): string {
  const found = fstatSync(handle);
  if (found.isFile()) {
    if (found.size > maxBytes) throw new TooLarge(`it has ${found.size} bytes; the limit is ${maxBytes}`);
    return readToEnd(handle, maxBytes);
  }
  // Nobody knows when a pipe, a terminal or a device ends: while it is read a signal ends the process, as it does by default.
  return withoutListeners(() => readToEnd(handle, maxBytes, readPatiently));
}

/**
 * What a user names as an input: a file, standard input (`-`), or a pipe that somebody writes to. A FIFO without a writer is
 * refused: he may never come.
 */
export function readInput(file: string, maxBytes: number): string {
  if (file === '-') return readOpen(0, maxBytes);
  const handle = openToRead(file);
  try {
    const text = readOpen(handle, maxBytes);
    if (text === '' && fstatSync(handle).isFIFO()) throw new Error('it is a pipe that nobody writes to');
    return text;
  } finally {
    closeSync(handle);
  }
}
