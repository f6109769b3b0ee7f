import { HOST_STATUSES, type GroupSummary, type HostStatus } from '../../model/report.js';
import { SEVERITY_COLOUR } from '../../render/colour.js';
import type { GridColumn } from '../../render/table.js';
import { count } from '../../text/count.js';
import {
  formatImpact,
  groupFindings,
  largestWhole,
  openSets,
  formatSet,
  formatTrigger,
  withoutGroup,
  worstImpacts,
} from '../blast-radius.js';
import { beside, cell, heading, paragraph, table, type Page } from './page.js';

const MAX_GROUPS = 50;
const MAX_FALLS = 8;

const TITLE = {
  failing: 'failing',
  undecided: 'undecided',
  unchecked: 'unchecked',
  unreachable: 'not reached',
  lesser: 'lesser',
  clean: 'clean',
} as const satisfies Record<HostStatus, string>;

function isClean({ hosts, statuses }: GroupSummary): boolean {
  return statuses.clean === hosts;
}

/** Groups that are not clean, by status. A status that none of them has is no column. */
export function groups(page: Page): string {
  const { groups: all } = page.report.summary;
  if (all.length === 0) return '';
  const troubled = all.filter((group) => !isClean(group));
  const shown = troubled.slice(0, MAX_GROUPS);
  const statuses = HOST_STATUSES.filter((status) => shown.some((group) => group.statuses[status] > 0));
  const head: GridColumn[] = [
    { title: 'group', widest: 30, narrowest: 8 },
    { title: 'hosts', widest: 7, align: 'right' },
    ...statuses.map((status): GridColumn => ({ title: TITLE[status], widest: 7, align: 'right' })),
  ];
  const rows = shown.map(({ group, hosts, statuses: counts }) => [
    cell(group),
    cell(hosts),
    ...statuses.map((status) => cell(counts[status])),
  ]);
  const quiet = all.length - troubled.length;
  if (rows.length === 0) return '';
  return [
    heading(page, 'Groups'),
    table(page, head, rows),
    troubled.length > shown.length
      ? `… and ${count(troubled.length - shown.length, 'more group')}: -o json writes all of them\n`
      : '',
    quiet === 0 ? '' : `every host is clean in ${count(quiet, 'other group')}\n`,
  ].join('');
}

/** Rules over groups that fail or are undecided. */
export function groupRules(page: Page): string {
  const { header, summary } = page.report;
  const findings = groupFindings(summary);
  const rows = findings.slice(0, MAX_GROUPS).map((each) => {
    const open = each.result === 'fail' ? '' : ` (${each.result})`;
    return beside(
      page,
      each.severity,
      SEVERITY_COLOUR[each.severity],
      `${each.rule}${open}: ${formatSet(each)}: ${each.because}`,
    );
  });
  const left = findings.length - rows.length;
  return [
    rows.length === 0
      ? ''
      : `${heading(page, `Rules over groups: ${count(findings.length, 'result')} to look at`)}${rows.join('')}`,
    left > 0 ? `… and ${count(left, 'more result')}: -o csv-groups writes all of them\n` : '',
    ...withoutGroup(header, summary).map((line) => paragraph(page, line)),
  ].join('');
}

/** How much of a group goes down at once. */
export function blastRadius(page: Page): string {
  const { blast: sets = [] } = page.report.summary;
  const falls = worstImpacts(sets);
  const notKnown = openSets(sets).length;
  if (falls.length === 0 && notKnown === 0) return '';
  const head: GridColumn[] = [
    { title: 'group', widest: 40, narrowest: 8 },
    { title: 'on', widest: 14 },
    { title: 'go down', widest: 40 },
    { title: 'reboot', widest: 7, align: 'right' },
    { title: 'freeze', widest: 7, align: 'right' },
  ];
  const rows = falls
    .slice(0, MAX_FALLS)
    .map((fall) => [
      cell(formatSet(fall.set)),
      cell(formatTrigger(fall.exposure.trigger)),
      cell(formatImpact(fall)),
      cell(fall.exposure.reboots),
      cell(fall.exposure.freezes),
    ]);
  const whole = largestWhole(sets);
  const left = falls.length - rows.length;
  return [
    heading(page, 'Blast radius: hosts that go down when the same thing happens to all of them'),
    rows.length === 0 ? '' : table(page, head, rows),
    left > 0 ? `… and ${count(left, 'more group')}: kernward blast, or -o csv-groups, shows all of them\n` : '',
    notKnown === 0
      ? ''
      : paragraph(
          page,
          `nothing is known to go down in ${count(notKnown, rows.length === 0 ? 'group' : 'other group')}, and hosts there were not reached or are undecided`,
        ),
    whole === undefined
      ? ''
      : paragraph(
          page,
          `the largest group that can go down as a whole: ${formatSet(whole.set)} (${count(whole.set.hosts, 'host')}), on ${formatTrigger(whole.exposure.trigger)}`,
        ),
  ].join('');
}
