import { parentPort, workerData } from 'node:worker_threads';
import { serveThread } from './serve-thread.js';

/** The first file of a thread that asks hosts and judges them (`--workers`). */
if (parentPort === null) throw new Error('this file is for a thread of kernward');
void serveThread(parentPort, workerData);
