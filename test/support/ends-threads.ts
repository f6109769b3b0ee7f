/**
 * Loaded with `node --import`, in a run and in each of its threads: a thread that is told to ask a host whose name begins with
 * `ends-` comes to an end, by the way that the name goes on with. `-once` at its end: only the first thread that is told so.
 * ENDS_THREADS names a folder for what was done.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, type Worker } from 'node:worker_threads';

interface Told {
  readonly kind: string;
  readonly host?: { readonly name: string };
}

const folder = process.env['ENDS_THREADS'] ?? '.';

function endBy(name: string): void {
  if (name.startsWith('ends-exit')) process.exit(7);
  if (name.startsWith('ends-throw'))
    setImmediate(() => {
      throw new Error('a mistake of ours');
    });
  if (name.startsWith('ends-memory')) {
    const held: unknown[] = [];
    // A few large things: a collector that has few to look at comes to its end soon.
    const mebibyte = Array.from({ length: 2 ** 17 }, () => 0.5);
    for (;;) held.push(mebibyte.slice());
  }
}

if (isMainThread)
  process.on('worker', (worker: Worker) => {
    worker.on('message', ({ kind }: Told) => {
      if (kind === 'terminate me') void worker.terminate();
    });
  });
else
  parentPort?.on('message', ({ kind, host }: Told) => {
    if (kind !== 'ask' || host?.name.startsWith('ends-') !== true) return;
    const mark = join(folder, host.name);
    if (host.name.endsWith('-once') && existsSync(mark)) return;
    writeFileSync(mark, '');
    appendFileSync(join(folder, 'ended'), `${host.name}\n`);
    if (host.name.startsWith('ends-terminate')) {
      parentPort?.postMessage({ kind: 'terminate me' }, []);
      // Nothing is answered meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
    endBy(host.name);
  });
