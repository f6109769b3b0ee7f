import type { ChildProcess } from 'node:child_process';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { OnQuery } from '../../history/database/sqlite-dialect.js';
import { PACKAGE_ROOT } from '../../run/shipped/package-root.js';
import { clean } from '../../text/clean.js';
import { killGroup } from '../../transports/programs/kill-group.js';
import { ownProgram } from '../../transports/programs/own-program.js';
import { startKept } from '../../transports/programs/start-program.js';
import { EXIT, Stop } from '../terminal/exit.js';
import { callOutAfter } from './call-out.js';
import { type HistoryBounds, READER_BOUNDS, withHeap } from './history-bounds.js';

/**
 * SQLite's calls hold a thread for as long as the file makes them, and may end the process. So `kernward history …` runs once
 * more, in a process that does the work and says when a query begins and ends, while the first one only watches.
 */
const IS_APART = 'KERNWARD_HISTORY_APART';
/** Where the second one says it, a line each; 3 is the gate's (start-program.ts). */
const SAYS = 4;
const BEGINS = 'begins';
/** With how many milliseconds it took. */
const ENDED = 'ended ';

/** What a command may take of a machine. Who reads what it prints may take his time. */
interface Bounds extends HistoryBounds {
  /** One query, with the minute that a command waits for another that writes. */
  readonly queryMs: number;
  /** All queries together. What is done between them is bounded by `cpuSeconds`. */
  readonly queriesMs: number;
}

interface RunApartOptions {
  /** In place of the usual ones. */
  readonly bounds?: Partial<Bounds>;
  readonly program?: string;
}

const BOUNDS: Bounds = { ...READER_BOUNDS, queryMs: 120_000, queriesMs: 900_000 };

let isApart = false;
let begunMs = 0;

/** Tells the one that watches; nobody, where nobody does. */
export const tellQueries: OnQuery = (moment) => {
  if (!isApart) return;
  if (moment === 'begins') begunMs = performance.now();
  try {
    writeSync(SAYS, `${moment === 'begins' ? BEGINS : `${ENDED}${Math.round(performance.now() - begunMs)}`}\n`);
  } catch {
    isApart = false; // who watched has gone, and this process goes with it
  }
};

function start(program: string, args: readonly string[], bounds: Bounds): ChildProcess {
  const env = { ...process.env, [IS_APART]: '1' };
  const streams = ['inherit', 'inherit', 'inherit', 'pipe'] as const;
  const place = { env: withHeap(env, bounds.heapMb), cwd: process.cwd(), bounds };
  return startKept(process.execPath, [program, ...args], place, streams);
}

function nothing(): void {
  // there is no call to be taken back
}

/** Calls out where a query takes too long, or all of them together have. */
function watchQueries(says: Readable, { queryMs, queriesMs }: Bounds, callOut: (what: string, ms: number) => void) {
  let takeBack = nothing;
  let usedMs = 0;
  createInterface({ input: says }).on('line', (line) => {
    takeBack();
    if (line === BEGINS) takeBack = callOutAfter(queryMs, () => callOut('a query', queryMs));
    if (!line.startsWith(ENDED)) return;
    usedMs += Number(line.slice(ENDED.length));
    if (usedMs > queriesMs) callOut('its queries together', queriesMs);
  });
  return { stop: () => takeBack() };
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
 * @throws Stop with the code of that process, or with a diagnostic where it takes more than its bounds, or where the file has
 *   ended that process
 */
export async function runApart(
  file: string,
  args: readonly string[],
  {
    bounds: given = {},
    program = ownProgram('kernward', join(PACKAGE_ROOT, 'dist', 'kernward.js')),
  }: RunApartOptions = {},
): Promise<void> {
  if (process.env[IS_APART] === '1') {
    delete process.env[IS_APART];
    isApart = true;
    return;
  }
  const bounds = { ...BOUNDS, ...given };
  const child = start(program, args, bounds);
  const says = child.stdio[SAYS];
  if (says === null || says === undefined || !('read' in says)) throw new Error('a history was started without pipes');
  let tooSlow: string | undefined;
  const watch = watchQueries(says, bounds, (what, ms) => {
    tooSlow ??= `${what} took more than ${ms / 1000} s`;
    killGroup(child);
  });
  const [code, by] = await new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve([status, signal]));
  });
  watch.stop();
  if (by === 'SIGXCPU') tooSlow ??= `it took more than ${bounds.cpuSeconds} s of a processor`;
  if (tooSlow !== undefined) throw refused('history/too-slow', `${clean(file, 300)} was given up: ${tooSlow}`);
  if (code === null || by !== null || code > 128)
    throw refused(
      'history/unreadable',
      `the process that held ${clean(file, 300)} was ended by ${by ?? `signal ${(code ?? 128) - 128}`}: the file is damaged, or takes more than ${bounds.heapMb} MB of memory`,
    );
  throw new Stop(code);
}
