/** PF_KTHREAD in include/linux/sched.h: the task is a kernel thread. No program can set it on itself. */
const PF_KTHREAD = 0x0020_0000;

export interface KernelThread {
  readonly pid: number;
  readonly name: string;
  /** One letter, e.g. `S`, `D`, `I`. */
  readonly state: string;
}

/**
 * The kernel threads among lines `/proc/PID/stat:PID (NAME) STATE PARENT …` as `grep -H` prints them.
 *
 * A name may hold anything, so the fields start after the *last* parenthesis; the ninth field is the flags. A process
 * that calls itself khugepaged, or `khugepaged) D 2`, is not a kernel thread.
 *
 * @see https://docs.kernel.org/filesystems/proc.html (table 1-4)
 */
export function kernelThreads(text: string): readonly KernelThread[] {
  const found: KernelThread[] = [];
  for (const line of text.split('\n')) {
    const head = /^\/proc\/([1-9][0-9]{0,9})\/stat:([1-9][0-9]{0,9}) \(/.exec(line);
    const close = line.lastIndexOf(') ');
    if (head?.[1] === undefined || head[1] !== head[2] || close < head[0].length) continue;
    const [state = '', parent = '', , , , , flags = ''] = line.slice(close + 2).split(' ', 8);
    const isKernelThread = /^[0-9]{1,10}$/.test(flags) && Math.floor(Number(flags) / PF_KTHREAD) % 2 === 1;
    if (isKernelThread && (parent === '0' || parent === '2') && /^[A-Za-z]$/.test(state))
      found.push({ pid: Number(head[1]), name: line.slice(head[0].length, close), state });
  }
  return found;
}
