import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { defined } from '../../language/defined.js';
import { collectOutput } from '../capped-output.js';
import { errorText } from '../error-detail.js';
import { killGroup } from './kill-group.js';
import { AFTER_EXIT_MS, startPatience, type PatientTimer } from '../patience.js';
import { type ProgramPlace, startProgram } from './start-program.js';

export interface ProgramLimits {
  readonly timeoutMs: number;
  /** Of stdout and stderr together. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** On its standard input; nothing where it is left out. A program need not read it. */
  readonly input?: string;
}

export type ProgramOutcome =
  | {
      readonly ended: 'exited';
      readonly status: number | undefined;
      readonly killedBy: NodeJS.Signals | undefined;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
    }
  | { readonly ended: 'not-started'; readonly detail: string }
  | { readonly ended: 'timed-out'; readonly stderr: Uint8Array }
  | { readonly ended: 'output-too-large'; readonly stderr: Uint8Array }
  | { readonly ended: 'aborted' };

/**
 * Runs a program of this machine: no shell, this process's folder and environment.
 * Whatever it started goes with it when its time is over.
 *
 * @param program a path, or a name that is looked up on the PATH
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { timeoutMs, maxBytes, signal, input, cwd = process.cwd(), env }: ProgramLimits & Partial<ProgramPlace>,
): Promise<ProgramOutcome> {
  return new Promise((resolve) => {
    const output = collectOutput(maxBytes);
    let child: ChildProcessWithoutNullStreams;
    try {
      child = startProgram(program, args, { cwd, ...defined({ env }) });
    } catch (thrown) {
      resolve({ ended: 'not-started', detail: errorText(thrown) });
      return;
    }
    child.stdin.end(input);
    let afterExit: PatientTimer | undefined;
    let isSettled = false;

    const settle = (outcome: ProgramOutcome): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(deadline);
      afterExit?.end();
      signal.removeEventListener('abort', abort);
      killGroup(child);
      for (const stream of child.stdio) stream?.destroy();
      child.unref();
      resolve(outcome);
    };
    const abort = (): void => settle({ ended: 'aborted' });
    const exited = (status: number | null, killedBy: NodeJS.Signals | null): void =>
      settle({
        ended: 'exited',
        status: status ?? undefined,
        killedBy: killedBy ?? undefined,
        stdout: output.stdout(),
        stderr: output.stderr(),
      });
    const deadline = setTimeout(() => settle({ ended: 'timed-out', stderr: output.stderr() }), timeoutMs);
    const add =
      (stream: 'stdout' | 'stderr') =>
      (chunk: Buffer): void => {
        if (!isSettled && !output.add(stream, chunk)) settle({ ended: 'output-too-large', stderr: output.stderr() });
      };

    child.on('error', (error) => settle({ ended: 'not-started', detail: error.message }));
    child.on('exit', (status, killedBy) => {
      afterExit ??= startPatience(AFTER_EXIT_MS, () => exited(status, killedBy));
    });
    child.on('close', exited);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    child.stdout.on('data', add('stdout'));
    child.stderr.on('data', add('stderr'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
