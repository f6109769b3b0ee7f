import { memoizeByReadings, type ReadIfAny } from '../facts/memoize-by-readings.js';
import type { FactId, ReadingLookup, Readings } from '../model/reading.js';
import type { HostlessVerdict } from '../model/said.js';
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

/** Nothing but absent facts stands between the expression and an answer; then the rule says what absence means. */
function onlyAbsent(doubts: readonly UndecidedReason[]): boolean {
  return doubts.every(({ kind }) => kind === 'absent');
}

/** What the conditions of a rule come to: the answer, or that it fails, which the rule's own sentence explains. */
type Decision =
  | { readonly fails: false; readonly answer: Applied }
  /** `remark` stands behind the sentence. */
  | { readonly fails: true; readonly evidence: readonly Evidence[]; readonly remark: string };

function said(...answer: Parameters<typeof finish>): Decision {
  return { fails: false, answer: finish(...answer) };
}

function undecided(rule: Rule, doubts: readonly UndecidedReason[], evidence: readonly Evidence[]): Decision {
  const words = formatUndecidedReasons(doubts);
  if (!onlyAbsent(doubts) || rule.ifAbsent === 'unknown')
    return said('unknown', `cannot be decided: ${words}`, evidence);
  if (rule.ifAbsent === 'fail') return { fails: true, evidence, remark: ` (${words})` };
  const meaning = rule.ifAbsent === 'pass' ? 'satisfies the rule' : 'means that the rule does not apply';
  return said(rule.ifAbsent, `${words}, which ${meaning}`, evidence);
}

const LONGEST_EXPRESSION = 200;

/** An expression within a sentence: one line, not too long; the same for every host. */
const inSentence = memoize((expression: Expression): string =>
  clean(expression.source.replace(/\s+/g, ' ').trim(), LONGEST_EXPRESSION),
);

function isTrue(outcome: Evaluation & { readonly decided: true }): boolean {
  return outcome.value === true;
}

function decide(rule: Rule, readings: ReadingLookup): Decision {
  const applies = rule.appliesTo?.evaluate(readings);
  const before = applies?.evidence ?? [];
  if (applies?.decided === false) return undecided(rule, applies.doubts, before);
  if (rule.appliesTo !== undefined && applies !== undefined && !isTrue(applies)) {
    return said(
      'notapplicable',
      `does not apply: ${inSentence(rule.appliesTo)} is false${formatReadings(before)}`,
      before,
    );
  }
  const required = rule.requires.evaluate(readings);
  const evidence = merged(before, required.evidence);
  if (!required.decided) return undecided(rule, required.doubts, evidence);
  if (!isTrue(required)) return { fails: true, evidence, remark: '' };
  return said('pass', `${inSentence(rule.requires)} holds${formatReadings(required.evidence)}`, evidence);
}

const listOf = memoize(
  (facts: readonly FactId[]): readonly FactId[] => facts,
  (facts) => facts.join(' '),
);

/** Each once and in order: the same object for all rules that read the same facts, so that hosts are told apart by them once. */
function factList(facts: readonly FactId[]): readonly FactId[] {
  return listOf([...new Set(facts)].sort());
}

function conditionFacts({ appliesTo, requires }: Rule): readonly FactId[] {
  return factList([...(appliesTo?.facts ?? []), ...requires.facts]);
}

/** What a rule says, for all hosts of which it says the same. */
export interface RuleAnswer {
  readonly applied: Applied;
  /** Kept with it by whoever makes verdicts of it. */
  readonly said: HostlessVerdict[];
}

/** Where a rule fails, what it says is made of further facts. */
type Decided =
  | { readonly fails: true; readonly decision: Decision & { readonly fails: true } }
  | { readonly fails: false; readonly answer: RuleAnswer };

function answerWith(applied: Applied): RuleAnswer {
  return { applied, said: [] };
}

function decided(rule: Rule, read: ReadIfAny): Decided {
  const decision = decide(rule, { get: read });
  return decision.fails ? { fails: true, decision } : { fails: false, answer: answerWith(decision.answer) };
}

function failure(rule: Rule, decision: Decision & { readonly fails: true }, read: ReadIfAny): RuleAnswer {
  const { text, evidence } = rule.because.render({ get: read });
  const result = rule.informational ? 'informational' : 'fail';
  return answerWith(finish(result, `${text}${decision.remark}`, merged(decision.evidence, evidence)));
}

/** The rule as a function of what is read of a host, which decides once for all hosts that have the same readings. */
export const ruleAnswers = memoize((rule: Rule): ((read: ReadIfAny) => RuleAnswer) => {
  const decision = memoizeByReadings(conditionFacts(rule), (read: ReadIfAny) => decided(rule, read));
  // Until it fails, nobody asks for the sentence, which may not be compiled yet.
  const failing = memoize(() => {
    const inSentences = rule.because.expressions.flatMap(({ facts }) => facts);
    return memoizeByReadings(factList([...conditionFacts(rule), ...inSentences]), (read: ReadIfAny): RuleAnswer => {
      const known = decision(read);
      return known.fails ? failure(rule, known.decision, read) : known.answer;
    });
  });
  return (read) => {
    const known = decision(read);
    return known.fails ? failing()(read) : known.answer;
  };
});

/** What a rule reads of a host: `param.NAME` as the profile sets it, or as the policy does. */
export type ReadFor = (rule: Rule, chosen: Readings | undefined) => ReadIfAny;

/**
 * One function for all rules of a policy that read of a host, by which `memoizeByReadings` knows the host again.
 *
 * @param plain reads derived facts too; of a fact that is not there it gives nothing, or what `notCollected` says, which is the same to rules.
 *   Rules of policies without parameters get it as it is
 */
export function readFor(plain: ReadIfAny): ReadFor {
  const withParameters = new Map<Readings, ReadIfAny>();
  return ({ parameters }, chosen) => {
    if (parameters.size === 0) return plain;
    const before = withParameters.get(parameters);
    if (before !== undefined) return before;
    const read: ReadIfAny = (id) => chosen?.get(id) ?? parameters.get(id) ?? plain(id);
    withParameters.set(parameters, read);
    return read;
  };
}

/**
 * Applicability first, then the requirement. A doubt about either is never a pass and never "does not apply", unless
 * the rule says so of an absent fact (`ifAbsent`).
 *
 * @param facts derived facts included
 * @param chosen `param.NAME` to the value that the host's profile sets; the defaults of the policy hold for the others
 */
export function applyRule(rule: Rule, facts: ReadingLookup, chosen?: Readings): Applied {
  return ruleAnswers(rule)(readFor((id) => facts.get(id))(rule, chosen)).applied;
}
