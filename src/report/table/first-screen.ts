import { wrap } from '../../render/wrap.js';
import { SEVERITY_COLOUR, type Colour } from '../../render/colour.js';
import { SEVERITIES } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import type { RuleAlike } from './in-common.js';
import { formatStatuses } from '../status-words.js';
import { beside, formatHosts, heading, INDENT, type Page } from './page.js';

/** The smallest terminal that people use has so many lines; the prompt takes one. */
export const SCREEN_LINES = 24;
const MAX_RULES = 5;
/** An empty line, and its text. */
const HEADING_LINES = 2;

const EXIT_COLOUR: Readonly<Record<number, Colour>> = { 0: 'green', 3: 'yellow' };

function lines(text: string): number {
  return text.split('\n').length - 1;
}

function colourOf({ report: { summary } }: Page): Colour {
  return EXIT_COLOUR[summary.exitCode] ?? 'red';
}

function verdict(page: Page): string {
  const { exitCode, verdict: sentence } = page.report.summary;
  return wrap(clean(`exit ${exitCode}: ${sentence}`), page.columns)
    .map((line) => `${page.paint(line, colourOf(page))}\n`)
    .join('');
}

/** The verdict's first words again, below what has scrolled it away. */
export function ending(page: Page): string {
  const { exitCode, verdict: sentence } = page.report.summary;
  const [first = ''] = clean(sentence).split(/[:;,]/);
  return `\n${page.paint(`exit ${exitCode}: ${first}`, colourOf(page))}\n`;
}

function inWords<Key extends string>(keys: readonly Key[], counts: Readonly<Record<Key, number>>): string {
  return keys
    .filter((key) => counts[key] > 0)
    .map((key) => `${counts[key]} ${key}`)
    .join(', ');
}

function counts(page: Page): string {
  const { header, summary } = page.report;
  const fails = inWords(SEVERITIES, summary.fails);
  const waived = summary.waived === 0 ? '' : `${count(summary.waived, 'result')} waived`;
  const found = [fails, waived].filter((part) => part !== '').join('; ');
  return [
    '\n',
    beside(page, 'hosts', undefined, `${summary.hosts}: ${formatStatuses(summary.statuses, header.gate)}`),
    found === '' ? '' : beside(page, 'fails', undefined, fails === '' ? `none; ${waived}` : found),
  ].join('');
}

interface Shown {
  readonly rule: RuleAlike;
  readonly toDo: string;
  /** How many lines what is to be done has, and how many of them there is room for. */
  readonly needed: number;
  readonly lines: number;
}

/** The worst rules: each has a line for its hosts and one for what to do, and the worst get what is left of the screen. */
function shownRules(page: Page): readonly Shown[] {
  const { alike, report, columns } = page;
  const remediations = new Map(report.header.rules.map(({ id, remediation }) => [id, remediation]));
  const some = alike.failing.slice(0, MAX_RULES);
  let left = SCREEN_LINES - 1 - lines(`${verdict(page)}${counts(page)}`) - HEADING_LINES - 2 * some.length;
  return some.map((rule) => {
    const toDo = remediations.get(rule.rule) ?? '';
    const needed = toDo === '' ? 0 : wrap(clean(toDo), columns - INDENT).length;
    const more = Math.max(0, Math.min(needed - 1, left));
    left -= more;
    return { rule, toDo, needed, lines: 1 + more };
  });
}

function ruleLine({ columns }: Page, { rule, hosts, newHosts }: RuleAlike): string {
  const start = `${rule}: ${count(hosts.length, 'host')}${newHosts === 0 ? '' : ` (${newHosts} new)`}`;
  const names = formatHosts(hosts, columns - INDENT - start.length - 2);
  return names === count(hosts.length, 'host') ? start : `${start}, ${names}`;
}

function worstPart(page: Page): string {
  const { failing } = page.alike;
  const shown = shownRules(page);
  if (shown.length === 0) return '';
  const title =
    failing.length > shown.length
      ? `The worst ${shown.length} of ${failing.length} rules that fail, and what to do`
      : 'What fails, and what to do';
  return [
    heading(page, title),
    ...shown.map(({ rule, toDo, lines: room }) =>
      [
        beside(page, rule.severity, SEVERITY_COLOUR[rule.severity], ruleLine(page, rule), 1),
        toDo === '' ? '' : beside(page, '', undefined, toDo, room),
      ].join(''),
    ),
  ].join('');
}

/** The rules of the first screen of which all that is to be done stands there. */
export function toldWhole(page: Page): ReadonlySet<RuleAlike> {
  return new Set(shownRules(page).flatMap(({ rule, needed, lines: room }) => (needed <= room ? [rule] : [])));
}

/** What is read when nothing else is: the verdict, the counts, and the worst five rules with what to do. */
export function firstScreen(page: Page): string {
  return `${verdict(page)}${counts(page)}${worstPart(page)}`;
}
