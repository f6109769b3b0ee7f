import type { VNode } from 'preact';
import type { Gate, TrendPoint } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import { formatGate, hostsAtGate } from '../status-words.js';
import { epochSeconds } from '../time.js';
import { day, many, number, Wide } from './parts.js';
import type { Survey } from './survey.js';

const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 48;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

/** A line of a picture. `undefined`: not known of that run. */
interface Line {
  readonly name: string;
  readonly word: string;
  readonly value: (point: TrendPoint) => number | undefined;
}

/** All runs are seen through one gate, this run's: a line over two gates would show the change of the gate. */
function hostLines(gate: Gate): readonly Line[] {
  const words = formatGate(gate);
  return [
    ...(words === ''
      ? []
      : [
          {
            name: 'failing',
            word: `failing (${words})`,
            value: ({ hostsByWorstFail }: TrendPoint) =>
              hostsByWorstFail === undefined ? undefined : hostsAtGate(hostsByWorstFail, gate),
          },
        ]),
    { name: 'unreachable', word: 'not reached', value: ({ unreachable }) => unreachable },
  ];
}

/** One a severity that was ever found. */
function findingLines(points: readonly TrendPoint[]): readonly Line[] {
  return SEVERITIES.filter((severity) => points.some(({ fails }) => fails[severity] > 0)).map((severity) => ({
    name: severity,
    word: severity,
    value: ({ fails }) => fails[severity],
  }));
}

/** Points that stand apart in the picture; of more, evenly chosen ones and the last. */
const MAX_POINTS = 200;
function thinned(points: readonly TrendPoint[]): readonly TrendPoint[] {
  const step = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => (points.length - 1 - index) % step === 0);
}

function place(points: readonly TrendPoint[]): (point: TrendPoint) => number {
  const times = points.map(({ at }) => epochSeconds(at) ?? 0);
  const [first = 0] = times;
  const span = Math.max(1, (times.at(-1) ?? 0) - first);
  return ({ at }) => LEFT + (((epochSeconds(at) ?? first) - first) / span) * (WIDTH - LEFT - RIGHT);
}

/** A round number at or above. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value) ?? value;
}

function known(points: readonly TrendPoint[], { value }: Line): readonly (readonly [TrendPoint, number])[] {
  return points.flatMap((point): readonly (readonly [TrendPoint, number])[] => {
    const some = value(point);
    return some === undefined ? [] : [[point, some]];
  });
}

function fromTo(points: readonly TrendPoint[], line: Line): string {
  const all = known(points, line);
  return `${line.word}: ${number(all[0]?.[1] ?? 0)} → ${number(all.at(-1)?.[1] ?? 0)}`;
}

function Picture({
  title,
  points,
  lines,
}: {
  readonly title: string;
  readonly points: readonly TrendPoint[];
  readonly lines: readonly Line[];
}): VNode | null {
  const [first] = points;
  const last = points.at(-1);
  const shown = lines.filter((line) => known(points, line).length > 0);
  if (first === undefined || last === undefined || shown.length === 0) return null;
  const x = place(points);
  const most = ceiling(
    shown.flatMap((line) => known(points, line).map(([, value]) => value)).reduce((a, b) => Math.max(a, b), 1),
  );
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  return (
    <figure>
      <Wide label={`${title} over time`}>
        <svg
          class="trend"
          width={WIDTH}
          height={HEIGHT}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`${title} from ${first.at} to ${last.at}: ${shown.map((line) => fromTo(points, line)).join(', ')}`}
        >
          {[0, most / 2, most].map((value) => (
            <g>
              <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
              <text class="name" x={LEFT - 8} y={y(value) + 4} text-anchor="end">
                {number(value)}
              </text>
            </g>
          ))}
          {shown.map((line) => (
            <polyline
              class={`line-${line.name}`}
              points={known(points, line)
                .map(([point, value]) => `${x(point).toFixed(1)},${y(value).toFixed(1)}`)
                .join(' ')}
            />
          ))}
          {shown.map((line) => {
            const [point, value] = known(points, line).at(-1) ?? [last, 0];
            return <circle class={`dot-${line.name}`} cx={x(point).toFixed(1)} cy={y(value).toFixed(1)} r="3.5" />;
          })}
          <text class="name" x={LEFT} y={HEIGHT - 6}>
            {day(first.at)}
          </text>
          <text class="name" x={WIDTH - RIGHT} y={HEIGHT - 6} text-anchor="end">
            {day(last.at)}
          </text>
        </svg>
      </Wide>
      <figcaption>
        {title}:{' '}
        {shown.map((line) => (
          <span class={`legend line-${line.name}`}>{fromTo(points, line)}</span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Hosts that fail the gate, and findings of each severity, over the runs of the history. */
export function Trend({ survey: { header, summary } }: { readonly survey: Survey }): VNode | null {
  const all = (summary.trend ?? []).filter(({ at }) => epochSeconds(at) !== undefined);
  const points = thinned(all);
  if (points.length < 2) return null;
  const older = all.filter(({ hostsByWorstFail }) => hostsByWorstFail === undefined).length;
  return (
    <section id="trend" aria-labelledby="trend-title">
      <h2 id="trend-title">History</h2>
      <p class="more">
        {many(all.length, 'run')}, each seen through the gate of this one.
        {older === 0
          ? ''
          : ` How many hosts failed it is not known of ${many(older, 'run')} of an older kernward, which counted any finding.`}
      </p>
      <Picture title="Hosts" points={points} lines={hostLines(header.gate)} />
      <Picture title="Findings" points={points} lines={findingLines(points)} />
    </section>
  );
}
