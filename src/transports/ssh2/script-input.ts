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

function fill(buffer: Buffer, script: Script): Buffer {
  let end = 0;
  for (const piece of script) end += buffer.write(piece, end);
  return buffer.subarray(0, end);
}

export function scriptInput(script: Script): ScriptInput {
  let bytes = 0;
  for (const piece of script) bytes += Buffer.byteLength(piece);
  const copy = (): Buffer => fill(Buffer.allocUnsafe(bytes), script);
  return {
    bytes,
    lend: () => (bytes > LENT_BYTES ? copy() : fill((lent ??= Buffer.allocUnsafeSlow(LENT_BYTES)), script)),
    copy,
  };
}
