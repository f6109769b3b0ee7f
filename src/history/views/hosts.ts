import type { Kysely } from 'kysely';
import { SEVERITIES } from '../../model/verdict.js';
import type { Tables } from '../database/tables.js';
import { inSeconds } from '../since-times.js';
import { daysBetweenMs } from './days.js';
import { flappingPart, type FlappingOptions } from './figures.js';
import { type OpenVerdict, openVerdicts } from './open-verdicts.js';
import { lastAskedMs } from './runs.js';
import { turnsIn } from './transitions.js';
import { type ChosenHost, countColumn, days, everyHost, text, time, type View, type ViewPart } from './view.js';

function oldestMs(verdicts: readonly OpenVerdict[]): number {
  return verdicts.reduce(
    (oldest, { failingSinceMs = oldest }) => Math.min(oldest, failingSinceMs),
    Number.POSITIVE_INFINITY,
  );
}

function byHost(verdicts: readonly OpenVerdict[]): readonly (readonly OpenVerdict[])[] {
  const hosts = new Map<string, OpenVerdict[]>();
  for (const verdict of verdicts) {
    const ofHost = hosts.get(verdict.host);
    if (ofHost === undefined) hosts.set(verdict.host, [verdict]);
    else ofHost.push(verdict);
  }
  return [...hosts.values()];
}

/** Every host that fails, or failed when that was last known; the one whose oldest finding is oldest first. */
export async function hostsView(db: Kysely<Tables>, nowMs: number, isChosen: ChosenHost = everyHost): Promise<View> {
  const asked = await lastAskedMs(db);
  const rows = byHost((await openVerdicts(db, { failing: true })).filter(isChosen))
    .toSorted((a, b) => oldestMs(a) - oldestMs(b))
    .map((verdicts) => {
      const [first] = verdicts;
      const since = oldestMs(verdicts);
      const lastMs = asked.get(first?.hostNumber ?? 0);
      return [
        first?.host ?? '',
        first?.groups.join(', ') ?? '',
        first?.owner ?? '',
        ...SEVERITIES.map(
          (severity) => verdicts.filter((verdict) => verdict.severity === severity && verdict.waiver === '').length,
        ),
        verdicts.filter(({ waiver }) => waiver !== '').length,
        inSeconds(since),
        daysBetweenMs(since, nowMs),
        lastMs === undefined ? null : inSeconds(lastMs),
      ];
    });
  const part: ViewPart = {
    id: 'hosts',
    title: 'Hosts that fail, by their oldest finding',
    columns: [
      text('host'),
      text('groups'),
      text('owner'),
      ...SEVERITIES.map((severity) => countColumn(severity)),
      countColumn('waived'),
      time('failing_since', 'failing since'),
      days('failing_days', 'for'),
      time('last_asked', 'last asked'),
    ],
    rows,
    none: 'no host fails, as far as the history knows',
  };
  return { head: [], parts: [part] };
}

/** What fails first, the oldest of it first. */
function failuresFirst(a: OpenVerdict, b: OpenVerdict): number {
  return (a.failingSinceMs ?? Number.MAX_SAFE_INTEGER) - (b.failingSinceMs ?? Number.MAX_SAFE_INTEGER);
}

function nowPart(verdicts: readonly OpenVerdict[], nowMs: number): ViewPart {
  return {
    id: 'rules',
    title: 'What is known now',
    columns: [
      text('rule'),
      text('severity'),
      text('result'),
      time('since'),
      time('failing_since', 'failing since'),
      days('failing_days', 'for'),
      text('waiver'),
      text('because'),
    ],
    rows: [...verdicts]
      .sort(failuresFirst)
      .map(({ rule, severity, result, sinceMs, failingSinceMs, waiver, because }) => [
        rule,
        severity,
        result,
        inSeconds(sinceMs),
        failingSinceMs === undefined ? null : inSeconds(failingSinceMs),
        failingSinceMs === undefined ? null : daysBetweenMs(failingSinceMs, nowMs),
        waiver,
        because,
      ]),
  };
}

/** One host: what is known of it now, and how it came to that. */
export async function hostView(
  db: Kysely<Tables>,
  name: string,
  nowMs: number,
  flapping: FlappingOptions,
): Promise<View> {
  const verdicts = await openVerdicts(db, { host: name });
  const transitions = await turnsIn(db, { host: name });
  const lastMs = (await lastAskedMs(db)).get(verdicts[0]?.hostNumber ?? 0);
  const changes: ViewPart = {
    id: 'changes',
    title: 'How it came to that',
    columns: [
      time('at'),
      text('rule'),
      text('severity'),
      text('before'),
      text('result'),
      text('waiver'),
      text('because'),
    ],
    rows: transitions
      .filter(({ before, result }) => before !== undefined || result === 'fail')
      .map(({ atMs, rule, severity, before = '', result, waiver, because }) => [
        inSeconds(atMs),
        rule,
        severity,
        before,
        result,
        waiver,
        because,
      ]),
  };
  const isGone = lastMs !== undefined && lastMs < nowMs;
  const groups = verdicts[0]?.groups.join(', ') ?? '';
  return {
    head: [
      `host ${name}${groups === '' ? '' : ` (${groups})`}: last asked ${lastMs === undefined ? 'before what the history still has' : inSeconds(lastMs)}${isGone ? ', not in the newest run' : ''}`,
    ],
    parts: [nowPart(verdicts, nowMs), changes, flappingPart(transitions, nowMs, flapping)],
  };
}
