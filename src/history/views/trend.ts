import type { Kysely } from 'kysely';
import { SEVERITIES } from '../../model/verdict.js';
import { count as plural } from '../../text/count.js';
import { suggest } from '../../text/suggest.js';
import type { Tables } from '../database/tables.js';
import { weeksPart } from './figures.js';
import { sparkline, type Strokes } from './bar-chart.js';
import { ofFleet, ofGroup, ofRule, type Point } from './points.js';
import { EMPTY_HISTORY, newestMs, type Run, runsIn } from './runs.js';
import { turnsIn } from './transitions.js';
import { formatGate } from '../../report/status-words.js';
import { bar, countColumn, percentColumn, text, time, type View, type ViewColumn, type ViewPart } from './view.js';

export interface TrendOptions {
  readonly group?: string | undefined;
  readonly rule?: string | undefined;
  readonly sinceMs?: number | undefined;
  /**
   * Runs of this `--limit`; without it runs of the whole inventory, or, where there are none, of the newest run's
   * limit.
   */
  readonly limit?: string | undefined;
  /** Only the newest so many of them. */
  readonly last: number;
  readonly strokes: Strokes;
}

export type Viewed = { readonly ok: true; readonly view: View } | { readonly ok: false; readonly why: string };

/** Runs that stand on one line: of one inventory, asked for the same hosts, not interrupted. */
function comparable(runs: readonly Run[], { limit, last }: TrendOptions): readonly Run[] {
  const whole = runs.filter(({ interrupted }) => interrupted === 0);
  const wanted =
    limit ?? (whole.some(({ host_limit }) => host_limit === null) ? null : (whole.at(-1)?.host_limit ?? null));
  const ofLimit = whole.filter(({ host_limit }) => host_limit === wanted);
  return ofLimit.filter(({ inventory }) => inventory === ofLimit.at(-1)?.inventory).slice(-last);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 1000) / whole) / 10;
}

const COLUMNS: readonly ViewColumn[] = [
  time('started'),
  text('run'),
  countColumn('hosts'),
  countColumn('compliant'),
  percentColumn('compliant_percent', ''),
  countColumn('failing'),
  percentColumn('failing_percent', 'share'),
  bar('picture', 'failing hosts'),
  countColumn('unreachable'),
  ...SEVERITIES.map((severity) => countColumn(severity, severity === 'info' ? '' : severity)),
];

function rowOf({ run, at, hosts, compliant, failing, unreachable, fails }: Point) {
  return [
    at,
    run,
    hosts,
    compliant,
    compliant === null ? null : share(compliant, hosts),
    failing,
    failing === null ? null : share(failing, hosts),
    failing,
    unreachable,
    ...SEVERITIES.map((severity) => fails?.[severity] ?? null),
  ];
}

/** The line of the gate, those of its hosts, and one a severity that was ever found. */
function lines(points: readonly Point[], gate: string, strokes: Strokes): readonly string[] {
  const line = (title: string, values: readonly (number | null)[]): string =>
    `${title.padEnd(24)} ${sparkline(values, strokes)}  ${values[0] ?? '?'} then, ${values.at(-1) ?? '?'} now`;
  const some = points.some(({ fails }) => fails !== undefined);
  return [
    line(
      gate,
      points.map(({ failing }) => failing),
    ),
    ...(some
      ? [
          line(
            'compliant hosts',
            points.map(({ compliant }) => compliant),
          ),
          line(
            'not reached',
            points.map(({ unreachable }) => unreachable),
          ),
          ...SEVERITIES.filter((severity) => points.some(({ fails }) => (fails?.[severity] ?? 0) > 0)).map((severity) =>
            line(
              `${severity} findings`,
              points.map(({ fails }) => fails?.[severity] ?? null),
            ),
          ),
        ]
      : []),
  ];
}

function runsPart(points: readonly Point[]): ViewPart {
  return {
    id: 'runs',
    title: 'Run by run',
    columns: COLUMNS,
    rows: points.map(rowOf),
    none: 'no run of the history is on this line',
  };
}

function titleOf(points: readonly Point[], runs: readonly Run[], { group, rule }: TrendOptions): string {
  const limit = runs.at(-1)?.host_limit;
  const what = [
    rule === undefined ? '' : `rule ${rule}`,
    group === undefined ? '' : `group ${group}`,
    limit === null || limit === undefined ? '' : `limit ${limit}`,
  ].filter((part) => part !== '');
  return `${what.length === 0 ? 'the whole inventory' : what.join(', ')}: ${plural(points.length, 'run')}, ${points[0]?.at ?? ''} to ${points.at(-1)?.at ?? ''}`;
}

function near(what: string, name: string, known: readonly string[]): string {
  const like = suggest(name, known);
  return `the history has no ${what} ${JSON.stringify(name)}${like === undefined ? (what === 'rule' ? '; kernward history rule has them all' : '') : `; did you mean ${like}?`}`;
}

async function hostsIn(db: Kysely<Tables>, group: string): Promise<ReadonlySet<number>> {
  const hosts = await db.selectFrom('hosts').select(['host', 'member_of']).execute();
  const isIn = (member_of: string): boolean => {
    const groups: readonly string[] = JSON.parse(member_of);
    return groups.includes(group);
  };
  return new Set(hosts.flatMap(({ host, member_of }) => (isIn(member_of) ? [host] : [])));
}

/** How the fleet, a group or a rule got on, run by run and week by week. */
export async function trendView(db: Kysely<Tables>, options: TrendOptions): Promise<Viewed> {
  const runs = comparable(await runsIn(db, options.sinceMs), options);
  const nowMs = await newestMs(db);
  if (nowMs === undefined) return { ok: true, view: { head: [EMPTY_HISTORY], parts: [runsPart([])] } };
  const { group, rule } = options;
  // One gate for all points, the newest run's: a line over two gates would show the change of the gate.
  const gate = { failOn: runs.at(-1)?.fail_on ?? 'info' };
  let points = ofFleet(runs, gate);
  if (rule !== undefined) {
    const rules = await db.selectFrom('rules').select(['rule', 'id']).execute();
    const found = rules.find(({ id }) => id === rule);
    if (found === undefined)
      return {
        ok: false,
        why: near(
          'rule',
          rule,
          rules.map(({ id }) => id),
        ),
      };
    points = await ofRule(db, runs, found, group === undefined ? undefined : await hostsIn(db, group));
  } else if (group !== undefined) {
    const ofThat = await ofGroup(db, runs, group, gate);
    if (ofThat.points.length === 0) return { ok: false, why: near('group', group, ofThat.known) };
    points = ofThat.points;
  }
  const transitions = await turnsIn(db, {
    group,
    rule,
    fromMs: options.sinceMs ?? Number(runs[0]?.started_ms ?? 0),
    onlyTurns: true,
  });
  const line = rule === undefined ? `fail at ${formatGate(gate) || 'no gate'}` : 'fail the rule';
  const head = points.length === 0 ? [] : [titleOf(points, runs, options), '', ...lines(points, line, options.strokes)];
  const unknown = points.filter(({ failing }) => failing === null).length;
  if (unknown > 0)
    head.push(
      `how many hosts failed this gate is not known of ${plural(unknown, 'run')} of an older kernward, which counted any finding: the reports tell, added to a new history`,
    );
  return { ok: true, view: { head, parts: [runsPart(points), weeksPart(transitions, nowMs)] } };
}
