import type { ProgramBounds } from '../../transports/programs/start-program.js';

/** What a process that holds a history may have: it is a file that somebody else may have had in his hands. */
export interface HistoryBounds extends ProgramBounds {
  /** Of JavaScript. The rest is SQLite's, and Node's own. */
  readonly heapMb: number;
}

/**
 * Recording 10,000 hosts takes a fifth of the first heap. A view of a history of 10,000 hosts and 60 rules, of which one
 * verdict in fourteen changed in each of 30 runs, takes half of the second.
 */
export const RECORDER_BOUNDS: HistoryBounds = { cpuSeconds: 900, heapMb: 1024, memoryMb: 4096 };
export const READER_BOUNDS: HistoryBounds = { cpuSeconds: 900, heapMb: 2048, memoryMb: 4096 };

/** An environment in which Node has a heap of so many MiB. Not as an argument of Node's: the single executable takes none. */
export function withHeap(env: NodeJS.ProcessEnv, heapMb: number): NodeJS.ProcessEnv {
  return { ...env, NODE_OPTIONS: `${env['NODE_OPTIONS'] ?? ''} --max-old-space-size=${heapMb}`.trim() };
}
