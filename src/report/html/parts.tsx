import type { ComponentChildren, VNode } from 'preact';
import { HOST_STATUSES, type HostStatus } from '../../model/report.js';
import { SEVERITIES, type Drift, type Result, type Severity } from '../../model/verdict.js';
import type { RuleTally, Survey } from './survey.js';

/** 10000 → `10,000`, without a locale: the same report gives the same bytes. */
export function number(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function many(value: number, noun: string, plural = `${noun}s`): string {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}

export function SeverityMark({ severity }: { readonly severity: Severity }): VNode {
  return <span class={`mark ${severity}`}>{severity}</span>;
}

export const RESULT_MARK = {
  fail: 'fail',
  error: 'error',
  unknown: 'unknown',
  pass: 'pass',
  notapplicable: 'n/a',
  notselected: 'not asked',
  informational: 'note',
} as const satisfies Record<Result, string>;
export function ResultMark({ result }: { readonly result: Result }): VNode {
  return <span class={`result ${result}`}>{RESULT_MARK[result]}</span>;
}

const DRIFT_MARK = {
  'newly-failing': 'new',
  'still-failing': 'failed before too',
  resolved: 'resolved',
  'no-longer-known': 'no longer known',
} as const satisfies Record<Drift, string>;
export function DriftMark({ drift }: { readonly drift: Drift }): VNode {
  return <span class={`tag ${drift}`}>{DRIFT_MARK[drift]}</span>;
}

/** The rule's id, as a link to what is said of it. */
export function RuleRef({ id, survey }: { readonly id: string; readonly survey: Survey }): VNode {
  const anchor = survey.byId.get(id)?.anchor;
  return anchor === undefined ? (
    <code>{id}</code>
  ) : (
    <a href={`#${anchor}`}>
      <code>{id}</code>
    </a>
  );
}

/** A reference out of a policy: a link only where it is a web address. */
export function Reference({ text }: { readonly text: string }): VNode {
  return /^https?:\/\/[^\s]+$/.test(text) ? (
    <a href={text} rel="noreferrer noopener">
      {text}
    </a>
  ) : (
    <span>{text}</span>
  );
}

/** `sysctl: a=1 | boot parameters: b`: a part a line. */
export function SettingList({ settings }: { readonly settings: string }): VNode | null {
  return settings === '' ? null : (
    <ul class="settings">
      {settings.split(' | ').map((part) => (
        <li>
          <code>{part}</code>
        </li>
      ))}
    </ul>
  );
}

/** A wide table scrolls by itself, by keyboard too. */
export function Wide({ label, children }: { readonly label: string; readonly children: ComponentChildren }): VNode {
  return (
    <div class="wide" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** A cell that says what it is where the window is too narrow for a head above it. */
export function TableCell({
  label,
  name = '',
  children,
}: {
  readonly label: string;
  /** Of its class. */
  readonly name?: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <td data-label={label} {...(name === '' ? {} : { class: name })}>
      {children}
    </td>
  );
}

export function NumberCell({ label, value }: { readonly label: string; readonly value: number }): VNode {
  return (
    <TableCell label={label} name={`number${value === 0 ? ' zero' : ''}`}>
      {number(value)}
    </TableCell>
  );
}

const NO_BREAK = '\u00a0';

/** Counts that are not zero, a word behind each: as wide as there is room. */
export function Counts({ counts }: { readonly counts: readonly (readonly [value: number, word: string])[] }): VNode {
  const some = counts.filter(([value]) => value > 0);
  return (
    <>
      {some.length === 0 ? <span class="zero">none</span> : null}
      {some.map(([value, word], index) => (
        <>
          {index === 0 ? '' : ', '}
          <span class="number">
            {number(value)}
            {NO_BREAK}
            {word}
          </span>
        </>
      ))}
    </>
  );
}

export interface Share {
  readonly name: string;
  readonly value: number;
}

/** Shares of a whole, side by side. Its label says the same in words; it is empty where words beside it do. */
export function Bar({
  shares,
  label,
  whole,
}: {
  readonly shares: readonly Share[];
  readonly label: string;
  readonly whole: number;
}): VNode {
  const starts = shares.map((_, index) => shares.slice(0, index).reduce((sum, { value }) => sum + value, 0));
  const scaled = (value: number): string => (whole === 0 ? '0' : ((value / whole) * 100).toFixed(2));
  return (
    <svg
      class="bar"
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      {...(label === '' ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label })}
    >
      <rect class="ground" x="0" y="0" width="100" height="10" />
      {shares.map(({ name, value }, index) =>
        value === 0 ? null : (
          <rect class={`fill-${name}`} x={scaled(starts[index] ?? 0)} y="0" width={scaled(value)} height="10" />
        ),
      )}
    </svg>
  );
}

export function statusShares(statuses: Readonly<Record<HostStatus, number>>): readonly Share[] {
  return HOST_STATUSES.map((status) => ({ name: status, value: statuses[status] }));
}
export function severityShares(fails: Readonly<Record<Severity, number>>): readonly Share[] {
  return SEVERITIES.map((severity) => ({ name: severity, value: fails[severity] }));
}

export function inWords(shares: readonly Share[]): string {
  return (
    shares
      .filter(({ value }) => value > 0)
      .map(({ name, value }) => `${number(value)} ${name}`)
      .join(', ') || 'none'
  );
}

const TIME = /^(\d{4}-\d{2}-\d{2})T/;

/** Whether `day` makes a day of it. */
export function isDated(text: string): boolean {
  return TIME.test(text);
}

/** `2026-11-01T02:00:00Z` as a day; a text that is no time stays as it is. */
export function day(text: string): string {
  return TIME.exec(text)?.[1] ?? text;
}

/** What a rule asks to be done. */
export function ToDo({ rule: { rule } }: { readonly rule: RuleTally }): VNode | null {
  return rule.remediation === '' && rule.settings === '' ? null : (
    <div class="todo">
      <p>
        <b>To do:</b> {rule.remediation}
      </p>
      <SettingList settings={rule.settings} />
    </div>
  );
}
