import { closeSync, constants, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder.js';

/** To append, to make it, and not to wait for whoever reads a pipe. */
const KEEP = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** Whether a file of this size ends in a newline; an empty one does. */
function endsInNewline(fd: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** Opens what lines can be kept in; throws what the file system says, or that it keeps none. */
function openToKeep(file: string): number {
  const fd = openSync(file, KEEP, 0o600);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error('it is no file: what is written to it is not kept');
}

/**
 * Ends the last line of a file that an editor left without an end. ssh (9.2) appends to that line: the key that
 * it takes for new is a comment then, and the next key, whosever it is, is new again. What may not be written to is left to ssh, which says so.
 */
export function endLastLine(file: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return;
    const fd = openToKeep(file);
    try {
      if (!endsInNewline(fd, fstatSync(fd).size)) writeSync(fd, '\n');
    } finally {
      closeSync(fd);
    }
  } catch {
    // ssh cannot write there either, and fails with the reason
  }
}

/**
 * Appends one line, as ssh does for a new host: `~/.ssh` is made with mode 0700, the file with 0600, and the line is
 * one write of a descriptor opened with O_APPEND, so that two runs never mix theirs.
 *
 * @throws what the file system says
 */
export function appendKnownHost(file: string, text: string): void {
  makeFolder(dirname(file), 0o700);
  const fd = openToKeep(file);
  try {
    writeSync(fd, `${endsInNewline(fd, fstatSync(fd).size) ? '' : '\n'}${text}\n`);
  } finally {
    closeSync(fd);
  }
}
