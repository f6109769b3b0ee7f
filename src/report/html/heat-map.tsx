import type { VNode } from 'preact';
import { many, RuleRef, Wide } from './parts.js';
import type { RuleTally, Survey } from './survey.js';

/** Cells that an eye can take in; the tables have the rest. */
const MAX_GROUPS = 30;
const MAX_RULES = 25;

const CELL = 22;
/** The width of a character of a name in pixels, roughly. */
const CHARACTER = 7.2;
const TOP = 24;
const LEVELS = 5;

interface Row {
  readonly name: string;
  readonly hosts: number;
  readonly fails: (rule: RuleTally) => number;
}

/** 0 for none, 1 to 5 by share: one host of a thousand is seen. */
function level(share: number): number {
  return Math.ceil(share * LEVELS);
}

function short(name: string): string {
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}

function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? '<1' : Math.round(share * 100)} %`;
}

function Cells({
  row,
  x,
  y,
  rules,
}: {
  readonly row: Row;
  readonly x: number;
  readonly y: number;
  readonly rules: readonly RuleTally[];
}): VNode {
  return (
    <g>
      <text class="name" x={x - 8} y={y + 15} text-anchor="end">
        {short(row.name)}
      </text>
      {rules.map((rule, column) => {
        const share = row.hosts === 0 ? 0 : row.fails(rule) / row.hosts;
        return (
          <rect class={`heat-${level(share)}`} x={x + column * CELL} y={y} width={CELL - 2} height={CELL - 2} rx="3">
            <title>{`${row.name}, ${rule.rule.id}: ${row.fails(rule)} of ${many(row.hosts, 'host')} (${percent(share)})`}</title>
          </rect>
        );
      })}
    </g>
  );
}

/** Groups by rules: how large a share of a group fails a rule. */
export function HeatMap({ survey }: { readonly survey: Survey }): VNode | null {
  const failing = survey.rules.filter(({ fails }) => fails > 0);
  const rules = failing.slice(0, MAX_RULES);
  const groups = survey.groups.filter(({ name }) => name !== '');
  const worst = groups
    .toSorted(
      (a, b) =>
        b.statuses.failing / b.hosts - a.statuses.failing / a.hosts || b.hosts - a.hosts || (a.name < b.name ? -1 : 1),
    )
    .slice(0, MAX_GROUPS);
  if (rules.length === 0 || worst.length === 0) return null;
  const rows: readonly Row[] = [
    { name: 'all', hosts: survey.summary.hosts, fails: ({ fails }) => fails },
    ...worst.map(({ name, hosts }) => ({
      name,
      hosts,
      fails: ({ groups: counts }: RuleTally) => counts.get(name) ?? 0,
    })),
  ];
  const x = Math.ceil(rows.reduce((most, { name }) => Math.max(most, short(name).length), 0) * CHARACTER) + 8;
  const width = x + rules.length * CELL + 4;
  const height = TOP + rows.length * CELL + 4;
  const left = [
    groups.length > worst.length ? many(groups.length - worst.length, 'more group') : '',
    failing.length > rules.length ? many(failing.length - rules.length, 'more failing rule') : '',
  ].filter((text) => text !== '');
  return (
    <figure class="heat">
      <figcaption>
        Share of each group that fails a rule: darker is more.{' '}
        {left.length === 0 ? '' : `Not shown: ${left.join(', ')}.`}
      </figcaption>
      <Wide label="Groups by rules">
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`Share of hosts that fail, ${many(worst.length, 'group')} by ${many(rules.length, 'rule')}; the tables of groups and rules have the numbers`}
        >
          {rules.map((_, column) => (
            <text class="name" x={x + column * CELL + CELL / 2 - 1} y={TOP - 8} text-anchor="middle">
              {column + 1}
            </text>
          ))}
          {rows.map((row, index) => (
            <Cells row={row} x={x} y={TOP + index * CELL} rules={rules} />
          ))}
        </svg>
      </Wide>
      <ol class="key">
        {rules.map(({ rule }) => (
          <li>
            <RuleRef id={rule.id} survey={survey} />
          </li>
        ))}
      </ol>
    </figure>
  );
}
