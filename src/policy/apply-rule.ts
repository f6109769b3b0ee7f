import { memoizeByReadings, type ReadIfAny } from '../facts/memoize-by-readings.js';
import type { FactId, ReadingLookup, Readings } from '../model/reading.js';
import type { Evidence, Result } from '../model/verdict.js';
import { clean } from '../text/clean.js';
import { memoize } from '../language/memoize.js';
import { formatUndecidedReasons, formatReadings } from './explain-result.js';
import type { UndecidedReason } from './cel/value.js';
import type { Evaluation } from './cel/evaluate.js';
import type { Expression } from './cel/expression.js';
import type { Rule } from './policy.js';

/** What a rule says of a host's readings. */
export interface Applied {
  readonly result: Result;
  /** One sentence, one line, without control characters. */
  readonly because: string;
  /** Every fact that led there, in the order in which they were read, each once. */
  readonly evidence: readonly Evidence[];
}

const LONGEST_SENTENCE = 4000;

function merged(...lists: readonly (readonly Evidence[])[]): readonly Evidence[] {
  return [...new Map(lists.flat().map((evidence) => [evidence.fact, evidence])).values()];
}

function finish(result: Result, because: string, evidence: readonly Evidence[]): Applied {
  return {
    result,
    because: clean(because, LONGEST_SENTENCE),
    evidence,
  };
}

function failing({ informational }: Rule): Result {
  return informational ? 'informational' : 'fail';
}

/** Nothing but absent facts stands between the expression and an answer; then the rule says what absence means. */
function onlyAbsent(doubts: readonly UndecidedReason[]): boolean {
  return doubts.every(({ kind }) => kind === 'absent');
}

function undecided(
  rule: Rule,
  readings: ReadingLookup,
  doubts: readonly UndecidedReason[],
  evidence: readonly Evidence[],
): Applied {
  const words = formatUndecidedReasons(doubts);
  if (!onlyAbsent(doubts) || rule.ifAbsent === 'unknown')
    return finish('unknown', `cannot be decided: ${words}`, evidence);
  if (rule.ifAbsent !== 'fail') {
    const meaning = rule.ifAbsent === 'pass' ? 'satisfies the rule' : 'means that the rule does not apply';
    return finish(rule.ifAbsent, `${words}, which ${meaning}`, evidence);
  }
  const sentence = rule.because.render(readings);
  return finish(failing(rule), `${sentence.text} (${words})`, merged(evidence, sentence.evidence));
}

const LONGEST_EXPRESSION = 200;

/** An expression within a sentence: one line, not too long; the same for every host. */
const inSentence = memoize((expression: Expression): string =>
  clean(expression.source.replace(/\s+/g, ' ').trim(), LONGEST_EXPRESSION),
);

function isTrue(outcome: Evaluation & { readonly decided: true }): boolean {
  return outcome.value === true;
}

function apply(rule: Rule, readings: ReadingLookup): Applied {
  const applies = rule.appliesTo?.evaluate(readings);
  const before = applies?.evidence ?? [];
  if (applies?.decided === false) return undecided(rule, readings, applies.doubts, before);
  if (rule.appliesTo !== undefined && applies !== undefined && !isTrue(applies)) {
    return finish(
      'notapplicable',
      `does not apply: ${inSentence(rule.appliesTo)} is false${formatReadings(before)}`,
      before,
    );
  }
  const required = rule.requires.evaluate(readings);
  const evidence = merged(before, required.evidence);
  if (!required.decided) return undecided(rule, readings, required.doubts, evidence);
  if (isTrue(required))
    return finish('pass', `${inSentence(rule.requires)} holds${formatReadings(required.evidence)}`, evidence);
  const sentence = rule.because.render(readings);
  return finish(failing(rule), sentence.text, merged(evidence, sentence.evidence));
}

function factsOf({ appliesTo, requires, because }: Rule): readonly FactId[] {
  return [
    ...new Set([...(appliesTo?.facts ?? []), ...requires.facts, ...because.expressions.flatMap(({ facts }) => facts)]),
  ];
}

type Answer = (read: ReadIfAny) => Applied;

/** Applies the rule once to all hosts that have the same readings. */
const answerOf = memoize((rule: Rule): Answer =>
  memoizeByReadings(factsOf(rule), (read) => apply(rule, { get: read })),
);

/**
 * Applicability first, then the requirement. A doubt about either is never a pass and never "does not apply", unless
 * the rule says so of an absent fact (`ifAbsent`).
 *
 * @param facts derived facts included
 * @param chosen `param.NAME` to the value that the host's profile sets; the defaults of the policy hold for the others
 */
export function applyRule(rule: Rule, facts: Readings, chosen?: Readings): Applied {
  return answerOf(rule)(
    rule.parameters.size === 0
      ? (id) => facts.get(id)
      : (id) => chosen?.get(id) ?? rule.parameters.get(id) ?? facts.get(id),
  );
}
