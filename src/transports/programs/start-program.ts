import { type ChildProcessWithoutNullStreams, type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { hasProcessGroups } from '../control-machine.js';
import { KEEPER } from './keeper.js';

export interface ProgramPlace {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Where none is given, those of this process. */
  readonly bounds?: ProgramBounds;
}

/** What the kernel lets a program have. Who wants more is ended (SIGXCPU), or told that there is no memory. */
export interface ProgramBounds {
  readonly cpuSeconds: number;
  /** Of its own and writable: what a process on Linux really takes, unlike its address space. */
  readonly memoryMb: number;
}

/**
 * What runs instead at first: the program begins when the keeper knows of it, and never where this process has gone by
 * then.
 */
const GATE = 'read -r _ <&3 || exit 126; exec "$@" 3<&-';

/** A tighter bound that is there already stays. */
function bounded({ cpuSeconds, memoryMb }: ProgramBounds): string {
  return [`t ${cpuSeconds}`, `d ${memoryMb * 1024}`]
    .map((limit) => `[ "$(ulimit -S -${limit.slice(0, 1)})" != unlimited ] || ulimit -S -${limit} 2>/dev/null; `)
    .join('');
}

const MOST_FIRST_LINE = 256;

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The program that a script's first line names. */
function interpreterOf(path: string): string | undefined {
  const bytes = Buffer.alloc(MOST_FIRST_LINE);
  try {
    const fd = openSync(path, 'r');
    try {
      const line = bytes.toString('utf8', 0, readSync(fd, bytes));
      return /^#![ \t]*(?<interpreter>\S+)/u.exec(line)?.groups?.['interpreter'];
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined; // it may be run and not read
  }
}

function refused(code: string, program: string): Error {
  return Object.assign(new Error(`spawn ${program} ${code}`), { code });
}

/**
 * @throws what spawn would say of a program that is not there or may not be run: the gate could only say it in words
 */
function checkRunnable(program: string, { cwd, env = process.env }: ProgramPlace): void {
  const path = env['PATH'];
  if (!program.includes('/')) {
    if (path !== undefined && !path.split(delimiter).some((folder) => isRunnable(join(resolve(cwd, folder), program))))
      throw refused('ENOENT', program);
    return;
  }
  const file = resolve(cwd, program);
  if (!isRunnable(file))
    throw refused(statSync(file, { throwIfNoEntry: false }) === undefined ? 'ENOENT' : 'EACCES', program);
  const interpreter = interpreterOf(file);
  if (interpreter?.startsWith('/') === true && !isRunnable(interpreter)) throw refused('ENOENT', program);
}

function hasPipes(child: ChildProcess): child is ChildProcessWithoutNullStreams {
  return child.stdin !== null && child.stdout !== null && child.stderr !== null;
}

/** Where a program reads and writes; `3` is the gate's. */
type Streams = readonly ['pipe' | 'inherit', 'pipe' | 'inherit', 'pipe' | 'inherit', ...'pipe'[]];

/**
 * Starts a program in a process group of its own (`killGroup`), which ends with this process, however that one ends:
 * also where nobody can catch it (SIGKILL, no memory). On a system without groups it is only started.
 *
 * @param streams of the program; those after the third are its file descriptors 4 and on
 * @throws what spawn says, before anything is started
 */
export function startKept(
  program: string,
  args: readonly string[],
  place: ProgramPlace,
  [input, output, error, ...more]: Streams,
): ChildProcess {
  if (!hasProcessGroups()) return spawn(program, args, { ...place, stdio: [input, output, error, 'ignore', ...more] });
  checkRunnable(program, place);
  const { bounds, ...rest } = place;
  const gate = `${bounds === undefined ? '' : bounded(bounds)}${GATE}`;
  const child = spawn('/bin/sh', ['-c', gate, 'kernward', program, ...args], {
    ...rest,
    detached: true,
    stdio: [input, output, error, 'pipe', ...more],
  });
  const opener = child.stdio[3];
  if (opener === null || opener === undefined || !('end' in opener))
    throw new Error('a program was started without pipes');
  const { pid } = child;
  opener.on('error', () => undefined);
  if (pid === undefined) return child; // the error comes as an event
  KEEPER.started(pid);
  child.on('close', () => KEEPER.ended(pid));
  opener.end('\n');
  return child;
}

/** As `startKept`, with a pipe each for what it reads, says and complains of. */
export function startProgram(
  program: string,
  args: readonly string[],
  place: ProgramPlace,
): ChildProcessWithoutNullStreams {
  const child = startKept(program, args, place, ['pipe', 'pipe', 'pipe']);
  if (!hasPipes(child)) throw new Error('a program was started without pipes');
  return child;
}
