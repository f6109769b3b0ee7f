import type { VNode } from 'preact';
import type { TrendPoint } from '../../model/report.js';
import { epochSeconds } from '../time.js';
import { day, many, number, Wide } from './parts.js';
import type { Survey } from './survey.js';

const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 48;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

const LINES = ['failing', 'unreachable', 'compliant'] as const;
type LineName = (typeof LINES)[number];
const WORD = { failing: 'failing', unreachable: 'not reached', compliant: 'compliant' } as const satisfies Record<
  LineName,
  string
>;

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

/** Hosts over the runs of the history. */
export function Trend({ survey: { summary } }: { readonly survey: Survey }): VNode | null {
  const all = (summary.trend ?? []).filter(({ at }) => epochSeconds(at) !== undefined);
  const points = thinned(all);
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return null;
  const x = place(points);
  const most = ceiling(
    points.reduce((most, point) => LINES.reduce((top, line) => Math.max(top, point[line]), most), 1),
  );
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  return (
    <section id="trend" aria-labelledby="trend-title">
      <h2 id="trend-title">History</h2>
      <figure>
        <Wide label="Hosts over time">
          <svg
            class="trend"
            width={WIDTH}
            height={HEIGHT}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            role="img"
            aria-label={`Hosts from ${first.at} to ${last.at}: ${LINES.map((line) => `${WORD[line]} ${number(first[line])} to ${number(last[line])}`).join(', ')}`}
          >
            {[0, most / 2, most].map((value) => (
              <g>
                <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
                <text class="name" x={LEFT - 8} y={y(value) + 4} text-anchor="end">
                  {number(value)}
                </text>
              </g>
            ))}
            {LINES.map((line) => (
              <polyline
                class={`line-${line}`}
                points={points.map((point) => `${x(point).toFixed(1)},${y(point[line]).toFixed(1)}`).join(' ')}
              />
            ))}
            {LINES.map((line) => (
              <circle class={`dot-${line}`} cx={x(last).toFixed(1)} cy={y(last[line]).toFixed(1)} r="3.5" />
            ))}
            <text class="name" x={LEFT} y={HEIGHT - 6}>
              {day(first.at)}
            </text>
            <text class="name" x={WIDTH - RIGHT} y={HEIGHT - 6} text-anchor="end">
              {day(last.at)}
            </text>
          </svg>
        </Wide>
        <figcaption>
          {many(all.length, 'run')}.{' '}
          {LINES.map((line) => (
            <span class={`legend line-${line}`}>
              {WORD[line]}: {number(first[line])} → {number(last[line])}
            </span>
          ))}
        </figcaption>
      </figure>
    </section>
  );
}
