import type { Summary } from '../../model/report.js';
import { RESULTS, SEVERITIES } from '../../model/verdict.js';
import type { GridColumn } from '../../render/table.js';
import { count } from '../../text/count.js';
import { collectedAt, leftOutText } from '../phrases.js';
import { driftCounts, formatGone, formatSince, waiverCounts, waiversToSee } from '../drift-and-waivers.js';
import { beside, cell, heading, paragraph, table, type Page } from './page.js';

const MAX_WAIVERS = 50;

/** Waivers that somebody has to look at. */
export function waivers(page: Page): string {
  const all = waiversToSee(page.report.summary);
  if (all.length === 0) return '';
  const head: GridColumn[] = [
    { title: 'waiver', widest: 24 },
    { title: 'state', widest: 13 },
    { title: 'expires', widest: 20 },
    { title: 'rule', widest: 34 },
    { title: 'hosts', widest: 24 },
    { title: 'names', widest: 7, align: 'right' },
    { title: 'owner', widest: 24 },
  ];
  const rows = all
    .slice(0, MAX_WAIVERS)
    .map(({ id, state, expires, rule, hosts, matches, owner }) => [
      cell(id),
      { text: state, colour: 'yellow' as const },
      cell(expires),
      cell(rule),
      cell(hosts),
      cell(matches),
      cell(owner ?? ''),
    ]);
  const left = all.length - rows.length;
  return `${heading(page, `Waivers to look at: ${all.length}`)}${table(page, head, rows)}${left > 0 ? `… and ${count(left, 'more waiver')}: -o json writes all of them\n` : ''}`;
}

function inWords<Key extends string>(keys: readonly Key[], counts: Readonly<Record<Key, number>>): string {
  return (
    keys
      .filter((key) => counts[key] > 0)
      .map((key) => `${counts[key]} ${key}`)
      .join(', ') || 'none'
  );
}

function beforeWaivers({ fails, waivedFails }: Summary): Summary['fails'] {
  return {
    critical: fails.critical + (waivedFails?.critical ?? 0),
    high: fails.high + (waivedFails?.high ?? 0),
    medium: fails.medium + (waivedFails?.medium ?? 0),
    low: fails.low + (waivedFails?.low ?? 0),
    info: fails.info + (waivedFails?.info ?? 0),
  };
}

function asked(page: Page): string {
  const { header, summary } = page.report;
  const limit = header.limit === undefined ? '' : `, limit ${header.limit}`;
  const profile = header.profileOverride === undefined ? '' : `, profile ${header.profileOverride} for all`;
  const merged =
    header.rerun === undefined
      ? ''
      : `; ${count(header.rerun.asked, 'host')} (${header.rerun.which.join(', ')}) asked again, the others as of ${header.rerun.runs.map(({ startedAt }) => startedAt).join(' and ')}${leftOutText(header)}`;
  const collected = collectedAt(header) === undefined ? '' : `; collected ${collectedAt(header)}`;
  const asked = `${count(summary.hosts, 'host')} of ${header.inventory.join(', ')}${limit}, ${count(header.rules.length, 'rule')}${profile}`;
  return `kernward ${header.kernward}: ${asked}; started ${header.startedAt}, took ${(summary.tookMs / 1000).toFixed(1)} s${collected}${merged}`;
}

/** What the counts of the first screen do not say: results, changes, waivers, and how the run was made. */
export function theRun(page: Page): string {
  const { header, summary } = page.report;
  return [
    heading(page, 'The run'),
    beside(page, 'results', undefined, inWords(RESULTS, summary.results)),
    summary.waived === 0
      ? ''
      : beside(page, 'fails', undefined, `before waivers ${inWords(SEVERITIES, beforeWaivers(summary))}`),
    driftCounts(summary) === ''
      ? ''
      : beside(page, 'since', undefined, `${header.baseline?.startedAt ?? ''}: ${formatSince(header, summary)}`),
    formatGone(header) === '' ? '' : beside(page, 'gone', undefined, formatGone(header)),
    waiverCounts(summary) === '' ? '' : beside(page, 'waivers', undefined, waiverCounts(summary)),
    paragraph(page, asked(page)),
  ].join('');
}
