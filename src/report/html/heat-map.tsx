import type { VNode } from 'preact';
import { isAtGate, SEVERITIES, type Severity } from '../../model/verdict.js';
import { formatGate } from '../status-words.js';
import { many, RuleRef, Wide } from './parts.js';
import type { RuleTally, Survey } from './survey.js';

/** Cells that an eye can take in; the tables have the rest. */
const MAX_GROUPS = 30;
const MAX_RULES = 25;

const CELL = 22;
/** The width of a character of a name in pixels, roughly. */
const CHARACTER = 7.2;
/** The band with the severity, above the names of the rules. */
const BAND = 18;
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

function widest(names: readonly string[]): number {
  return Math.ceil(names.reduce((most, name) => Math.max(most, short(name).length), 0) * CHARACTER);
}

interface Run {
  readonly severity: Severity;
  readonly from: number;
  readonly rules: number;
}

/** Rules come by severity: those of one stand side by side. */
function runsOf(rules: readonly RuleTally[]): readonly Run[] {
  return SEVERITIES.flatMap((severity) => {
    const from = rules.findIndex(({ rule }) => rule.severity === severity);
    return from < 0 ? [] : [{ severity, from, rules: rules.filter(({ rule }) => rule.severity === severity).length }];
  });
}

/** Above each column its severity and its rule: the word where there is room for it, otherwise its first letter. */
function Head({
  rules,
  x,
  top,
}: {
  readonly rules: readonly RuleTally[];
  readonly x: number;
  readonly top: number;
}): VNode {
  return (
    <g>
      {runsOf(rules).map(({ severity, from, rules: many }) => {
        const width = many * CELL - 2;
        return (
          <g>
            <rect class={`fill-${severity}`} x={x + from * CELL} y="0" width={width} height={BAND - 3} rx="3">
              <title>{severity}</title>
            </rect>
            <text class="on" x={x + from * CELL + width / 2} y={BAND - 7} text-anchor="middle">
              {severity.length * CHARACTER < width ? severity : severity.slice(0, 1).toUpperCase()}
            </text>
          </g>
        );
      })}
      {rules.map(({ rule }, column) => {
        const left = x + column * CELL + CELL / 2 + 3;
        return (
          <text class="name" x={left} y={top - 6} transform={`rotate(-90 ${left} ${top - 6})`}>
            {short(rule.id)}
          </text>
        );
      })}
    </g>
  );
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
  const x = widest(rows.map(({ name }) => name)) + 8;
  const top = BAND + widest(rules.map(({ rule }) => rule.id)) + 10;
  const width = x + rules.length * CELL + 4;
  const height = top + rows.length * CELL + 4;
  const gate = formatGate(survey.header.gate);
  const gated = rules.filter(({ rule }) => isAtGate(survey.header.gate.failOn, rule.severity)).length;
  const left = [
    groups.length > worst.length ? many(groups.length - worst.length, 'more group') : '',
    failing.length > rules.length ? many(failing.length - rules.length, 'more failing rule') : '',
  ].filter((text) => text !== '');
  return (
    <figure class="heat">
      <figcaption>
        Share of each group that fails a rule: darker is more.{' '}
        {gate === '' || gated === 0 || gated === rules.length
          ? ''
          : `Left of the line a fail counts at the gate (${gate}). `}
        {left.length === 0 ? '' : `Not shown: ${left.join(', ')}.`}
      </figcaption>
      <Wide label="Groups by rules">
        <svg
          class="map"
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`Share of hosts that fail, ${many(worst.length, 'group')} by ${many(rules.length, 'rule')}; the tables of groups and rules have the numbers`}
        >
          <Head rules={rules} x={x} top={top} />
          {gated === 0 || gated === rules.length ? null : (
            <rect class="gate" x={x + gated * CELL - 2} y="0" width="2" height={height} />
          )}
          {rows.map((row, index) => (
            <Cells row={row} x={x} y={top + index * CELL} rules={rules} />
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
