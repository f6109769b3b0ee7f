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

const MIB = 1024 * 1024;
const CHUNK = MIB;

/** A host has some 40 KB, a header or a summary of 10,000 hosts some megabytes. */
const MAX_LINE = 64 * MIB;

const NEWLINE = 0x0a;

function asLine(bytes: Buffer, offset: number): ReportLine<LinePlace> {
  return {
    text: bytes.toString(),
    place: { offset, length: bytes.length, crc: crc32(bytes) },
  };
}

/** What is said of a line that is longer than any of ours. */
export function lineTooLong(line: number): string {
  return `line ${line} has more than ${MAX_LINE / MIB} MiB, and is none of kernward collect`;
}

/**
 * The lines of a text in UTF-8 that comes in parts, which end anywhere. Ends at a line that is longer than any of ours, given as an
 * empty one.
 */
export function* indexedLines(parts: Iterable<Buffer>, maxLine = MAX_LINE): Generator<ReportLine<LinePlace>> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let lineStart = 0;
  for (const part of parts) {
    let from = 0;
    for (let to = part.indexOf(NEWLINE); to !== -1; to = part.indexOf(NEWLINE, from)) {
      yield asLine(Buffer.concat([...begun, part.subarray(from, to)]), lineStart);
      lineStart += begunBytes + to - from + 1;
      begun = [];
      begunBytes = 0;
      from = to + 1;
    }
    if (from < part.length) begun.push(part.subarray(from));
    begunBytes += part.length - from;
    if (begunBytes > maxLine) {
      const { text, place } = asLine(Buffer.alloc(0), lineStart);
      yield { text, place: { ...place, isTooLong: true } };
      return;
    }
  }
  if (begunBytes > 0) yield asLine(Buffer.concat(begun), lineStart);
}

function* partsOf(file: number, chunkBytes: number): Generator<Buffer> {
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const got = readSync(file, chunk, 0, chunkBytes, position);
    if (got === 0) return;
    position += got;
    yield chunk.subarray(0, got);
  }
}

/** `indexedLines` of an open file, a chunk of it in memory at a time. */
export function readIndexedLines(
  file: number,
  chunkBytes = CHUNK,
  maxLine = MAX_LINE,
): Generator<ReportLine<LinePlace>> {
  return indexedLines(partsOf(file, chunkBytes), maxLine);
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
