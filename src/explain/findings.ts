import { defined } from '../language/defined.js';
import type { Gate, HostReport, ReportHeader, RuleSummary } from '../model/report.js';
import type { Readings } from '../model/reading.js';
import { isAtGate, SEVERITIES, type Verdict } from '../model/verdict.js';
import { sentence } from '../text/sentence.js';
import { evidenceLines, factLines } from './fact-lines.js';
import { at, BLANK, type TextLine } from './layout.js';

export type RuleSummaries = ReadonlyMap<string, RuleSummary>;

const ORDER = ['fail', 'error', 'unknown', 'informational'];
function isConcern({ result }: Verdict): boolean {
  return ORDER.includes(result);
}

/** Verdicts that are not at rest, the most urgent first. */
export function toConcerns(host: HostReport): readonly Verdict[] {
  return host.verdicts
    .filter(isConcern)
    .toSorted(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        ORDER.indexOf(a.result) - ORDER.indexOf(b.result) ||
        (a.rule < b.rule ? -1 : 1),
    );
}

type FailOn = Pick<Gate, 'failOn'>;

/** What the verdict means for the exit code: a waived one, a pass and a note mean nothing. */
function atGate({ result, severity, waiver }: Verdict, { failOn }: FailOn): string {
  return (result === 'fail' || result === 'error' || result === 'unknown') && waiver === undefined
    ? isAtGate(failOn, severity)
      ? ', at the gate'
      : ', below the gate'
    : '';
}

function title(verdict: Verdict, gate: FailOn): string {
  const { rule, severity, result, waiver } = verdict;
  return `${result === 'informational' ? 'note' : result} ${severity} ${rule}${atGate(verdict, gate)}${waiver === undefined ? '' : ` (waived: ${waiver.id})`}`;
}

function toDo(rule: RuleSummary | undefined): readonly string[] {
  return rule === undefined || rule.remediation === ''
    ? []
    : [`To do: ${rule.remediation}${rule.settings === '' ? '' : ` (${rule.settings})`}`];
}

type Group = readonly [Verdict, ...Verdict[]];

/** What is undecided for one and the same reason stands together. */
function grouped(verdicts: readonly Verdict[]): readonly Group[] {
  const groups: Group[] = [];
  for (const verdict of verdicts) {
    const index = groups.findIndex(([first]) => first.because === verdict.because && first.result === verdict.result);
    const found = groups[index];
    if (found === undefined) groups.push([verdict]);
    else groups[index] = [...found, verdict];
  }
  return groups;
}

/** Each finding with its reason, and what to do. */
export function findingLines(verdicts: readonly Verdict[], rules: RuleSummaries, gate: FailOn): readonly TextLine[] {
  return grouped(verdicts).flatMap(([first, ...others]) => [
    at(2, [first, ...others].map((verdict) => title(verdict, gate)).join('; ')),
    at(4, sentence(first.because)),
    ...(first.result === 'fail' ? toDo(rules.get(first.rule)) : []).map((text) => at(4, text)),
  ]);
}

/** Each finding in one line. */
export function findingTitles(verdicts: readonly Verdict[], rules: RuleSummaries, gate: FailOn): readonly TextLine[] {
  return verdicts.map((verdict) => at(2, `${title(verdict, gate)}: ${rules.get(verdict.rule)?.title ?? ''}`));
}

/** The waiver that covers it, and what a waiver can be bound to. */
export function waiverLines({ waiver, digest }: Verdict): readonly TextLine[] {
  return [
    ...(waiver === undefined
      ? []
      : [
          BLANK,
          at(0, `Waived by ${waiver.id} until ${waiver.expires}`),
          at(2, sentence(waiver.justification)),
          ...(waiver.owner === undefined
            ? []
            : [
                at(
                  2,
                  `Owner: ${waiver.owner}${waiver.approvedBy === undefined ? '' : `; approved by ${waiver.approvedBy}`}.`,
                ),
              ]),
        ]),
    ...(digest === undefined
      ? []
      : [BLANK, at(0, 'Digest of these facts, for a waiver that is to be void when they change'), at(2, digest)]),
  ];
}

/** One rule, whatever its result: why, by which facts, what to do, what that may break. */
export function ruleLines(
  verdict: Verdict,
  rule: RuleSummary | undefined,
  readings: Readings,
  gate: FailOn,
  declared: ReportHeader['declaredFacts'] = [],
): readonly TextLine[] {
  const from = new Map(declared.map((fact) => [fact.id, fact.from]));
  return [
    BLANK,
    at(0, `${title(verdict, gate)}: ${rule?.title ?? ''}`),
    at(2, sentence(verdict.because)),
    ...(verdict.evidence.length === 0
      ? []
      : [
          BLANK,
          at(0, 'By these facts'),
          ...verdict.evidence.flatMap(({ fact, reading }) =>
            evidenceLines(factLines(fact, reading, readings, defined({ from: from.get(fact) })), 2),
          ),
        ]),
    ...(rule === undefined || rule.rationale === '' ? [] : [BLANK, at(0, 'Why it matters'), at(2, rule.rationale)]),
    ...(rule?.conflicts === undefined
      ? []
      : [
          BLANK,
          at(0, 'What asks for the opposite'),
          ...rule.conflicts.map(({ with: other, says, profile, source }) =>
            at(
              2,
              `${other}: ${says}${profile === undefined ? '' : ` The profile ${profile} agrees with it.`} ${source}`,
            ),
          ),
        ]),
    ...(rule === undefined || verdict.result === 'pass' || verdict.result === 'notapplicable'
      ? []
      : [
          ...toDo(rule).flatMap((text) => [BLANK, at(0, 'To do'), at(2, text.replace('To do: ', ''))]),
          ...(rule.mayBreak === '' ? [] : [at(2, `May break: ${rule.mayBreak}`)]),
        ]),
  ];
}
