/** A moment as reports say it: UTC, ISO 8601 with seconds. */
export function toTimestamp(moment: Date): string {
  return moment.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The day that support is judged by, `2026-08-22`: the one that was asked for, or that on which the run began, in UTC. */
export function toDay(asked: string | undefined, startedAt: Date): string {
  return asked ?? startedAt.toISOString().slice(0, 10);
}
