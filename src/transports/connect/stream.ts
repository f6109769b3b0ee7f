import { Duplex, type Readable, type Writable } from 'node:stream';

/** What an SSH connection runs over: a socket, or what stands in its place behind a jump host or a program. */
export interface Stream extends Duplex {
  readonly bytesRead: number;
  /** Ends when everything written has been passed on. */
  destroySoon(): void;
}

export interface StreamParts {
  readonly readable: Readable;
  readonly writable: Writable;
  /** Lets go of what is underneath; called once. */
  readonly close: () => void;
}

class PairWire extends Duplex implements Stream {
  bytesRead = 0;
  readonly #parts: StreamParts;

  constructor(parts: StreamParts) {
    super({ autoDestroy: true, emitClose: true });
    this.#parts = parts;
    const { readable, writable } = parts;
    readable.on('data', (chunk: Buffer) => {
      this.bytesRead += chunk.length;
      if (!this.push(chunk)) readable.pause();
    });
    readable.on('end', () => this.push(null));
    readable.on('close', () => this.destroy());
    for (const stream of new Set<Readable | Writable>([readable, writable]))
      stream.on('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#parts.readable.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const { writable } = this.#parts;
    if (writable.destroyed || writable.writableEnded) done(new Error('the way to the host is closed'));
    else writable.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#parts.writable.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#parts.close();
    done(error);
  }

  destroySoon(): void {
    if (this.writableFinished) {
      this.destroy();
      return;
    }
    this.once('finish', () => this.destroy());
    this.end();
  }
}

/**
 * Two streams as one wire. It keeps an error listener for ever, as a socket of ours does: an error without one would
 * end the process.
 */
export function createStream(parts: StreamParts): Stream {
  return new PairWire(parts).on('error', () => undefined);
}
