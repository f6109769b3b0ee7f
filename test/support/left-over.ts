import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.js';

/** Who was started by a run, by it or by its children: they all have its folder for temporary files in their environment. */
export function startedBy(temporary: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/u.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${temporary}\0`);
    } catch {
      return false; // it has ended, or is a zombie that its parent has not seen yet
    }
  });
}

/** The processes that this one has started and not lost, and theirs: for less than a look at every process there is. */
export function descendantsOf(pid: number): readonly number[] {
  try {
    // Each thread has its own.
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    );
    return children.flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    return []; // it has ended
  }
}

/** How a process was started; empty where it has ended. */
export function commandLine(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Waits until nothing of a run is left that had this folder for temporary files: no process, no socket, no folder. */
export function nothingLeft(temporary: string, after: string): Promise<void> {
  return until(
    () => startedBy(temporary).length === 0 && readdirSync(temporary).length === 0,
    () =>
      `${after}: left are ${startedBy(temporary).map(commandLine).join(', ')} and ${readdirSync(temporary, { recursive: true }).join(', ')}`,
  );
}
