import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { failure } from './failure.js';
import { expandHome } from './home.js';
import { errorText } from './error-detail.js';
import type { Opened, Session, Transport } from './transport.js';

/** Reads no more than this of a recording. */
const MAX_BYTES = 64 * 1024 * 1024;

async function readUpTo(file: string, maxBytes: number): Promise<Buffer> {
  // Without O_NONBLOCK, to open a pipe waits for whoever writes to it, and nothing can call that back.
  const handle = await open(expandHome(file), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error('it is no regular file');
    const bytes = Buffer.alloc(Math.min((await handle.stat()).size, maxBytes));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Whatever the script asks, the recording is the answer: its nonce is the one of the run that it was saved from. */
function sessionOf(bytes: Buffer): Session {
  return {
    run: (_script, { maxBytes }) =>
      Promise.resolve(
        bytes.length > maxBytes
          ? {
              ended: 'output-too-large',
              limitBytes: maxBytes,
              stdout: bytes.subarray(0, maxBytes),
              stderr: new Uint8Array(),
            }
          : { ended: 'exited', status: 0, stdout: bytes, stderr: new Uint8Array() },
      ),
    close: () => Promise.resolve(),
  };
}

/** Saved probe output in place of a host. */
export function createRecordedTransport(): Transport {
  return {
    name: 'recorded',
    open: async (host): Promise<Opened> => {
      if (host.recording === undefined)
        return {
          ok: false,
          failure: failure('recording-unusable', `${host.name} has the transport recorded and names no recording`),
        };
      try {
        return { ok: true, session: sessionOf(await readUpTo(host.recording, MAX_BYTES)) };
      } catch (thrown) {
        return { ok: false, failure: failure('recording-unusable', `${host.recording}: ${errorText(thrown)}`) };
      }
    },
    close: () => Promise.resolve(),
  };
}
