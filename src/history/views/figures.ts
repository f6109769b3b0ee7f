import { DAY_MS, daysBetween, weekOf } from './days.js';
import { isChange, isFirstSeenFailing, isNewFail, isResolved, type Turn } from './transitions.js';
import { count, text, time, type ViewPart } from './view.js';
import { inSeconds } from '../since-times.js';

function mean(values: readonly number[]): number | null {
  return values.length === 0
    ? null
    : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 10) / 10;
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? null) : mean(sorted.slice(middle - 1, middle + 1));
}

/** How long what was resolved had failed, in days, from the run that saw it first to the run that saw it resolved. */
export function timeToFix(turns: readonly Turn[]): {
  readonly fixed: number;
  readonly meanDays: number | null;
  readonly medianDays: number | null;
} {
  const took = turns.filter(isResolved).map(({ atMs, beforeSinceMs = atMs }) => daysBetween(beforeSinceMs, atMs));
  return { fixed: took.length, meanDays: mean(took), medianDays: median(took) };
}

/** New and resolved fails by the week, from the first turn to the newest run; a week without any stands there with zeros. */
export function weeksPart(turns: readonly Turn[], nowMs: number): ViewPart {
  const weeks = new Map<string, { newly: number; resolved: number; firstSeen: number }>();
  const [first] = turns;
  for (let ms = first?.atMs ?? nowMs; weekOf(ms) <= weekOf(nowMs); ms += 7 * DAY_MS)
    weeks.set(weekOf(ms), { newly: 0, resolved: 0, firstSeen: 0 });
  for (const turn of turns) {
    const week = weeks.get(weekOf(turn.atMs));
    if (week === undefined) continue;
    if (isNewFail(turn)) week.newly += 1;
    if (isResolved(turn)) week.resolved += 1;
    if (isFirstSeenFailing(turn)) week.firstSeen += 1;
  }
  return {
    id: 'weeks',
    title: 'By the week (Monday, UTC)',
    columns: [
      text('week'),
      count('newly_failing', 'newly failing'),
      count('resolved'),
      count('first_seen_failing', 'failing when first seen'),
    ],
    rows: [...weeks].map(([week, { newly, resolved, firstSeen }]) => [week, newly, resolved, firstSeen]),
  };
}

export interface FlappingOptions {
  /** That many changes of the decided result, or more … */
  readonly changes: number;
  /** … within that many days before the newest run. */
  readonly withinDays: number;
}

export const FLAPPING: FlappingOptions = { changes: 3, withinDays: 30 };

/** Hosts and rules that keep changing, the worst first. */
export function flappingPart(
  turns: readonly Turn[],
  nowMs: number,
  { changes, withinDays }: FlappingOptions,
): ViewPart {
  const found = new Map<string, { readonly turn: Turn; readonly many: number }>();
  for (const turn of turns) {
    if (!isChange(turn) || turn.atMs < nowMs - withinDays * DAY_MS) continue;
    const key = JSON.stringify([turn.host, turn.rule]);
    found.set(key, { turn, many: (found.get(key)?.many ?? 0) + 1 });
  }
  const rows = [...found.values()]
    .filter(({ many }) => many >= changes)
    .sort((a, b) => b.many - a.many)
    .map(({ turn, many }) => [turn.host, turn.rule, turn.severity, many, turn.result, inSeconds(turn.atMs)]);
  return {
    id: 'flapping',
    title: `Flapping: ${changes} changes or more in ${withinDays} days`,
    columns: [
      text('host'),
      text('rule'),
      text('severity'),
      count('changes'),
      text('result'),
      time('last_change', 'last change'),
    ],
    rows,
  };
}
