import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { ReportLine } from '../../report/report-lines.js';
import { reportChanged } from './report-changed.js';

/** Where a line stands in a file, and by what it is known again. */
export interface LinePlace {
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
  /** It stands for a line that is longer than any of ours, and has nothing of it. */
  readonly isTooLong?: true;
}

const CHUNK = 1024 * 1024;

/** A host has some 40 KB, a header or a summary of 10,000 hosts some megabytes. */
export const MAX_LINE = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

function asLine(bytes: Buffer, offset: number): ReportLine<LinePlace> {
  return {
    text: bytes.toString(),
    place: { offset, length: bytes.length, crc: crc32(bytes) },
  };
}

/**
 * The lines of an open file, a chunk of it in memory at a time. Ends at a line that is longer than any of ours, given
 * as an empty one.
 */
export function* readIndexedLines(
  file: number,
  chunkBytes = CHUNK,
  maxLine = MAX_LINE,
): Generator<ReportLine<LinePlace>> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let lineStart = 0;
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const got = readSync(file, chunk, 0, chunkBytes, position);
    if (got === 0) break;
    position += got;
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1 && to < got; to = chunk.indexOf(NEWLINE, from)) {
      yield asLine(Buffer.concat([...begun, chunk.subarray(from, to)]), lineStart);
      lineStart += begunBytes + to - from + 1;
      begun = [];
      begunBytes = 0;
      from = to + 1;
    }
    if (from < got) begun.push(chunk.subarray(from, got));
    begunBytes += got - from;
    if (begunBytes > maxLine) {
      const { text, place } = asLine(Buffer.alloc(0), lineStart);
      yield { text, place: { ...place, isTooLong: true } };
      return;
    }
  }
  if (begunBytes > 0) yield asLine(Buffer.concat(begun), lineStart);
}

/** The same line again; stops where it is not the same any more. */
export function lineAgain(file: number, name: string, { offset, length, crc }: LinePlace): string {
  const bytes = Buffer.alloc(length);
  for (let had = 0; had < length;) {
    const got = readSync(file, bytes, had, length - had, offset + had);
    if (got === 0) break;
    had += got;
  }
  if (crc32(bytes) !== crc) throw reportChanged(name);
  return bytes.toString();
}
