import type { ChildProcess } from 'node:child_process';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { OnQuery } from '../../history/database/sqlite-dialect.js';
import { PACKAGE_ROOT } from '../../run/shipped/package-root.js';
import { clean } from '../../text/clean.js';
import { killGroup } from '../../transports/programs/kill-group.js';
import { ownProgram } from '../../transports/programs/own-program.js';
import { startKept } from '../../transports/programs/start-program.js';
import { EXIT, Stop } from '../terminal/exit.js';

/**
 * SQLite's calls hold a thread for as long as the file makes them, and may end the process. So `kernward history …` runs once
 * more, in a process that does the work and says when a query begins and ends, while the first one only watches.
 */
const IS_APART = 'KERNWARD_HISTORY_APART';
/** Where the second one says it; 3 is the gate's (start-program.ts). */
const SAYS = 4;
const BEGINS = 'b';
const ENDED = 'e';

/** One query, with the minute that a command waits for another that writes. */
const PATIENCE_MS = 120_000;

let isApart = false;

/** Tells the one that watches; nobody, where nobody does. */
export const tellQueries: OnQuery = (moment) => {
  if (!isApart) return;
  try {
    writeSync(SAYS, moment === 'begins' ? BEGINS : ENDED);
  } catch {
    isApart = false; // who watched has gone, and this process goes with it
  }
};

function start(program: string, args: readonly string[]): ChildProcess {
  const env = { ...process.env, [IS_APART]: '1' };
  const streams = ['inherit', 'inherit', 'inherit', 'pipe'] as const;
  return startKept(process.execPath, [program, ...args], { env, cwd: process.cwd() }, streams);
}

function refused(code: string, message: string): Stop {
  return new Stop(EXIT.usage, '', [
    {
      code,
      severity: 'error',
      message,
      help: 'take a copy of before it was changed, or make it anew from saved reports: kernward history add --history=FILE REPORTS',
    },
  ]);
}

/**
 * Runs the command in a process of its own and ends with its code; does nothing in that process. A signal ends both at once.
 *
 * @param file the history, to be named in what is said
 * @throws Stop with the code of that process, or with a diagnostic where a query takes longer than `patienceMs`, or where the
 *   file has ended that process
 */
export async function runApart(
  file: string,
  args: readonly string[],
  { patienceMs = PATIENCE_MS, program = ownProgram('kernward', join(PACKAGE_ROOT, 'dist', 'kernward.js')) } = {},
): Promise<void> {
  if (process.env[IS_APART] === '1') {
    delete process.env[IS_APART];
    isApart = true;
    return;
  }
  const child = start(program, args);
  let isTooSlow = false;
  const giveUp = (): void => {
    isTooSlow = true;
    killGroup(child);
  };
  let timer: NodeJS.Timeout | undefined;
  const said = child.stdio[SAYS];
  said?.on('data', (bytes: Buffer) => {
    clearTimeout(timer);
    timer = bytes.at(-1) === BEGINS.charCodeAt(0) ? setTimeout(giveUp, patienceMs) : undefined;
  });
  const [code, by] = await new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve([status, signal]));
  });
  clearTimeout(timer);
  if (isTooSlow)
    throw refused('history/too-slow', `a query of ${clean(file, 300)} has taken more than ${patienceMs / 1000} s`);
  if (code === null || by !== null || code > 128)
    throw refused(
      'history/unreadable',
      `the process that held ${clean(file, 300)} was ended by ${by ?? `signal ${(code ?? 128) - 128}`}`,
    );
  throw new Stop(code);
}
