import { inSeconds } from '../since-times.js';

export const DAY_MS = 86_400_000;

/** To a tenth. */
export function daysBetweenMs(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) / (DAY_MS / 10)) / 10;
}

/** The Monday, in UTC, of the week that a time is in: `2026-11-23`. 1970 began on a Thursday. */
export function getWeek(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  return inSeconds((day - ((day + 3) % 7)) * DAY_MS).slice(0, 10);
}
