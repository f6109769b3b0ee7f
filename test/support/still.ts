import { FACTS } from '../../src/facts/index.js';

const MOVING = FACTS.flatMap(({ id, origin }) =>
  /^(?:vmstat|pressure|boot|memory|khugepaged\.(?:full|pages)|kernel\.(?:warn|oops)_count|edac)/.test(id) &&
  origin.via === 'file'
    ? origin.paths
    : [],
);

/** What goes on between two looks: counters, and which processes there are (`tasks.test.ts` has those alone). */
export function still(output: string): string {
  return output
    .replace(/begin kthreads\n[\s\S]*end tasks \d+/, 'begin kthreads, end tasks')
    .split('\n')
    .map((line) => (MOVING.some((path) => line.startsWith(`${path}:`)) ? line.replace(/\s*\d+/g, ' 0') : line))
    .join('\n');
}
