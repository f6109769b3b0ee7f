import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { environmentOf, startKernward, type Ended } from '../kernward.js';
import { within } from '../within.js';
import type { Command } from './messages.js';

const PROGRAM = fileURLToPath(new URL('process.js', import.meta.url));

let child: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

function started(): ChildProcess {
  if (child?.connected === true && child.exitCode === null) return child;
  child = fork(PROGRAM, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
  child.unref();
  child.channel?.unref();
  return child;
}

async function ask(command: Command): Promise<Ended> {
  const process = started();
  process.ref();
  process.channel?.ref();
  const signal = AbortSignal.timeout(within(30_000));
  try {
    return await new Promise<Ended>((resolve, reject) => {
      process.once('message', resolve);
      process.once('exit', (code, by) => reject(new Error(`the process ended with ${code ?? by}`)));
      signal.addEventListener('abort', () => reject(new Error('it has not ended')));
      process.send(command);
    });
  } catch (thrown) {
    process.kill('SIGKILL');
    child = undefined;
    throw new Error(`kernward ${command.args.join(' ')}`, { cause: thrown });
  } finally {
    process.removeAllListeners('message').removeAllListeners('exit');
    process.unref();
    process.channel?.unref();
  }
}

/** A history is looked at by a process that is started with the streams of this one. */
function startsAnother(args: readonly string[]): boolean {
  return args[0] === 'history' || args.some((arg) => arg.startsWith('--history'));
}

/**
 * Runs a command line of kernward in a process that has run others before: what it prints and its exit code are those of a
 * process of its own, for a fifth of the CPU. One after the other. For what a command says; how it starts, what signals and
 * other processes do to it, and what it costs is for a process of its own (kernward.ts).
 *
 * @param env beside a home, `folder`
 */
export function runWarm(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  if (startsAnother(args)) return startKernward(folder, args, env).ended;
  const ended = last.then(() => ask({ folder, args, env: { ...environmentOf(folder), ...env } }));
  last = ended.catch(() => undefined);
  return ended;
}

/** As `runWarm`. */
export function kernwardWarm(folder: string, ...args: readonly string[]): Promise<Ended> {
  return runWarm(folder, args);
}
