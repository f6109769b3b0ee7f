/** Loaded with `node --import`: writes this process's CPU and peak memory to the file that BENCH_USAGE names, at exit. */
import { writeFileSync } from 'node:fs';

export interface Usage {
  /** User and system time of the whole process, start-up included, in microseconds. */
  readonly cpuMicros: number;
  readonly peakKiB: number;
}

process.on('exit', () => {
  const file = process.env['BENCH_USAGE'];
  if (file === undefined) return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpuMicros: user + system, peakKiB: process.resourceUsage().maxRSS };
  writeFileSync(file, JSON.stringify(usage));
});
