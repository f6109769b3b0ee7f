/**
 * Loaded with `node --import`, in the process and in each of its threads: each writes what CPU it took to a file of its own in the
 * folder that BENCH_USAGE names, at its end. Linux only: the kernel tells threads apart in /proc.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';

/** CPU, user and system, in milliseconds. */
export interface Taken {
  /** Of the whole process, with what collects garbage and looks names up, and of its first thread alone. */
  readonly process: number;
  readonly first: number;
}

export interface ThreadUsage {
  readonly isFirst: boolean;
  /** When the thread began and when it ended. */
  readonly begin: Taken;
  readonly end: Taken;
  readonly own: number;
  readonly peakKiB: number;
}

/** The first field: nanoseconds on a CPU. */
function onCpu(task: string): number {
  return Number(readFileSync(`/proc/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function taken(): Taken {
  const { user, system } = process.cpuUsage();
  return { process: (user + system) / 1000, first: onCpu(`self/task/${process.pid}`) };
}

const folder = process.env['BENCH_USAGE'];
const begin = taken();
process.on('exit', () => {
  if (folder === undefined) return;
  const usage: ThreadUsage = {
    isFirst: isMainThread,
    begin,
    end: taken(),
    own: onCpu('thread-self'),
    peakKiB: process.resourceUsage().maxRSS,
  };
  writeFileSync(join(folder, String(threadId)), JSON.stringify(usage));
});
