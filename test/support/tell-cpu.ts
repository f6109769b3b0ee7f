/**
 * Loaded before every test file: when it ends, what it and the programs that it started have computed is written down for the
 * table of scripts/report-tests.mjs.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { cpuSecsOfTree } from './cpu-time.js';

const told = process.env['KERNWARD_TEST_CPU'];
const file = process.argv[1];
// What a test starts is in the sum of that test.
delete process.env['KERNWARD_TEST_CPU'];

if (told !== undefined && file !== undefined && isMainThread && existsSync('/proc/self/stat'))
  process.on('exit', () => appendFileSync(told, `${cpuSecsOfTree(process.pid).toFixed(2)} ${file}\n`));
