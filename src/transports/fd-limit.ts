import { readFileSync } from 'node:fs';

/** Descriptors that are not sessions: stdio, the event loop, outputs, the agent, look-ups, the spool. */
const RESERVED = 64;

/**
 * How many hosts fit at once: a session holds one descriptor. At least 1.
 *
 * @param limit soft limit of open files; undefined: unknown or unlimited
 */
export function forksThatFit(limit: number | undefined, wanted: number): number {
  return limit === undefined ? wanted : Math.max(1, Math.min(wanted, limit - RESERVED));
}

/** The soft limit in the text of `/proc/self/limits`; undefined where it is unlimited or not said. */
export function getSoftLimit(limits: string): number | undefined {
  const digits = /^Max open files\s+(?<soft>\d+)\s/mu.exec(limits)?.groups?.['soft'];
  return digits === undefined ? undefined : Number(digits);
}

/** This process's soft limit of open files; undefined on a system without /proc. */
export function openFilesLimit(): number | undefined {
  try {
    return getSoftLimit(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined; // no /proc (macOS): nothing is known, and EMFILE is still reported by name
  }
}
