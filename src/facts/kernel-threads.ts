import type { Reading } from '../model/reading.js';
import { malformed } from './parse.js';

/** PF_KTHREAD in include/linux/sched.h: the task is a kernel thread. No program can set it on itself. */
const PF_KTHREAD = 0x0020_0000;

/** Among the fields after the parent: group, session, terminal, its group, then the flags. */
const FLAGS = 5;
const BLANK = 0x20;
/** The names that are asked for. */
const KERNELS_OWN: ReadonlySet<string> = new Set(['kthreadd', 'khugepaged']);

export interface KernelThread {
  readonly pid: number;
  readonly name: string;
  /** One letter, e.g. `S`, `D`, `I`. */
  readonly state: string;
}

/** `/proc/PID/stat:PID (NAME) STATE PARENT …`, from the state on nothing but numbers. */
const LINE = /^\/proc\/([1-9][0-9]{0,9})\/stat:\1 \((.*)\) ([A-Za-z]) (\d{1,10})((?: -?\d{1,20}){14,}) ?$/;

/** Each field has one before it; a host may send ten thousand lines, and of their fields no lists are made. */
function blanksIn(text: string): number {
  let blanks = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === BLANK) blanks += 1;
  return blanks;
}

/**
 * The kernel threads among lines `/proc/PID/stat:PID (NAME) STATE PARENT …` as `grep -H` prints them.
 *
 * A name may hold anything, so the fields start after the *last* parenthesis; the ninth field is the flags. A process
 * that calls itself khugepaged, or `khugepaged) D 2`, is not a kernel thread. A line that is not of that form, or whose
 * parent and flags contradict each other, makes all of it malformed: with it the thread that is looked for may be gone.
 *
 * @see https://docs.kernel.org/filesystems/proc.html (table 1-4)
 */
export function kernelThreads(lines: Iterable<string>): readonly KernelThread[] | Reading<never> {
  const found: KernelThread[] = [];
  let fields: number | undefined;
  for (const line of lines) {
    const [, pid, name = '', state = '', parent, rest = ''] = LINE.exec(line) ?? [];
    if (pid === undefined) return malformed('lines of /proc/PID/stat', line);
    // A kernel prints as many fields for each of its threads. One that ran into another would put the flags in another place.
    const ownFields = blanksIn(rest);
    fields ??= ownFields;
    if (ownFields !== fields) return malformed('as many fields as the other lines have', line);
    const flags = Number(rest.split(' ', FLAGS + 1)[FLAGS]);
    const isKernelThread = Math.floor(flags / PF_KTHREAD) % 2 === 1;
    if (!KERNELS_OWN.has(name)) {
      // A program may call itself `khugepaged) S 2`; a kernel thread of another name was not asked for.
      if (isKernelThread || !/^(?:kthreadd|khugepaged)\) /.test(name))
        return malformed('a thread of a name that was asked for', line);
      continue;
    }
    // Parent 0 is also what a process has whose parent is outside of its PID namespace; parent 2 is kthreadd, or was told wrong.
    if (isKernelThread ? parent !== '0' && parent !== '2' : parent === '2')
      return malformed('a thread whose parent and flags agree', line);
    if (isKernelThread) found.push({ pid: Number(pid), name, state });
  }
  return found;
}

export function isMalformed(threads: readonly KernelThread[] | Reading<never>): threads is Reading<never> {
  return 'state' in threads;
}
