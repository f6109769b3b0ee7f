import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.js';
import { inSeconds } from '../since-times.js';
import { DAY_MS, daysBetweenMs } from './days.js';
import { flappingPart, type FlappingOptions, timeToFix, weeksPart } from './figures.js';
import { type OpenVerdict, openVerdicts } from './open-verdicts.js';
import { lastAskedMs } from './runs.js';
import { isFirstSeenFailing, isNewFail, isResolved, type Transition, turnsIn } from './transitions.js';
import {
  type ChosenHost,
  countColumn,
  days,
  everyHost,
  text,
  time,
  type Cell,
  type View,
  type ViewColumn,
  type ViewPart,
} from './view.js';

const FIGURES: readonly ViewColumn[] = [
  countColumn('failing_hosts', 'failing hosts'),
  countColumn('waived_hosts', 'waived'),
  time('oldest_failing_since', 'oldest since'),
  days('oldest_failing_days', 'for'),
  countColumn('newly_failing', 'newly failing'),
  countColumn('resolved'),
  countColumn('fixed_ever', ''),
  days('mean_days_to_fix', 'mean time to fix'),
  days('median_days_to_fix', 'median'),
];

/** What the figures of a window are about, in words. */
function inWindow(
  transitions: readonly Transition[],
  nowMs: number,
  { withinDays }: FlappingOptions,
): readonly Transition[] {
  return transitions.filter(({ atMs }) => atMs >= nowMs - withinDays * DAY_MS);
}

function figures(
  failing: readonly OpenVerdict[],
  transitions: readonly Transition[],
  nowMs: number,
  window: FlappingOptions,
): readonly Cell[] {
  const oldest = failing.reduce(
    (least, { failingSinceMs = nowMs }) => Math.min(least, failingSinceMs),
    Number.POSITIVE_INFINITY,
  );
  const recent = inWindow(transitions, nowMs, window);
  const { fixed, meanDays, medianDays } = timeToFix(transitions);
  return [
    failing.length,
    failing.filter(({ waiver }) => waiver !== '').length,
    failing.length === 0 ? null : inSeconds(oldest),
    failing.length === 0 ? null : daysBetweenMs(oldest, nowMs),
    recent.filter(isNewFail).length,
    recent.filter(isResolved).length,
    fixed,
    meanDays,
    medianDays,
  ];
}

function grouped<T extends { readonly rule: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const ofRule = found.get(item.rule);
    if (ofRule === undefined) found.set(item.rule, [item]);
    else ofRule.push(item);
  }
  return found;
}

/** Every rule: who fails it, since when, and how long it takes until somebody does something about it. */
export async function rulesView(
  db: Kysely<Tables>,
  nowMs: number,
  window: FlappingOptions,
  isChosen: ChosenHost = everyHost,
): Promise<View> {
  const rules = await db.selectFrom('rules').select(['id', 'policy']).orderBy('id').execute();
  const failing = grouped((await openVerdicts(db, { failing: true })).filter(isChosen));
  const transitions = grouped((await turnsIn(db, { onlyTurns: true })).filter(isChosen));
  const rows = rules
    .map(({ id, policy }) => [id, policy, ...figures(failing.get(id) ?? [], transitions.get(id) ?? [], nowMs, window)])
    .sort((a, b) => Number(b[2] ?? 0) - Number(a[2] ?? 0));
  const part: ViewPart = {
    id: 'rules',
    title: `Rules, by hosts that fail them; newly failing and resolved in ${window.withinDays} days`,
    columns: [text('rule'), text('policy', ''), ...FIGURES],
    rows,
    none: 'the history has no rule yet',
  };
  return { head: [], parts: [part] };
}

/** One rule: its figures, the hosts that fail it, the weeks, and who flaps. */
export async function ruleView(
  db: Kysely<Tables>,
  rule: string,
  nowMs: number,
  window: FlappingOptions,
  isChosen: ChosenHost = everyHost,
): Promise<View> {
  const asked = await lastAskedMs(db);
  const failing = (await openVerdicts(db, { rule, failing: true })).filter(isChosen);
  const transitions = (await turnsIn(db, { rule, onlyTurns: true })).filter(isChosen);
  const hosts: ViewPart = {
    id: 'hosts',
    title: 'Hosts that fail it, the oldest first',
    columns: [
      text('host'),
      text('owner'),
      text('severity'),
      text('result'),
      time('failing_since', 'failing since'),
      days('failing_days', 'for'),
      text('waiver'),
      time('last_asked', 'last asked'),
      text('because'),
    ],
    rows: [...failing]
      .sort((a, b) => (a.failingSinceMs ?? 0) - (b.failingSinceMs ?? 0))
      .map(({ hostNumber, host, owner, severity, result, failingSinceMs = nowMs, waiver, because }) => {
        const lastMs = asked.get(hostNumber);
        return [
          host,
          owner,
          severity,
          result,
          inSeconds(failingSinceMs),
          daysBetweenMs(failingSinceMs, nowMs),
          waiver,
          lastMs === undefined ? null : inSeconds(lastMs),
          because,
        ];
      }),
    none: 'no host fails it, as far as the history knows',
  };
  const summary: ViewPart = {
    id: 'figures',
    title: `Figures; newly failing and resolved in ${window.withinDays} days`,
    columns: [...FIGURES, countColumn('first_seen_failing', '')],
    rows: [[...figures(failing, transitions, nowMs, window), transitions.filter(isFirstSeenFailing).length]],
  };
  return {
    head: [`rule ${rule}`],
    parts: [hosts, summary, weeksPart(transitions, nowMs), flappingPart(transitions, nowMs, window)],
  };
}
