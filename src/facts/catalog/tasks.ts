import { known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { filledLines } from '../filled-lines.js';
import { isMalformed, kernelThreads } from '../kernel-threads.js';
import { malformed } from '../parse.js';

const THREAD = /^\/proc\/[0-9]+\/stat:/;
const TASK = /^(?:hidden (\/proc\/[0-9]+)|\/proc\/([1-9][0-9]{0,9})\/status)$/;

/**
 * `/proc/PID/status` for each task in D state, `hidden /proc/PID` for one that may not be read. It ends at the first line that makes the
 * count worth nothing: a host may send a million of them.
 */
function tasksInDState(text: string): Reading<number> {
  const pids = new Set<string>();
  let wrong: Reading<never> | undefined;
  const countTask = (line: string): void => {
    const [, hidden, pid] = TASK.exec(line) ?? [];
    if (pid !== undefined) pids.add(pid);
    else if (hidden === undefined) wrong = malformed('paths of processes', line);
    else wrong = unreadable('denied', `${hidden}/status may not be read, so the count would be too low`);
  };
  function* threadLines(): Generator<string> {
    for (const line of filledLines(text)) {
      if (THREAD.test(line)) yield line;
      else countTask(line);
      if (wrong !== undefined) return;
    }
  }
  const threads = kernelThreads(threadLines());
  if (isMalformed(threads)) return threads;
  if (wrong !== undefined) return wrong;
  if (!threads.some(({ pid, name }) => pid === 2 && name === 'kthreadd'))
    return unreadable(
      'denied',
      'only a part of the processes can be seen from here (hidepid, or a PID namespace): process 2 is not kthreadd',
    );
  return known(pids.size, `${pids.size} thread-group leaders in state D`);
}

const KTHREADD = '/proc/2/stat:2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0\n';

/** What waits without being interruptible, at this moment. */
export const TASK_FACTS: readonly FactDefinition[] = [
  {
    id: 'tasks.in_d_state',
    title: 'Processes in uninterruptible sleep at this moment',
    type: { kind: 'int', min: 0, max: 4_194_304 },
    unit: 'tasks',
    since: 'every kernel that has /proc',
    sources: [
      'https://docs.kernel.org/filesystems/proc.html',
      'proc_pid_status() in fs/proc/array.c (raspberrypi/linux at 02954bb06eed, a 5.x tree, and torvalds/linux at 03e369d93239, a 2.6 tree): takes no mmap_sem',
      'Linux commit 06eb61844d84 "sched/debug: Add explicit TASK_IDLE printing" (4.14)',
    ],
    origin: { via: 'command', sections: ['kthreads', 'tasks'] },
    parse: tasksInDState,
    samples: [
      { text: KTHREADD, known: 0 },
      { text: `${KTHREADD}/proc/410/status\n/proc/77/status\n`, known: 2 },
      { text: `${KTHREADD}/proc/410/status\nhidden /proc/77\n`, otherwise: 'denied' },
      { text: '', otherwise: 'denied' },
    ],
    note:
      'Thread-group leaders only, from the line `State:` of /proc/PID/status (`proc_pid_status()` takes no `mmap_sem`; `ps` does, for the command line). One look, not a measure of time. ' +
      'The hung-task detector does not count all of them: a killable wait shows D too. Before 4.14 idle kernel threads (TASK_IDLE) show D as well.',
  },
];
