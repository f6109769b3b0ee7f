import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { gathered, type Chunks } from '../chunks.js';

const MIB = 1024 * 1024;

/** Zips a text in parts: others have their turn between them. @throws what `chunks` throw */
export async function pack(chunks: Chunks): Promise<Uint8Array> {
  const zipped: Buffer[] = [];
  await pipeline(gathered(chunks), createGzip(), async (parts: AsyncIterable<Buffer>) => {
    for await (const part of parts) zipped.push(part);
  });
  return Buffer.concat(zipped);
}

/**
 * What was zipped, in parts of a megabyte at most, which end anywhere: a text of thirty megabytes, made at once, would hold everybody up.
 *
 * @param most bytes that it may have; nothing beyond them is unzipped
 * @throws where it has more, or is no gzip, or was cut
 */
export async function unpack(packed: Uint8Array, most: number): Promise<readonly Buffer[]> {
  const unpacked: Buffer[] = [];
  let bytes = 0;
  await pipeline([packed], createGunzip({ chunkSize: MIB }), async (parts: AsyncIterable<Buffer>) => {
    for await (const part of parts) {
      bytes += part.length;
      if (bytes > most) throw new RangeError(`unpacked it has more than ${most} bytes`);
      unpacked.push(part);
    }
  });
  return unpacked;
}
