import type { Format, Report, ReportHeader, Summary } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import { count } from '../../text/count.js';
import { collectAttention, formatCollectors } from '../attention.js';
import type { Attention, ProblemRow } from '../attention.js';
import { formatImpact, groupFindings, formatSet, formatTrigger, worstImpacts } from '../blast-radius.js';
import { byteLength, markdownCell, markdownCode, markdownText } from '../../render/markdown.js';
import { formatGate, formatStatuses } from '../status-words.js';
import { formatSince, waiverCounts, waiversToSee } from '../drift-and-waivers.js';

/**
 * A comment on a pull request holds 65,536 characters, a step summary 1 MiB: what fits the first fits both.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export const MAX_MARKDOWN_BYTES = 65_000;
/** Kept for the lines that say what was left out. */
const RESERVED_BYTES = 3_000;
const MAX_RULES = 20;
const MAX_WAIVERS = 50;
const MAX_GROUPS = 20;
const MAX_GONE = 100;
const MAX_NAME = 120;
const MAX_SENTENCE = 400;

function name(text: string): string {
  return markdownCell(text, MAX_NAME);
}
function sentence(text: string): string {
  return markdownCell(text, MAX_SENTENCE);
}

interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many rows there would be without any limit. */
  readonly total: number;
  /** The format that has all of them, where that is not csv. */
  readonly whole?: string;
}

function problems(rows: readonly ProblemRow[]): readonly (readonly string[])[] {
  return rows.map(({ host, severity, rule, result, because, drift }) => [
    name(host),
    severity ?? '',
    name(rule),
    drift === undefined ? result : `${result}, ${drift}`,
    sentence(because),
  ]);
}

const PROBLEM_HEAD = ['host', 'severity', 'rule', 'result', 'because'];

function groupTables({ summary }: Report): readonly Table[] {
  const findings = groupFindings(summary);
  const falls = worstImpacts(summary.blast ?? []);
  return [
    {
      title: `Rules over groups: ${count(findings.length, 'result')} to look at`,
      head: ['group', 'severity', 'rule', 'result', 'because'],
      rows: findings
        .slice(0, MAX_GROUPS)
        .map((each) => [name(formatSet(each)), each.severity, name(each.rule), each.result, sentence(each.because)]),
      total: findings.length,
      whole: 'csv-groups',
    },
    {
      title: 'Blast radius: hosts that go down when the same thing happens to all of them',
      head: ['group', 'on', 'go down', 'reboot', 'freeze'],
      rows: falls
        .slice(0, MAX_GROUPS)
        .map((fall) => [
          name(formatSet(fall.set)),
          markdownText(formatTrigger(fall.exposure.trigger), MAX_NAME),
          formatImpact(fall),
          String(fall.exposure.reboots),
          String(fall.exposure.freezes),
        ]),
      total: falls.length,
      whole: 'csv-groups',
    },
  ];
}

function tablesOf(
  { header, summary }: Report,
  { rules, unreachable, failing, lesser, undecided }: Attention,
): readonly Table[] {
  const waivers = waiversToSee(summary);
  const gone = header.baseline?.gone ?? [];
  const remediation = new Map(header.rules.map((rule) => [rule.id, rule.remediation]));
  return [
    {
      title: 'Rules, by hosts that fail them',
      head: ['severity', 'rule', 'fails', 'undecided', 'what to do'],
      rows: rules
        .slice(0, MAX_RULES)
        .map((rule) => [
          rule.severity,
          name(rule.rule),
          String(rule.failing),
          String(rule.undecided),
          markdownText(remediation.get(rule.rule) ?? '', MAX_SENTENCE),
        ]),
      total: rules.length,
    },
    {
      title: `Not reached: ${count(unreachable.hosts, 'host')}`,
      head: ['host', 'address', 'reason', 'detail'],
      rows: unreachable.rows.map(({ host, address, code, detail }) => [
        name(host),
        name(address),
        code,
        sentence(detail),
      ]),
      total: unreachable.total,
    },
    {
      title: `Failing the gate (${formatGate(header.gate)}): ${count(failing.hosts, 'host')}, ${count(failing.total, 'fail')}`,
      head: PROBLEM_HEAD,
      rows: problems(failing.rows),
      total: failing.total,
    },
    {
      title: `Lesser findings, which do not fail the gate: ${count(lesser.total, 'fail')}`,
      head: PROBLEM_HEAD,
      rows: problems(lesser.rows),
      total: lesser.total,
    },
    {
      title: `Undecided: ${count(undecided.total, 'result')}`,
      head: PROBLEM_HEAD,
      rows: problems(undecided.rows),
      total: undecided.total,
    },
    {
      title: `Waivers to look at: ${waivers.length}`,
      head: ['waiver', 'state', 'expires', 'rule', 'hosts', 'names', 'owner'],
      rows: waivers
        .slice(0, MAX_WAIVERS)
        .map((each) => [
          name(each.id),
          each.state,
          name(each.expires),
          name(each.rule),
          name(each.hosts),
          String(each.matches),
          name(each.owner ?? ''),
        ]),
      total: waivers.length,
      whole: 'json',
    },
    {
      title: `Gone since the baseline: ${count(gone.length, 'host')}`,
      head: ['host'],
      rows: gone.slice(0, MAX_GONE).map((host) => [name(host)]),
      total: gone.length,
      whole: 'csv-hosts',
    },
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function inWords<Key extends string>(keys: readonly Key[], counts: Readonly<Record<Key, number>>): string {
  return (
    keys
      .filter((key) => counts[key] > 0)
      .map((key) => `${counts[key]} ${key}`)
      .join(', ') || 'none'
  );
}

function since(header: ReportHeader, summary: Summary): string {
  const { baseline } = header;
  if (baseline === undefined) return '';
  return `* since the baseline of ${markdownCode(baseline.startedAt, MAX_NAME)} (${markdownCode(baseline.from, MAX_NAME)}): ${markdownText(formatSince(header, summary), MAX_SENTENCE)}\n`;
}

function top({ header, summary }: Report, collectors: string): string {
  const waived = summary.waived === 0 ? '' : `, ${summary.waived} waived`;
  return [
    `## kernward: exit ${summary.exitCode}\n\n**${markdownText(summary.verdict, MAX_SENTENCE)}**\n\n`,
    `* hosts: ${summary.hosts} (${formatStatuses(summary.statuses, header.gate)})\n`,
    `* unwaived fails: ${inWords(SEVERITIES, summary.fails)}${waived}\n`,
    collectors === '' ? '' : `* ${markdownText(collectors, MAX_SENTENCE)}\n`,
    since(header, summary),
    waiverCounts(summary) === '' ? '' : `* waivers: ${markdownText(waiverCounts(summary), MAX_SENTENCE)}\n`,
    `* inventory: ${markdownCode(header.inventory.join(', '), MAX_SENTENCE)}${header.limit === undefined ? '' : `, limit ${markdownCode(header.limit, MAX_SENTENCE)}`}\n`,
    `* started: ${markdownCode(header.startedAt, MAX_NAME)}, took ${(summary.tookMs / 1000).toFixed(1)} s, kernward ${markdownCode(header.kernward, MAX_NAME)}\n`,
  ].join('');
}

/** For a step summary or a pull request: the verdict first, then what needs attention, the worst first. */
export const markdown: Format = {
  id: 'markdown',
  title: 'Markdown, for a step summary or a pull request',
  extension: '.md',
  *render(report) {
    const attention = yield* collectAttention(report.hosts, report.header.gate);
    const start = top(report, formatCollectors(attention));
    yield start;
    let left = MAX_MARKDOWN_BYTES - RESERVED_BYTES - byteLength(start);
    for (const { title, head, rows, total, whole = 'csv' } of [
      ...tablesOf(report, attention),
      ...groupTables(report),
    ]) {
      if (total === 0) continue;
      yield `\n### ${title}\n\n${row(head)}${row(head.map(() => '---'))}`;
      let shown = 0;
      for (const text of rows.map(row)) {
        left -= byteLength(text);
        if (left < 0) break;
        yield text;
        shown += 1;
      }
      if (shown < total) yield `\n… and ${total - shown} more: the ${whole} format has all of them\n`;
    }
  },
};
