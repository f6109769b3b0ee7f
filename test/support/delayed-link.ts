import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Stream } from '../../src/transports/connect/stream.js';

/** One end of a link whose delay is told in steps and not by a clock: what is written waits until the link is stepped. */
class End extends Duplex implements Stream {
  bytesRead = 0;
  waiting: (Buffer | null)[] = [];

  override _read(): void {
    // What comes is pushed when it arrives.
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.waiting.push(chunk);
    done();
  }
  override _final(done: () => void): void {
    this.waiting.push(null);
    done();
  }
  arrive(chunk: Buffer | null): void {
    this.bytesRead += chunk?.length ?? 0;
    this.push(chunk);
  }
  destroySoon(): void {
    this.end();
  }
}

/** Turns of the event loop without a word after which nobody has anything more to say: streams take a few to pass one on. */
const QUIET_TURNS = 12;

export interface DelayedLink {
  readonly near: Stream;
  readonly far: Stream;
  /** Until the near end has said its first word: what it needs for that it may have to load. */
  readonly begun: () => Promise<void>;
  /** The same of the far end. */
  readonly spoken: () => Promise<void>;
  /** Everything under way arrives, at both ends; then both ends do what they do about it. */
  readonly step: () => Promise<void>;
}

/** A link between two ends of this process, each step half a round trip. */
export function delayedLink(): DelayedLink {
  const near = new End();
  const far = new End();
  const said = (): number => near.waiting.length + far.waiting.length;
  const step = async (): Promise<void> => {
    const [toFar, toNear] = [near.waiting, far.waiting];
    near.waiting = [];
    far.waiting = [];
    for (const chunk of toFar) far.arrive(chunk);
    for (const chunk of toNear) near.arrive(chunk);
    for (let quiet = 0, before = said(); quiet < QUIET_TURNS; quiet += 1) {
      await setImmediate();
      if (said() !== before) quiet = 0;
      before = said();
    }
  };
  const firstWord = async (end: End): Promise<void> => {
    while (end.waiting.length === 0) await setImmediate();
  };
  return {
    near,
    far,
    begun: () => firstWord(near),
    spoken: () => firstWord(far),
    step,
  };
}
