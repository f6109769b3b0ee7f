import { SEVERITY_COLOUR } from '../../render/colour.js';
import { count } from '../../text/count.js';
import type { Severity } from '../../model/verdict.js';
import type { Reason, RuleAlike } from './in-common.js';
import { formatGate } from '../status-words.js';
import { toldWhole } from './first-screen.js';
import { beside, formatHosts, heading, paragraph, type Page } from './page.js';

/** Names before a sentence: what is longer makes two lines of them. */
const NAMES_WIDTH = 70;

function reasonsOf(page: Page, { rule, severity, hosts, reasons, others }: RuleAlike, toDo: string): string {
  const [only] = reasons;
  const isOne = reasons.length === 1 && others === 0 && only !== undefined;
  const head = isOne
    ? `${rule}: ${formatHosts(hosts, NAMES_WIDTH)}: ${only.because}`
    : `${rule}: ${count(hosts.length, 'host')}`;
  return [
    beside(page, severity, SEVERITY_COLOUR[severity], head),
    ...(isOne
      ? []
      : reasons.map(({ because, hosts: some }) =>
          beside(page, '', undefined, `${formatHosts(some, NAMES_WIDTH)}: ${because}`),
        )),
    others === 0
      ? ''
      : beside(
          page,
          '',
          undefined,
          `and ${count(others, 'host')} with other values: kernward explain HOST, or -o csv, says them`,
        ),
    toDo === '' ? '' : beside(page, '', undefined, `to do: ${toDo}`),
  ].join('');
}

function section(page: Page, title: string, rules: readonly RuleAlike[], toDoOf: (rule: RuleAlike) => string): string {
  return rules.length === 0
    ? ''
    : `${heading(page, title)}${rules.map((rule) => reasonsOf(page, rule, toDoOf(rule))).join('')}`;
}

/** Why each rule fails, and where: one row for all hosts of which the same sentence holds. */
export function whatFails(page: Page): string {
  const { alike, report } = page;
  const told = toldWhole(page);
  const remediations = new Map(report.header.rules.map(({ id, remediation }) => [id, remediation]));
  const toDo = (rule: RuleAlike): string => (told.has(rule) ? '' : (remediations.get(rule.rule) ?? ''));
  const gated = alike.failing.filter(({ isAtGate }) => isAtGate);
  const lesser = alike.failing.filter(({ isAtGate }) => !isAtGate);
  return [
    section(page, `What fails the gate (${formatGate(report.header.gate)}), and why`, gated, toDo),
    section(page, 'Lesser findings: they do not fail the gate', lesser, toDo),
  ].join('');
}

interface OpenRules {
  readonly severity: Severity;
  readonly rules: string[];
  readonly reason: Reason;
}

/** One fact that cannot be read leaves many rules open, in the same words: they stand together. */
function openRules(all: readonly RuleAlike[]): readonly OpenRules[] {
  const found = new Map<string, OpenRules>();
  for (const { rule, severity, reasons } of all)
    for (const reason of reasons) {
      const key = JSON.stringify([reason.because, reason.hosts]);
      const open = found.get(key) ?? { severity, rules: [], reason };
      found.set(key, open);
      open.rules.push(rule);
    }
  return [...found.values()];
}

/** What could not be told, and why. */
export function undecided(page: Page): string {
  const all = page.alike.undecided;
  if (all.length === 0) return '';
  return [
    heading(page, 'Undecided: what could not be told is no pass'),
    ...openRules(all).map(({ severity, rules, reason: { because, hosts } }) =>
      beside(
        page,
        severity,
        SEVERITY_COLOUR[severity],
        `${rules.join(', ')}: ${formatHosts(hosts, NAMES_WIDTH)}: ${because}`,
      ),
    ),
    ...all.flatMap(({ rule, severity, others }) =>
      others === 0
        ? []
        : [
            beside(
              page,
              severity,
              SEVERITY_COLOUR[severity],
              `${rule}: ${count(others, 'more host')}, for other reasons`,
            ),
          ],
    ),
  ].join('');
}

/** What complies only until the next boot; it is no finding of the rule, which is about now. */
export function nextBoot(page: Page): string {
  const { breaking, openAtNextBoot } = page.alike;
  const { hosts, rules } = openAtNextBoot;
  return [
    section(page, 'Compliant until the next boot: what it makes wrong', breaking, () => ''),
    hosts.length === 0
      ? ''
      : `${breaking.length === 0 ? heading(page, 'The next boot') : ''}${paragraph(page, `After it not known: ${count(rules, 'rule')} on ${formatHosts(hosts, NAMES_WIDTH)}; kernward explain HOST says why.`)}`,
  ].join('');
}
