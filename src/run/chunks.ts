import { myTurn } from './schedule/turns.js';

const CHUNK = 64 * 1024;

/** A part of a file: of a text, or of one that is none. */
export type Chunk = string | Uint8Array;

/** A file in parts; a part may have to be waited for. */
export type Chunks = Iterable<Chunk> | AsyncIterable<Chunk>;

/**
 * Joins small parts of texts, so that ten thousand rows are not ten thousand system calls. However few there are, and be they
 * empty, whoever else has something to do gets his turn between two of them.
 */
export async function* gathered(chunks: Chunks): AsyncGenerator<Chunk> {
  let held = '';
  for await (const chunk of chunks) {
    await myTurn();
    if (chunk.length === 0) continue;
    if (typeof chunk !== 'string') {
      if (held !== '') yield held;
      held = '';
      yield chunk;
      continue;
    }
    held += chunk;
    if (held.length >= CHUNK) {
      yield held;
      held = '';
    }
  }
  if (held !== '') yield held;
}
