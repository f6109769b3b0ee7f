/** The first file of the single executable: it is the command, each of the programs that the command starts, and its threads. */
import { isMainThread } from 'node:worker_threads';
import { askedProgram } from '../transports/programs/own-program.js';

const PROGRAMS: ReadonlyMap<string, () => Promise<unknown>> = new Map([
  ['dns-child', () => import('../transports/connect/dns-child.js')],
  ['demo-fleet', () => import('../demo/serve.js')],
  ['recorder-child', () => import('../history/apart/recorder-child.js')],
  ['asking-thread', () => import('../run/threads/asking-thread.js')],
  ['kernward', () => import('./main.js')],
]);

const asked = isMainThread ? askedProgram(process.argv[2]) : 'asking-thread';
// As Node has it for a program that is a file: the arguments begin at the third.
if (isMainThread && asked !== undefined) process.argv.splice(1, 2, asked);
const program = PROGRAMS.get(asked ?? 'kernward');
if (program === undefined) {
  process.stderr.write('kernward: there is no such program in this executable\n');
  process.exitCode = 4;
} else void program();
