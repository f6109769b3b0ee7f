import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { whatElse, type NoUtf8 } from '../text/no-utf8.js';

const CHUNK = 64 * 1024;

/** More than was asked for: the file is not what it was taken for. */
export class TooLarge extends Error {}

/** The file is no text in UTF-8, but something that can be told. */
export class NotUtf8 extends Error {
  readonly help: string;

  constructor({ what, help }: NoUtf8) {
    super(what);
    this.help = help;
  }
}

/**
 * Opens for reading, at once: open(2) of a FIFO that nobody writes to would hold this thread, and with it every signal that
 * somebody listens to.
 */
export function openToRead(file: string): number {
  return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
}

/**
 * Everything up to the end of an open file, in UTF-8.
 *
 * @param read as `readSync`
 * @throws NotUtf8 where it is known to be something else
 * @throws TooLarge as soon as there is more than `maxBytes`: a device may never end
 */
export function readToEnd(
  handle: number,
  maxBytes: number,
  read: (handle: number, chunk: Buffer) => number = readSync,
): string {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(CHUNK);
  for (let total = 0, got = read(handle, chunk); got > 0; got = read(handle, chunk)) {
    total += got;
    if (total > maxBytes) throw new TooLarge(`it has more than ${maxBytes} bytes`);
    chunks.push(Buffer.from(chunk.subarray(0, got)));
  }
  const bytes = Buffer.concat(chunks);
  const other = whatElse(bytes);
  if (other !== undefined) throw new NotUtf8(other);
  return bytes.toString('utf8');
}

/** A file in UTF-8, where nothing but a file makes sense; `/dev/null` is an empty one. */
export function readTextFile(file: string, maxBytes: number): string {
  const handle = openToRead(file);
  try {
    const found = fstatSync(handle);
    if (found.isFIFO() || found.isSocket()) throw new Error('it is a pipe, and not a file');
    if (found.isFile() && found.size > maxBytes)
      throw new TooLarge(`it has ${found.size} bytes; the limit is ${maxBytes}`);
    return readToEnd(handle, maxBytes);
  } finally {
    closeSync(handle);
  }
}
