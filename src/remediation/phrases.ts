import type { HostId } from '../model/host.js';
import { clean } from '../text/clean.js';
import { count } from '../text/count.js';
import { conflictWords } from './conflict-words.js';
import { isExplainable } from './shell-safe.js';
import type { Assignment, Contradiction, HostsBy, Instruction, Plan, Remedy } from './remedy.js';

const MOST_HOSTS = 20;
const MOST_SENTENCES = 5;

/** `db1, db2`; of many hosts the first, and how many more there are. */
export function formatHostNames(hosts: readonly HostId[]): string {
  const shown = hosts.slice(0, MOST_HOSTS).map((host) => clean(host, 255));
  return hosts.length > shown.length ? `${shown.join(', ')} and ${hosts.length - shown.length} more` : shown.join(', ');
}

function isEverybody(hosts: readonly HostId[], remedy: Remedy): boolean {
  return hosts.length === remedy.hosts.length;
}

/** ` (db1, db2)` where it is not said of every host. */
function where(hosts: readonly HostId[], remedy: Remedy): string {
  return isEverybody(hosts, remedy) ? '' : ` (${formatHostNames(hosts)})`;
}

function said(
  by: HostsBy | undefined,
  remedy: Remedy,
  line: (words: string, hosts: string) => string,
): readonly string[] {
  const all = [...(by ?? [])];
  const shown = all.slice(0, MOST_SENTENCES).map(([words, hosts]) => line(words, where(hosts, remedy)));
  return all.length > shown.length
    ? [...shown, `and ${all.length - shown.length} more such sentences, on other hosts: the report has them`]
    : shown;
}

/** Why a rule fails on these hosts, and what is to be thought of before it is made to pass. */
function ruleLines(plan: Plan, remedy: Remedy, id: string): readonly string[] {
  const rule = plan.rules.get(id);
  if (rule === undefined) return [];
  return [
    `rule ${clean(id, 200)} (${rule.severity}): ${clean(rule.title, 300)}`,
    ...said(remedy.reasons.get(id), remedy, (words, hosts) => `  because${hosts}: ${words}`),
    ...(rule.mayBreak === '' ? [] : [`  may break: ${clean(rule.mayBreak, 2000)}`]),
    ...(rule.conflicts ?? []).map((conflict) => `  asks for the opposite: ${conflictWords(conflict)}`),
  ];
}

/** The rules that these keys are set for, each in full, once. */
export function rulesLines(plan: Plan, remedy: Remedy, assignments: readonly Assignment[]): readonly string[] {
  return [...new Set(assignments.flatMap(({ rules }) => rules))]
    .sort()
    .flatMap((id) => ['', ...ruleLines(plan, remedy, id)]);
}

function revertLines(assignment: Assignment, remedy: Remedy, write: (value: string) => string): readonly string[] {
  const values = [...(remedy.before.get(assignment.name) ?? [])];
  return values.slice(0, MOST_SENTENCES).flatMap(([value, hosts]) => {
    const isKnown = !value.startsWith('not known') && isExplainable(value);
    return [`it was ${value}${where(hosts, remedy)}${isKnown ? `; back again with: ${write(value)}` : ''}`];
  });
}

/** What a key was, how to go back, and how to see that it is set. */
export function settingLines(
  assignment: Assignment,
  remedy: Remedy,
  how: { readonly source: string; readonly write: (value: string) => string; readonly show: string },
): readonly string[] {
  return [
    `${assignment.name}: for ${assignment.rules.map((rule) => clean(rule, 200)).join(', ')}`,
    ...revertLines(assignment, remedy, how.write).map((line) => `  ${line}`),
    `  where it was read: ${how.source}`,
    ...(assignment.prefix === undefined
      ? []
      : [
          `  the name of this file begins with ${assignment.prefix}-, since by what is there now one with the usual name would not win`,
        ]),
    ...(assignment.overruled ?? []).map((words) => `  OVERRULED: ${words}`),
    `  verify: ${how.show}`,
    ...assignment.rules.map((rule) => `  verify: kernward explain -i INVENTORY HOST ${clean(rule, 200)}`),
  ];
}

function instructionLines(plan: Plan, { rule, isExtra, lines }: Instruction): readonly string[] {
  const summary = plan.rules.get(rule);
  const [first = '', ...others] = lines;
  return [
    `${clean(rule, 200)} (${summary?.severity ?? ''}): ${clean(summary?.title ?? '', 300)}`,
    `  ${isExtra ? 'beside the files: ' : ''}${first}`,
    ...others.map((line) => `  ${line}`),
  ];
}

function contradictionLines({ name, wishes }: Contradiction): readonly string[] {
  return [
    `${clean(name, 300)}: not written, because rules contradict each other: ${wishes.map(({ rule, value }) => `${clean(rule, 200)} wants ${clean(value, 200)}`).join(', ')}`,
    '  choose one with --rule, or give the hosts a profile that does not select the other',
  ];
}

/** Everything that no file settles, of one remedy; empty: nothing is left to do by hand. */
export function byHandLines(plan: Plan, remedy: Remedy): readonly string[] {
  return [
    ...remedy.contradictions.flatMap((contradiction) => ['', ...contradictionLines(contradiction)]),
    ...remedy.instructions.flatMap((instruction) => ['', ...instructionLines(plan, instruction)]),
  ];
}

/** Which hosts, and out of which report. */
export function originLines({ header }: Plan, remedy: Remedy, what: string): readonly string[] {
  return [
    `kernward: ${what}, for ${count(remedy.hosts.length, 'host')}: ${formatHostNames(remedy.hosts)}`,
    `From the report of the run ${clean(header.runId, 100)}, started ${clean(header.startedAt, 100)}, kernward ${clean(header.kernward, 100)}. Read it before you use it.`,
  ];
}

/** Comment lines; an empty line stays a bare `#`. */
export function commented(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '#\n' : `# ${clean(line)}\n`)).join('');
}
