/** A day as `2026-08-22`: a day of the calendar, without a time zone. */
export type Day = string;

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01; `undefined` for what is no day of the calendar (`2026-02-30`). */
function numberOf(day: Day): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (year === undefined) return undefined;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(date));
  return new Date(ms).toISOString().startsWith(day) ? ms / MS_PER_DAY : undefined;
}

export function isDay(text: string): boolean {
  return numberOf(text) !== undefined;
}

/** Whole days from one day to another, negative where `to` is earlier; `undefined` where either is no day. */
export function daysBetween(from: Day, to: Day): number | undefined {
  const [start, end] = [numberOf(from), numberOf(to)];
  return start === undefined || end === undefined ? undefined : end - start;
}
