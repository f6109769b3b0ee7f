const CHUNK = 64 * 1024;

/** A text in parts; a part may have to be waited for. */
export type Chunks = Iterable<string> | AsyncIterable<string>;

/** Joins small chunks, so that ten thousand rows are not ten thousand system calls. */
export async function* gathered(chunks: Chunks): AsyncGenerator<string> {
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
