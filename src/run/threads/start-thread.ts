import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { IS_EXECUTABLE } from '../../transports/programs/own-program.js';
import type { FromThread, ThreadWork, ToThread } from './messages.js';

/** As much of a `Worker` as whoever has hosts asked in one needs. */
export interface Thread {
  on(event: 'message', heard: (message: FromThread) => void): unknown;
  on(event: 'error' | 'messageerror', heard: (error: unknown) => void): unknown;
  on(event: 'exit', heard: (code: number) => void): unknown;
  postMessage(message: ToThread, transferred: readonly never[]): void;
  terminate(): Promise<unknown>;
  readonly performance: Pick<Worker['performance'], 'eventLoopUtilization'>;
}

/** It stands beside this module, and beside what this module is bundled into. */
const FILE = fileURLToPath(new URL('./asking-thread.js', import.meta.url));

/** What the single executable runs at its start: the same, as the first file of a thread. It has no files. */
const EXECUTABLE = `'use strict';
const code = require('node:zlib').brotliDecompressSync(new Uint8Array(require('node:sea').getRawAsset('kernward.cjs'))).toString();
const of = { exports: {} };
require('node:vm').compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: 'kernward.cjs' })
  .call(of.exports, of.exports, require, of, process.execPath, require('node:path').dirname(process.execPath));
`;

/**
 * What is new may take so much before it is looked through: half of V8's own measure, and a quarter or less of that from Node 24 on. Two
 * threads for 10,000 recorded hosts took 344 MiB with it and 374 without (csv, two runs each in one session, Node 20); half of it
 * again saves 15 MiB more and costs a tenth of the CPU.
 */
const MOST_NEW_MIB = 24;

/** Starts a thread of this process that asks hosts (`asking-thread.ts`). */
export function startThread(work: ThreadWork): Thread {
  const options = {
    workerData: work,
    name: 'kernward asks',
    resourceLimits: { maxYoungGenerationSizeMb: MOST_NEW_MIB },
  };
  return IS_EXECUTABLE ? new Worker(EXECUTABLE, { ...options, eval: true }) : new Worker(FILE, options);
}
