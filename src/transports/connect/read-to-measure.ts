import type { OnReadOpts, Socket } from 'node:net';

/** Of one read, as libuv would have it. */
const MOST_BYTES = 64 * 1024;

/** For every socket of this thread: what came is taken out of it before anything else is read. */
const INTO = Buffer.allocUnsafeSlow(MOST_BYTES);

/**
 * Has sockets read into one piece of memory, and hand on what came in pieces of its own length. By itself Node takes 64 KiB anew for each
 * read and gives back what is too much, which makes work for malloc and for the collector of garbage: most reads are of some hundred bytes.
 */
export function readToMeasure(socketOf: () => Socket): OnReadOpts {
  return {
    buffer: INTO,
    callback: (length) => {
      const piece = Buffer.allocUnsafe(length);
      INTO.copy(piece, 0, 0, length);
      return socketOf().push(piece);
    },
  };
}
