import { spawnSync } from 'node:child_process';

/** Runs a program that must succeed, and gives what it printed; what it complains of is shown where it does not. */
export function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options,
  });
  if (error !== undefined) throw new Error(`${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}
