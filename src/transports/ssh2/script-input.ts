import { memoizeLately } from '../../language/memoize-lately.js';
import type { Script } from '../transport.js';

/** A script as bytes, made when they are sent. */
export interface ScriptInput {
  readonly bytes: number;
  /** For who takes a copy at once: the next one who asks for a script gets the same memory. */
  readonly lend: () => Buffer;
  readonly copy: () => Buffer;
}

/** More than any script of kernward's has; a longer one has memory of its own. */
const LENT_BYTES = 64 * 1024;
let lent: Buffer | undefined;

/** As many as there are scripts in a run, and more. */
const MOST_SHARED = 8;

/** A piece that many hosts are sent, as bytes. */
const sharedBytes = memoizeLately(MOST_SHARED, (piece: string) => Buffer.from(piece));

type Part = string | Buffer;

function fill(buffer: Buffer, parts: readonly Part[]): Buffer {
  let end = 0;
  for (const part of parts) end += typeof part === 'string' ? buffer.write(part, end) : part.copy(buffer, end);
  return buffer.subarray(0, end);
}

export function scriptInput(script: Script): ScriptInput {
  const parts = script.map((piece, index): Part => (index === 0 ? piece : sharedBytes(piece)));
  let bytes = 0;
  for (const part of parts) bytes += Buffer.byteLength(part);
  const copy = (): Buffer => fill(Buffer.allocUnsafe(bytes), parts);
  return {
    bytes,
    lend: () => (bytes > LENT_BYTES ? copy() : fill((lent ??= Buffer.allocUnsafeSlow(LENT_BYTES)), parts)),
    copy,
  };
}
