/**
 * One process that runs one command line after the other (commands.ts): what kernward's modules are loaded and compiled for is
 * done once. Every command evaluates the main module anew, as it stands in the build, and ends where its process would: when
 * nothing is left to be done. What would end the process ends this one.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EventEmitter } from 'node:events';
import type { Ended } from '../kernward.js';
import { WAITS_FOR, type Command } from './messages.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const EMITTERS: readonly EventEmitter[] = [process, process.stdout, process.stderr];

const exit = process.exit.bind(process);
let count = 0;
let end: (() => void) | undefined;

function say(said: Ended): void {
  process.send?.(said);
}

/** @returns how to hear no more of it, with the text so far */
function listenTo(stream: NodeJS.WriteStream): () => string {
  const heard: Buffer[] = [];
  stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    heard.push(
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
        : Buffer.from(chunk),
    );
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') process.nextTick(() => callback());
    return true;
  };
  return () => {
    // Its own hides that of its class again.
    Reflect.deleteProperty(stream, 'write');
    return Buffer.concat(heard).toString('utf8');
  };
}

/** @returns how to take away what is listened to since, and was not before */
function rememberListeners(): () => void {
  const before = EMITTERS.map((emitter) => emitter.eventNames());
  return () => {
    for (const [at, emitter] of EMITTERS.entries())
      for (const name of emitter.eventNames())
        if (before[at]?.includes(name) !== true) emitter.removeAllListeners(name);
  };
}

function setEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

function run({ folder, args, env, umask = process.umask() }: Command): void {
  const known = { ...process.env };
  const argv = [...process.argv];
  const forget = rememberListeners();
  const stop = [listenTo(process.stdout), listenTo(process.stderr)];
  process.chdir(folder);
  const before = process.umask(umask);
  setEnvironment(env);
  process.argv.splice(1, process.argv.length, MAIN, ...args);
  process.exitCode = undefined;
  const finish = (): Ended => {
    const code = Number(process.exitCode ?? 0);
    // This process listens to nothing of it.
    for (const listener of process.listeners('exit')) listener.call(process, code);
    const status = Number(process.exitCode ?? 0);
    const [stdout = '', stderr = ''] = stop.map((heard) => heard());
    return { status, stdout, stderr };
  };
  // The rest of this process, too: nothing is right any more.
  const endProcess = (code: number | undefined): void => {
    process.exitCode = code ?? process.exitCode;
    process.send?.(finish(), () => exit(0));
  };
  Object.defineProperty(process, 'exit', { value: endProcess, configurable: true, writable: true });
  end = () => {
    const said = finish();
    forget();
    process.exit = exit;
    setEnvironment(known);
    process.umask(before);
    process.argv.splice(0, process.argv.length, ...argv);
    process.exitCode = undefined;
    say(said);
  };
  count += 1;
  void import(`${pathToFileURL(MAIN).href}?${count}`);
}

process.on('message', (command: Command | typeof WAITS_FOR) => {
  if (command === WAITS_FOR) {
    process.send?.(process.getActiveResourcesInfo().join(' '));
    return;
  }
  // It would keep this process from having nothing left to do.
  process.channel?.unref();
  run(command);
});
process.on('beforeExit', () => {
  const ended = end;
  if (ended === undefined) return;
  end = undefined;
  process.channel?.ref();
  ended();
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
