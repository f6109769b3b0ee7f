import { DAY_MS, daysBetweenMs, getWeek } from './days.js';
import { isChange, isFirstSeenFailing, isNewFail, isResolved, type Transition } from './transitions.js';
import { countColumn, text, time, type ViewPart } from './view.js';
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
export function timeToFix(transitions: readonly Transition[]): {
  readonly fixed: number;
  readonly meanDays: number | null;
  readonly medianDays: number | null;
} {
  const took = transitions
    .filter(isResolved)
    .map(({ atMs, beforeSinceMs = atMs }) => daysBetweenMs(beforeSinceMs, atMs));
  return { fixed: took.length, meanDays: mean(took), medianDays: median(took) };
}

/**
 * New and resolved fails by the week, from the first turn to the newest run; a week without any stands there with
 * zeros.
 */
export function weeksPart(transitions: readonly Transition[], nowMs: number): ViewPart {
  const weeks = new Map<string, { newly: number; resolved: number; firstSeen: number }>();
  const [first] = transitions;
  for (let ms = first?.atMs ?? nowMs; getWeek(ms) <= getWeek(nowMs); ms += 7 * DAY_MS)
    weeks.set(getWeek(ms), { newly: 0, resolved: 0, firstSeen: 0 });
  for (const turn of transitions) {
    const week = weeks.get(getWeek(turn.atMs));
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
      countColumn('newly_failing', 'newly failing'),
      countColumn('resolved'),
      countColumn('first_seen_failing', 'failing when first seen'),
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

/** Hosts and rules that keep changing, the worst first. */
export function flappingPart(
  transitions: readonly Transition[],
  nowMs: number,
  { changes, withinDays }: FlappingOptions,
): ViewPart {
  const found = new Map<string, { readonly turn: Transition; readonly many: number }>();
  for (const turn of transitions) {
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
      countColumn('changes'),
      text('result'),
      time('last_change', 'last change'),
    ],
    rows,
  };
}
