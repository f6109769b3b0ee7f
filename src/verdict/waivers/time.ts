const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?Z$/;

/** In seconds, as a header has it. */
function inSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * A moment in UTC as ISO 8601 with seconds, out of a day (`2026-12-31`: its first moment, so that a waiver which
 * expires on a day does not hold on it) or a time (`2026-12-31T18:00Z`); `undefined` for anything else, `2026-02-30`
 * and a local time too.
 */
export function toUtc(text: string): string | undefined {
  if (!DAY.test(text) && !TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  const moment = inSeconds(ms);
  // Date.parse takes 2026-02-30 for the second of March, and 24:00 for the next day.
  return moment.startsWith(text.slice(0, 10)) ? moment : undefined;
}

/** What comes after `days` days of 24 hours. */
export function daysAfter(moment: string, days: number): string {
  return inSeconds(Date.parse(moment) + days * 86_400_000);
}
