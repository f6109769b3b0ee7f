import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import type { Usage } from './usage-at-exit.js';

export interface MeasuredCommand {
  readonly child: ChildProcess;
  /** What it said on standard error matches. */
  readonly said: (what: RegExp) => Promise<void>;
  readonly ended: Promise<Usage>;
}

const USAGE = join(PACKAGE_ROOT, 'dist', 'bench', 'usage-at-exit.js');
const COMMAND = join(PACKAGE_ROOT, 'dist', 'kernward.js');
let started = 0;

/** Starts `kernward` in a folder. @param accepts exit codes; with any other nothing was measured */
export function startMeasured(
  folder: string,
  args: readonly string[],
  accepts: readonly number[] = [0],
): MeasuredCommand {
  started += 1;
  const usage = join(folder, `${started}.usage`);
  const env = { ...process.env, BENCH_USAGE: usage, SSH_AUTH_SOCK: '', KERNWARD_SSH_CONFIG: 'none' };
  const child = spawn(process.execPath, ['--import', USAGE, COMMAND, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  const waiting: (() => void)[] = [];
  child.stderr.on('data', (bytes: Buffer) => {
    text += bytes.toString();
    for (const look of waiting) look();
  });
  const ended = once(child, 'close').then(([code]): Usage => {
    if (!accepts.includes(Number(code))) throw new Error(`${args.join(' ')} ended with ${code}: ${text}`);
    return JSON.parse(readFileSync(usage, 'utf8'));
  });
  const said = (what: RegExp): Promise<void> =>
    Promise.race([
      new Promise<void>((resolve) => {
        const look = (): void => (what.test(text) ? resolve() : undefined);
        waiting.push(look);
        look();
      }),
      ended.then(() => undefined),
    ]);
  return { child, said, ended };
}
