import { myTurn } from './schedule/turns.js';

/** Bytes that are written at once. */
const CHUNK = 1024 * 1024;
/** The most bytes of a UTF-16 unit in UTF-8. */
const OF_UNIT = 3;

/** A part of a file: of a text, or of one that is none. */
export type Chunk = string | Uint8Array;

/** A file in parts; a part may have to be waited for. */
export type Chunks = Iterable<Chunk> | AsyncIterable<Chunk>;

/** Whether a text ends in the first half of a pair, whose other half the next part may begin with. */
function endsInHalf(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}

/** There is always room for half a pair. */
function empty(): Buffer {
  return Buffer.allocUnsafeSlow(CHUNK + OF_UNIT);
}

export interface GatheredAs {
  readonly ready?: (() => Promise<void> | undefined) | undefined;
  readonly isSoonDone?: boolean;
}

/**
 * Joins small parts, so that ten thousand rows are not ten thousand system calls. Each text becomes bytes by itself: joined as a text,
 * one character beyond Latin-1 would make all of it twice as large. However few there are, and be they empty, whoever else has
 * something to do gets his turn between two of them.
 *
 * `ready` is waited for before each part where it gives a promise: what the part is made of may not be there. `isSoonDone`: who takes a part has
 * done with it when he asks for the next. Then the memory of one is used for all: of a new one each page has to be asked of the
 * system, which takes longer than to fill it.
 */
export async function* gathered(
  chunks: Chunks,
  { ready = () => undefined, isSoonDone = false }: GatheredAs = {},
): AsyncGenerator<Chunk> {
  let held = empty();
  let end = 0;
  let half = '';
  const take = (): Uint8Array => {
    const bytes = held.subarray(0, end);
    if (!isSoonDone) held = empty();
    end = 0;
    return bytes;
  };
  // As `for await` does, but without promises for parts that need none.
  const walk = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let isDone = false;
  try {
    for (;;) {
      const waiting = ready();
      if (waiting !== undefined) await waiting;
      await myTurn();
      const pulled = walk.next();
      const next = pulled instanceof Promise ? await pulled : pulled;
      isDone = next.done === true;
      if (next.done === true) break;
      const chunk = next.value;
      if (chunk.length === 0) continue;
      if (typeof chunk !== 'string') {
        end += held.write(half, end);
        half = '';
        if (end > 0) yield take();
        yield chunk;
        continue;
      }
      const joined = half + chunk;
      half = endsInHalf(joined) ? joined.slice(-1) : '';
      const text = half === '' ? joined : joined.slice(0, -1);
      const most = OF_UNIT * text.length;
      if (end > 0 && end + most > CHUNK) yield take();
      if (most > CHUNK) yield text;
      else end += held.write(text, end);
    }
  } finally {
    if (!isDone) await walk.return?.();
  }
  end += held.write(half, end);
  if (end > 0) yield take();
}
