import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** A user's, who has nothing but a home. */
export function environmentOf(folder: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: folder, KERNWARD_SSH_CONFIG: 'none' };
}

/** Starts the command line as a user would, in `folder`, which is also its home. */
export function startKernward(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { ...environmentOf(folder), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { child, ended };
}

export function kernward(folder: string, ...args: readonly string[]): Promise<Ended> {
  return startKernward(folder, args).ended;
}
