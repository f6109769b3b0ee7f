import { closeSync, openSync, readSync } from 'node:fs';
import { openThreadClock, type ThreadClock } from '../../bench/turn-cpu.js';

const PAGE = 4096;
const FRESH_BYTES = 32 * 1024 * 1024;
const TRIES = 3;
/** A page that nobody had before, filled, is this on most machines or less. On some virtual ones it is ten times as much. */
const USUAL_MS = 0.003;

interface FaultCount {
  readonly count: () => number;
  readonly close: () => void;
}

/** Pages that this thread was given: `minflt` in /proc/PID/task/TID/stat (proc(5)), eight behind the name in parentheses. */
function openFaultCount(): FaultCount {
  const file = openSync('/proc/thread-self/stat', 'r');
  const bytes = Buffer.alloc(512);
  return {
    count: () => {
      const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
      return Number(text.slice(text.lastIndexOf(')') + 2).split(' ', 8)[7]);
    },
    close: () => closeSync(file),
  };
}

/** What a page takes here and now over `USUAL_MS`, in CPU-ms: the least of a few tries. */
function dearnessOfPages(): number {
  const clock = openThreadClock();
  try {
    const tries = Array.from({ length: TRIES }, () => {
      const before = clock.ms();
      Buffer.alloc(FRESH_BYTES, 1);
      return clock.ms() - before;
    });
    return Math.max(0, (PAGE / FRESH_BYTES) * Math.min(...tries) - USUAL_MS);
  } finally {
    clock.close();
  }
}

/** CPU of this thread, without what this machine takes more than others to give it memory: that is nobody's code. What it takes changes with what runs beside: a clock that was opened before knows nothing of it. */
export function openComputingClock(): ThreadClock {
  const dearness = dearnessOfPages();
  const [clock, faults] = [openThreadClock(), openFaultCount()];
  return {
    ms: () => clock.ms() - dearness * faults.count(),
    close: () => {
      clock.close();
      faults.close();
    },
  };
}
