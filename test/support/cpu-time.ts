import { readFileSync, readdirSync } from 'node:fs';

/** Ticks of a second in /proc: sysconf(_SC_CLK_TCK), 100 on every Linux that Node runs on. */
const TICKS = 100;

/** proc_pid_stat(5): after the name in brackets, fields 14 to 17 are utime, stime, cutime and cstime. */
function ticksOf(stat: string, last: 15 | 17): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, last - 2).reduce((sum, field) => sum + Number(field), 0);
}

/** What a process has computed, in seconds; undefined: it is over. */
export function cpuSecsOf(pid: number | undefined): number | undefined {
  try {
    return ticksOf(readFileSync(`/proc/${pid}/stat`, 'latin1'), 15) / TICKS;
  } catch {
    return undefined;
  }
}

/** A process as proc_pid_stat(5) has it; undefined: it is over. */
function statOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
}

/**
 * What a process has computed, in seconds, with every program that it started: those that it has waited for, and those that
 * still run. What lost its parent belongs to nobody.
 */
export function cpuSecsOfTree(root: number): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statOf(pid) ?? []);
  const sumOf = (pid: number): number => {
    const below = stats.filter((stat) => Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ', 1)[0]) === pid);
    const own = stats.find((stat) => Number.parseInt(stat, 10) === pid);
    const ticks = own === undefined ? 0 : ticksOf(own, 17);
    return below.reduce((sum, stat) => sum + sumOf(Number.parseInt(stat, 10)), ticks / TICKS);
  };
  return sumOf(root);
}

/** What this process and its children that have ended have computed, in milliseconds. */
function spentMs(): number {
  try {
    return (ticksOf(readFileSync('/proc/self/stat', 'latin1'), 17) * 1000) / TICKS;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

/**
 * How long something computes, the programs that it starts and waits for included. Whether work is bounded is measured by this
 * clock: what else the machine does is not in it.
 */
export function cpuMsOf(work: () => unknown): number {
  const before = spentMs();
  work();
  return spentMs() - before;
}
