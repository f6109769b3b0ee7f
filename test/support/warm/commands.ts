import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentOf, type Ended } from '../kernward.js';
import { within } from '../within.js';
import { WAITS_FOR, type Command } from './messages.js';

const PROGRAM = fileURLToPath(new URL('process.js', import.meta.url));

let child: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

function started(): ChildProcess {
  if (child?.connected === true && child.exitCode === null) return child;
  // The fifth is where a command about a history says what it does, to whoever watches it.
  child = fork(PROGRAM, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'ignore'], execArgv: [] });
  child.unref();
  child.channel?.unref();
  return child;
}

/** What a command that does not end waits for: handles and requests, as Node names them. */
async function waitsFor(process: ChildProcess): Promise<string> {
  process.send(WAITS_FOR);
  const silence = sleep(5000, 'nothing that it would say', { ref: false });
  return Promise.race([
    silence,
    new Promise<string>((resolve) => process.once('message', (said) => resolve(JSON.stringify(said)))),
  ]);
}

async function ask(command: Command, patienceMs: number): Promise<Ended> {
  const process = started();
  process.ref();
  process.channel?.ref();
  const signal = AbortSignal.timeout(patienceMs);
  try {
    return await new Promise<Ended>((resolve, reject) => {
      process.once('message', resolve);
      process.once('exit', (code, by) => reject(new Error(`the process ended with ${code ?? by}`)));
      signal.addEventListener('abort', () => reject(new Error('it has not ended')));
      process.send(command);
    });
  } catch (thrown) {
    const why = process.connected ? `, and waits for ${await waitsFor(process)}` : '';
    process.kill('SIGKILL');
    child = undefined;
    throw new Error(`kernward ${command.args.join(' ')}${why}`, { cause: thrown });
  } finally {
    process.removeAllListeners('message').removeAllListeners('exit');
    process.unref();
    process.channel?.unref();
  }
}

/**
 * A command about a history runs once more in a process of its own, which prints all that is printed, with this in its
 * environment (history-apart.ts): that is the one which is run here. That it is started, watched and ended is for kernward.ts.
 */
function placeOf(args: readonly string[]): NodeJS.ProcessEnv {
  return args[0] === 'history' ? { KERNWARD_HISTORY_APART: '1' } : {};
}

/**
 * Runs a command line of kernward in a process that has run others before: what it prints and its exit code are those of a
 * process of its own, for a fifth of the CPU. One after the other. For what a command says; how it starts, what signals and
 * other processes do to it, and what it costs is for a process of its own (kernward.ts).
 *
 * @param env beside a home, `folder`
 */
export function runWarm(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return runCommand({ folder, args, env: { ...environmentOf(folder), ...env } });
}

/** As `runWarm`, with an environment that is whole. @param patienceMs of the command, once those before it have ended */
export function runCommand(command: Command, patienceMs = within(30_000)): Promise<Ended> {
  const { args, env } = command;
  const ended = last.then(() => ask({ ...command, env: { ...env, ...placeOf(args) } }, patienceMs));
  last = ended.catch(() => undefined);
  return ended;
}

/** As `runWarm`. */
export function kernwardWarm(folder: string, ...args: readonly string[]): Promise<Ended> {
  return runWarm(folder, args);
}
