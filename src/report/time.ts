/** UTC, ISO 8601 with seconds, as a header has it. A report that was made by hand may hold anything there. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Seconds since 1970, or `undefined` where the text is not a time. */
export function epochSeconds(text: string): number | undefined {
  const milliseconds = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** The day of a time in UTC, `2026-11-23`: what spreadsheets take for a date. Empty where the text is no time. */
export function dateOf(text: string): string {
  return /^(\d{4}-\d{2}-\d{2})T/.exec(text)?.[1] ?? '';
}
