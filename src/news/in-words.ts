import type { GateState, HostNews, News, RuleNews, WaiverNews } from '../model/news.js';
import { formatGate } from '../report/status-words.js';
import { clean } from '../text/clean.js';
import { count } from '../text/count.js';
import { foldNames } from '../text/names/fold-names.js';

/** A part of a message: what it is about, and its lines. Plain text; who renders it escapes it. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

const GATE_WORDS = {
  passing: 'passing',
  failing: 'failing',
  incomplete: 'incomplete',
  'nothing-checked': 'nothing was checked',
  broken: 'broken',
} as const satisfies Record<GateState, string>;

const MAX_NAMES = 600;
const MAX_SUBJECT = 140;

function named(total: number, hosts: readonly string[]): string {
  const folded = foldNames(hosts);
  const names = folded.map(({ text }) => text).join(', ');
  const more = total > hosts.length ? `, … and ${total - hosts.length} more` : '';
  return `${count(total, 'host')}, ${clean(names, MAX_NAMES)}${more}`;
}

function ruleLines({
  total,
  rules,
}: {
  readonly total: number;
  readonly rules: readonly RuleNews[];
}): readonly string[] {
  const told = rules.reduce((sum, each) => sum + each.total, 0);
  return [
    ...rules.flatMap(({ severity, rule, total: many, hosts, remediation }) => [
      `${severity} ${rule}: ${named(many, hosts)}`,
      ...(remediation === '' ? [] : [`    ${remediation}`]),
    ]),
    ...(total > told ? [`… and ${count(total - told, 'finding')} of other rules`] : []),
  ];
}

function hostLines({
  total,
  reasons,
}: {
  readonly total: number;
  readonly reasons: readonly HostNews[];
}): readonly string[] {
  const told = reasons.reduce((sum, each) => sum + each.total, 0);
  return [
    ...reasons.map(({ why, total: many, hosts }) => `${why}: ${named(many, hosts)}`),
    ...(total > told ? [`… and ${count(total - told, 'host')} for other reasons`] : []),
  ];
}

function waiverLine({ id, rule, hosts, owner, expires, matches }: WaiverNews): string {
  return `${id} (${rule} on ${hosts}${owner === undefined ? '' : `, ${owner}`}): ${expires}, ${count(matches, 'result')}`;
}

function openSections({ open, gate }: News): readonly Section[] {
  if (open === undefined) return [];
  const { findings, unknown, groupFails, endingWaivers } = open;
  const at = formatGate(gate);
  const sections: readonly Section[] = [
    {
      title: `Open at the gate${at === '' ? '' : ` (${at})`}: ${count(findings.total, 'finding')}`,
      lines: ruleLines(findings),
    },
    { title: `Not known: ${count(unknown.total, 'host')}`, lines: hostLines(unknown) },
    { title: `Fails of rules over groups: ${groupFails}`, lines: [] },
    { title: `Waivers that end within 30 days: ${endingWaivers.length}`, lines: endingWaivers.map(waiverLine) },
  ];
  const [first, ...rest] = [findings.total, unknown.total, groupFails, endingWaivers.length].map(
    (many, index): Section | undefined => (many > 0 ? sections[index] : undefined),
  );
  const some = [first, ...rest].filter((each) => each !== undefined);
  return some.length > 0 ? some : [{ title: 'Nothing is open', lines: [] }];
}

/** What a message says, in the order in which it is read. */
export function sectionsOf(news: News): readonly Section[] {
  const { gate, newFindings, unknownHosts, endedWaivers, run, since } = news;
  const at = formatGate(gate);
  const asked = [run.inventory.join(', '), run.limit === undefined ? '' : `--limit ${run.limit}`];
  const sections: readonly Section[] = [
    {
      title: `New at the gate${at === '' ? '' : ` (${at})`}: ${count(newFindings.total, 'finding')}`,
      lines: ruleLines(newFindings),
    },
    { title: `No longer known: ${count(unknownHosts.total, 'host')}`, lines: hostLines(unknownHosts) },
    {
      title: `Waivers that have ended: ${endedWaivers.length}`,
      lines: endedWaivers.map(waiverLine),
    },
  ];
  return [
    { title: headline(news), lines: [`exit ${gate.exitCode}: ${gate.verdict}`, `hosts: ${news.hosts}`] },
    ...sections.filter(({ lines }) => lines.length > 0),
    ...openSections(news),
    {
      title: 'The run',
      lines: [
        `${run.startedAt}, ${asked.filter((each) => each !== '').join(' ')}, run ${run.runId}`,
        since === undefined
          ? 'the first message: from now on only what changes is told, and once a week what is open'
          : `what is new is new since the run of ${since.startedAt}`,
      ],
    },
  ];
}

/** The whole of it in one line: a subject, a heading. */
export function headline({ occasions, gate, newFindings, unknownHosts, endedWaivers }: News): string {
  const parts = [
    `the gate is ${GATE_WORDS[gate.now]}${gate.before === undefined || gate.before === gate.now ? '' : `, was ${GATE_WORDS[gate.before]}`}`,
    newFindings.total > 0 ? count(newFindings.total, 'new finding') : '',
    unknownHosts.total > 0 ? `${count(unknownHosts.total, 'host')} no longer known` : '',
    endedWaivers.length > 0 ? `${count(endedWaivers.length, 'waiver')} ended` : '',
    occasions.includes('weekly') ? 'the week in short' : '',
  ].filter((part) => part !== '');
  return clean(`kernward: ${parts.join('; ')}`, MAX_SUBJECT);
}
