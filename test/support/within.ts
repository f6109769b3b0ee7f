import { cpus, loadavg } from 'node:os';

/** What the start of the run measured: how many times slower than usual this machine starts programs. */
const MEASURED = Number(process.env['KERNWARD_TEST_SLOWNESS'] ?? 1);
const MOST = 20;

/** By what deadlines are stretched now: what was measured at the start, or more where the load has grown since. */
export function slowness(): number {
  const [lastMinute = 0] = loadavg();
  return Math.min(MOST, Math.max(1, MEASURED, lastMinute / cpus().length / 2));
}

/**
 * So many milliseconds of a quiet machine, on this one as it is now. For whatever may take its time without being wrong; what
 * means order, accounting or isolation is never told by a clock.
 */
export function within(ms: number): number {
  return Math.ceil(ms * slowness());
}

/** The same in whole seconds, as options of kernward take them. */
export function secondsWithin(seconds: number): string {
  return String(Math.ceil(seconds * slowness()));
}
