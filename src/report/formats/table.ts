import type { Format, GroupSummary, Report, Summary } from '../../model/report.js';
import { HOST_STATUSES } from '../../model/report.js';
import { RESULTS, SEVERITIES } from '../../model/verdict.js';
import type { Severity } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { collectAttention, formatCollectors } from '../attention.js';
import type { Attention, AttentionList, ProblemRow } from '../attention.js';
import { SEVERITY_COLOUR, painter } from '../../render/colour.js';
import type { Colour, Paint } from '../../render/colour.js';
import { grid } from '../../render/table.js';
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
import type { GridCell, GridColumn } from '../../render/table.js';
import { formatGate, formatStatuses, STATUS_WORDS } from '../status-words.js';
import { driftCounts, formatGone, formatSince, waiverCounts, waiversToSee } from '../drift-and-waivers.js';
import { wrap } from '../../render/wrap.js';

const MIN_COLUMNS = 60;
const MAX_COLUMNS = 200;
const MAX_RULES = 20;
const MAX_GROUPS = 50;
const MAX_WAIVERS = 50;
const MAX_FALLS = 8;

interface Page {
  readonly report: Report;
  readonly attention: Attention;
  readonly columns: number;
  readonly paint: Paint;
}

const EXIT_COLOUR: Readonly<Record<number, Colour>> = { 0: 'green', 3: 'yellow' };

function severityCell(severity: Severity | undefined): GridCell {
  return severity === undefined ? { text: '' } : { text: severity, colour: SEVERITY_COLOUR[severity] };
}

function cell(text: string | number): GridCell {
  return { text: String(text) };
}

function paragraph({ columns }: Page, text: string): string {
  return `${wrap(clean(text), columns).join('\n')}\n`;
}

function heading({ columns, paint }: Page, text: string): string {
  const lines = wrap(clean(text), columns).map((line) => paint(line, 'bold'));
  return `\n${lines.join('\n')}\n`;
}

function table({ columns, paint }: Page, head: readonly GridColumn[], rows: readonly (readonly GridCell[])[]): string {
  return grid(head, rows, columns, paint);
}

function more(section: AttentionList<unknown>, what: string): string {
  return section.total > section.rows.length
    ? `… and ${section.total - section.rows.length} more ${what}: -o csv writes all of them\n`
    : '';
}

function title(page: Page): string {
  const { header, summary } = page.report;
  const limit = header.limit === undefined ? '' : `, limit ${header.limit}`;
  const profile = header.profileOverride === undefined ? '' : `, profile ${header.profileOverride} for all`;
  const merged =
    header.rerun === undefined
      ? ''
      : `; ${count(header.rerun.asked, 'host')} (${header.rerun.which.join(', ')}) asked again, the others as of ${header.rerun.runs.map(({ startedAt }) => startedAt).join(' and ')}`;
  const asked = `${count(summary.hosts, 'host')} of ${header.inventory.join(', ')}${limit}, ${count(header.rules.length, 'rule')}${profile}`;
  return paragraph(
    page,
    `kernward ${header.kernward}: ${asked}; started ${header.startedAt}, took ${(summary.tookMs / 1000).toFixed(1)} s${merged}`,
  );
}

function rules(page: Page): string {
  const { rules: counts } = page.attention;
  if (counts.length === 0) return '';
  const byId = new Map(page.report.header.rules.map((rule) => [rule.id, rule]));
  const head: GridColumn[] = [
    { title: 'severity', widest: 8 },
    { title: 'rule', widest: 34 },
    { title: 'fails', widest: 7, align: 'right' },
    { title: 'undecided', widest: 9, align: 'right' },
    { title: 'what to do', widest: 'rest' },
  ];
  const rows = counts
    .slice(0, MAX_RULES)
    .map(({ rule, severity, failing, undecided }) => [
      severityCell(severity),
      cell(rule),
      cell(failing),
      cell(undecided),
      cell(byId.get(rule)?.remediation ?? ''),
    ]);
  const left = counts.length - rows.length;
  return `${heading(page, 'Rules, by hosts that fail them')}${table(page, head, rows)}${left > 0 ? `… and ${count(left, 'more rule')}: -o csv writes all of them\n` : ''}`;
}

function unreachable(page: Page): string {
  const { unreachable: section, reasons } = page.attention;
  if (section.total === 0) return '';
  const head: GridColumn[] = [
    { title: 'host', widest: 40 },
    { title: 'address', widest: 28 },
    { title: 'reason', widest: 24 },
    { title: 'detail', widest: 'rest' },
  ];
  const rows = section.rows.map(({ host, address, code, detail }) => [
    cell(host),
    cell(address),
    { text: code, colour: 'yellow' as const },
    cell(detail),
  ]);
  const why = reasons.map(([code, hosts]) => `${hosts} ${code}`).join(', ');
  return `${heading(page, `Not reached: ${count(section.hosts, 'host')} (${why})`)}${table(page, head, rows)}${more(section, 'hosts that were not reached')}`;
}

function fails(page: Page, section: AttentionList<ProblemRow>, title: string): string {
  if (section.total === 0) return '';
  const head: GridColumn[] = [
    { title: 'host', widest: 40 },
    { title: 'severity', widest: 8 },
    { title: 'rule', widest: 34 },
    { title: 'because', widest: 'rest' },
  ];
  const rows = section.rows.map(({ host, severity, rule, because }) => [
    cell(host),
    severityCell(severity),
    cell(rule),
    cell(because),
  ]);
  return `${heading(page, title)}${table(page, head, rows)}${more(section, 'fails')}`;
}

function undecided(page: Page): string {
  const { undecided: section } = page.attention;
  if (section.total === 0) return '';
  const head: GridColumn[] = [
    { title: 'host', widest: 40 },
    { title: 'severity', widest: 8 },
    { title: 'rule', widest: 34 },
    { title: 'result', widest: 9 },
    { title: 'because', widest: 'rest' },
  ];
  const rows = section.rows.map(({ host, severity, rule, result, because }) => [
    cell(host),
    severityCell(severity),
    cell(rule),
    cell(result),
    cell(because),
  ]);
  return `${heading(page, `Undecided: ${count(section.total, 'result')}`)}${table(page, head, rows)}${more(section, 'undecided results')}`;
}

function inWords<Key extends string>(keys: readonly Key[], counts: Readonly<Record<Key, number>>): string {
  return (
    keys
      .filter((key) => counts[key] > 0)
      .map((key) => `${counts[key]} ${key}`)
      .join(', ') || 'none'
  );
}

function waivers(page: Page): string {
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

function beforeWaivers({ fails, waivedFails }: Summary): Summary['fails'] {
  return {
    critical: fails.critical + (waivedFails?.critical ?? 0),
    high: fails.high + (waivedFails?.high ?? 0),
    medium: fails.medium + (waivedFails?.medium ?? 0),
    low: fails.low + (waivedFails?.low ?? 0),
    info: fails.info + (waivedFails?.info ?? 0),
  };
}

function totals(page: Page): string {
  const { header, summary } = page.report;
  const collectors = formatCollectors(page.attention);
  const waived = summary.waived === 0 ? '' : ` (${summary.waived} waived)`;
  return [
    heading(page, 'Summary'),
    paragraph(page, `hosts    ${summary.hosts}: ${formatStatuses(summary.statuses, header.gate)}`),
    paragraph(page, `results  ${inWords(RESULTS, summary.results)}${waived}`),
    paragraph(
      page,
      `fails    ${inWords(SEVERITIES, summary.fails)}${summary.waived === 0 ? '' : ` unwaived; before waivers ${inWords(SEVERITIES, beforeWaivers(summary))}`}`,
    ),
    ...(driftCounts(summary) === ''
      ? []
      : [paragraph(page, `since    ${header.baseline?.startedAt ?? ''}: ${formatSince(header, summary)}`)]),
    ...(formatGone(header) === '' ? [] : [paragraph(page, `gone     ${formatGone(header)}`)]),
    ...(waiverCounts(summary) === '' ? [] : [paragraph(page, `waivers  ${waiverCounts(summary)}`)]),
    collectors === '' ? '' : paragraph(page, collectors),
  ].join('');
}

function isCompliant({ hosts, statuses }: GroupSummary): boolean {
  return statuses.clean === hosts;
}

function groups(page: Page, { groups: all }: Summary): string {
  if (all.length === 0) return '';
  const troubled = all.filter((group) => !isCompliant(group));
  const shown = troubled.slice(0, MAX_GROUPS);
  const head: GridColumn[] = [
    { title: 'group', widest: 30, narrowest: 8 },
    { title: 'hosts', widest: 7, align: 'right' },
    ...HOST_STATUSES.map((status): GridColumn => ({ title: STATUS_WORDS[status], widest: 7, align: 'right' })),
  ];
  const rows = shown.map(({ group, hosts, statuses }) => [
    cell(group),
    cell(hosts),
    ...HOST_STATUSES.map((status) => cell(statuses[status])),
  ]);
  const quiet = all.length - troubled.length;
  return [
    rows.length === 0 ? '' : `\n${table(page, head, rows)}`,
    troubled.length > shown.length
      ? `… and ${count(troubled.length - shown.length, 'more group')}: -o json writes all of them\n`
      : '',
    quiet === 0 ? '' : `every host is clean in ${count(quiet, rows.length === 0 ? 'group' : 'other group')}\n`,
  ].join('');
}

function groupRules(page: Page): string {
  const { header, summary } = page.report;
  const findings = groupFindings(summary);
  const head: GridColumn[] = [
    { title: 'group', widest: 30, narrowest: 8 },
    { title: 'severity', widest: 8 },
    { title: 'rule', widest: 34 },
    { title: 'result', widest: 9 },
    { title: 'because', widest: 'rest' },
  ];
  const rows = findings
    .slice(0, MAX_GROUPS)
    .map((each) => [
      cell(formatSet(each)),
      severityCell(each.severity),
      cell(each.rule),
      cell(each.result),
      cell(each.because),
    ]);
  const left = findings.length - rows.length;
  return [
    rows.length === 0
      ? ''
      : `${heading(page, `Rules over groups: ${count(findings.length, 'result')} to look at`)}${table(page, head, rows)}`,
    left > 0 ? `… and ${count(left, 'more result')}: -o csv-groups writes all of them\n` : '',
    ...withoutGroup(header, summary).map((line) => paragraph(page, line)),
  ].join('');
}

function blast(page: Page, { blast: sets = [] }: Summary): string {
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

function verdict(page: Page): string {
  const { exitCode, verdict: sentence } = page.report.summary;
  const colour = EXIT_COLOUR[exitCode] ?? 'red';
  const lines = wrap(clean(`exit ${exitCode}: ${sentence}`), page.columns);
  return `\n${lines.map((line) => page.paint(line, colour)).join('\n')}\n`;
}

/** For people at a terminal: what needs attention, the worst first, then the summary, and last the verdict. */
export const tableFormat: Format = {
  id: 'table',
  title: 'what needs attention, for people',
  extension: '.txt',
  *render(report, options) {
    const columns = Math.min(Math.max(options.columns, MIN_COLUMNS), MAX_COLUMNS);
    const page: Page = {
      report,
      attention: collectAttention(report.hosts, report.header.gate),
      columns,
      paint: painter(options.colour),
    };
    yield title(page);
    yield rules(page);
    yield unreachable(page);
    const { failing, lesser } = page.attention;
    yield fails(
      page,
      failing,
      `Failing the gate (${formatGate(report.header.gate)}): ${count(failing.hosts, 'host')}, ${count(failing.total, 'fail')}`,
    );
    yield fails(page, lesser, `Lesser findings, which do not fail the gate: ${count(lesser.total, 'fail')}`);
    yield undecided(page);
    yield waivers(page);
    yield totals(page);
    yield groups(page, report.summary);
    yield blast(page, report.summary);
    yield groupRules(page);
    yield verdict(page);
  },
};
