/** The first file of the single executable: it is the command, and each of the programs that the command starts. */
import { askedProgram } from '../transports/programs/own-program.js';

const PROGRAMS: ReadonlyMap<string, () => Promise<unknown>> = new Map([
  ['dns-child', () => import('../transports/connect/dns-child.js')],
  ['demo-fleet', () => import('../demo/serve.js')],
  ['recorder-child', () => import('../history/apart/recorder-child.js')],
  ['kernward', () => import('./main.js')],
]);

const asked = askedProgram(process.argv[2]);
// As Node has it for a program that is a file: the arguments begin at the third.
if (asked !== undefined) process.argv.splice(1, 2, asked);
const program = PROGRAMS.get(asked ?? 'kernward');
if (program === undefined) {
  process.stderr.write('kernward: there is no such program in this executable\n');
  process.exitCode = 4;
} else void program();
