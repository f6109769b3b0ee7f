import { strToU8, Zip, ZipDeflate } from 'fflate';

/** A file of an archive, in parts. */
export interface ArchivedFile {
  readonly name: string;
  readonly text: Iterable<string>;
}

/** Small parts are pushed together. */
const PART = 64 * 1024;

/** The first that the format can say. The same input gives the same bytes; a part of a workbook has no time of its own. */
const NO_TIME = new Date(1980, 0, 1);

/** Nothing to write, and a place where others may have their turn: as `BREATH` is in texts. */
export const NO_BYTES = new Uint8Array();

/** A ZIP archive, each file deflated while it is made: nothing is held but the part under way. */
export function* zipped(entries: Iterable<ArchivedFile>): Generator<Uint8Array> {
  let made: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    if (chunk.length > 0) made.push(chunk);
  });
  const taken = (): readonly Uint8Array[] => {
    const chunks = made;
    made = [];
    return chunks;
  };
  for (const { name, text } of entries) {
    const file = new ZipDeflate(name, { level: 6 });
    file.mtime = NO_TIME;
    zip.add(file);
    let held = '';
    for (const part of text) {
      held += part;
      if (held.length < PART) {
        yield NO_BYTES;
        continue;
      }
      file.push(strToU8(held));
      held = '';
      yield* taken();
    }
    file.push(strToU8(held), true);
    yield* taken();
  }
  zip.end();
  yield* taken();
}
