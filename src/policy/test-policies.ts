import { derive, deriveWhenAsked } from '../kernel/derive-facts.js';
import { familyProblems, keptDefaults } from '../kernel/families/check-family.js';
import type { Position } from '../model/diagnostic.js';
import type { DerivedFact, FactDescription } from '../model/fact.js';
import { unreadable, type FactId, type Reading, type ReadingLookup, type Readings } from '../model/reading.js';
import type { Result, RuleId } from '../model/verdict.js';
import { toAlternatives } from './alternatives.js';
import { applyRule, type Applied } from './apply-rule.js';
import type { GroupCase, GroupRule } from './groups/group-rule.js';
import { openGroup } from './groups/evaluate-group.js';
import type { Policy, PolicyCase, Rule } from './policy.js';

/** How one case of one rule went. `problem` is set exactly where it is not as it must be. */
export interface CaseResult {
  readonly policy: string;
  readonly rule: RuleId;
  readonly case: string;
  readonly expected: Result;
  /** `undefined` where there is no recorded host to start from. */
  readonly got: Result | undefined;
  readonly because: string;
  readonly problem?: string;
  /** What every part of the rule came to, where that was asked for and there is a problem. */
  readonly steps?: readonly string[];
  readonly at: Position;
}

export interface PolicyTest {
  readonly policies: readonly Policy[];
  /** Every fact that there is; a derived one names its inputs. */
  readonly facts: readonly (FactDescription | DerivedFact)[];
  /** A recorded host by name: what its probe's output says, without derived facts. */
  readonly base: (name: string) => Readings | undefined;
  /** Facts that are derived from what is read, each after those that it reads. */
  readonly derived: readonly DerivedFact[];
  /** Cases that fail are explained. */
  readonly explain?: boolean;
}

/** A host that differs from a recorded one in the stated facts; a derived fact that is stated is not derived. */
function variant(base: Readings, stated: Readings, derived: readonly DerivedFact[]): Readings {
  return new Map([...derive(new Map([...base, ...stated]), derived), ...stated]);
}

/** As `variant`, of which one rule asks. */
function variantWhenAsked(base: Readings, stated: Readings, derived: readonly DerivedFact[]): ReadingLookup {
  const all = deriveWhenAsked({ get: (id) => stated.get(id) ?? base.get(id) }, derived);
  return { get: (id) => stated.get(id) ?? all.get(id) };
}

/** The facts, and what those among them that are derived were derived from, all the way down. */
function withInputs(
  ids: readonly FactId[],
  facts: ReadonlyMap<FactId, FactDescription | DerivedFact>,
): ReadonlySet<FactId> {
  const all = new Set<FactId>();
  const add = (id: FactId): void => {
    if (all.has(id)) return;
    all.add(id);
    const fact = facts.get(id);
    if (fact !== undefined && 'inputs' in fact) for (const input of fact.inputs) add(input);
  };
  for (const id of ids) add(id);
  return all;
}

function literalsOf({ appliesTo, requires }: Rule) {
  return [...(appliesTo?.literals ?? []), ...requires.literals];
}

function formatCaseValue(reading: Reading): string {
  return reading.state === 'known' ? reading.raw : reading.state;
}

/** The facts that a rule read, and those that they are derived from. */
function readBy({ evidence }: Applied, facts: ReadonlyMap<FactId, FactDescription>): readonly FactId[] {
  return [
    ...withInputs(
      evidence.map(({ fact }) => fact),
      facts,
    ),
  ];
}

/**
 * A pass may not rest on what was not read: makes each fact behind it unreadable, one at a time. Where the rule still
 * passes, no value of that fact may change its answer.
 */
function unsoundness(
  rule: Rule,
  applied: Applied,
  facts: ReadonlyMap<FactId, FactDescription>,
  applyWith: (id: FactId, reading: Reading) => Applied,
): string | undefined {
  for (const id of readBy(applied, facts)) {
    const fact = facts.get(id);
    if (fact === undefined || applyWith(id, unreadable('denied', 'what if it could not be read')).result !== 'pass')
      continue;
    for (const alternative of toAlternatives(fact, literalsOf(rule))) {
      const { result } = applyWith(id, alternative);
      if (result !== 'pass')
        return `still passes where ${id} cannot be read, though with ${formatCaseValue(alternative)} it gives ${result}`;
    }
  }
  return undefined;
}

function stepsOf({ appliesTo, requires, parameters }: Rule, readings: Readings, chosen: Readings): readonly string[] {
  const lookup = { get: (id: FactId) => chosen.get(id) ?? parameters.get(id) ?? readings.get(id) };
  return [
    ...(appliesTo === undefined ? [] : ['applies to:', ...appliesTo.explain(lookup).map((line) => `  ${line}`)]),
    'requires:',
    ...requires.explain(lookup).map((line) => `  ${line}`),
  ];
}

function runCase(
  { base, derived, explain }: PolicyTest,
  byId: ReadonlyMap<FactId, FactDescription>,
  rule: Rule,
  item: PolicyCase,
): CaseResult {
  const named = { policy: rule.policy, rule: rule.id, case: item.name, expected: item.gives, at: item.at };
  const recorded = base(item.host);
  if (recorded === undefined)
    return { ...named, got: undefined, because: '', problem: `there is no recorded host called ${item.host}` };
  const edited = variant(recorded, item.facts, derived);
  const chosen = new Map([...item.facts].filter(([id]) => rule.parameters.has(id)));
  const applied = applyRule(rule, edited, chosen);
  const taken = readBy(applied, byId).filter((id) => !item.facts.has(id));
  const [claim] = [...familyProblems(edited, recorded), ...keptDefaults(recorded, edited, new Set(taken))];
  if (claim !== undefined)
    return {
      ...named,
      got: undefined,
      because: '',
      problem: `the host of the case cannot exist: ${claim}; start from a recorded host of that family, or state the fact`,
    };
  const outcome = { ...named, got: applied.result, because: applied.because };
  if (applied.result !== item.gives)
    return {
      ...outcome,
      problem: `gives ${applied.result}, not ${item.gives}: ${applied.because}`,
      ...(explain === true ? { steps: stepsOf(rule, edited, chosen) } : {}),
    };
  if (applied.result !== 'pass') return outcome;
  const problem = unsoundness(rule, applied, byId, (id, reading) =>
    applyRule(rule, variantWhenAsked(recorded, new Map([...item.facts, [id, reading]]), derived), chosen),
  );
  return problem === undefined ? outcome : { ...outcome, problem };
}

/** A group of the hosts that the case states, named in order. */
function runGroupCase({ base, derived }: PolicyTest, rule: GroupRule, item: GroupCase): CaseResult {
  const named = { policy: rule.policy, rule: rule.id, case: item.name, expected: item.gives, at: item.at };
  const group = openGroup(rule);
  let hosts = 0;
  for (const { count, host, facts } of item.hosts) {
    const recorded = base(host);
    if (recorded === undefined)
      return { ...named, got: undefined, because: '', problem: `there is no recorded host called ${host}` };
    const readings = facts === undefined ? undefined : variant(recorded, facts, derived);
    for (let index = 0; index < count; index++) group.add(`host${(hosts += 1)}`, readings);
  }
  const { result, because } = group.judge('group');
  return {
    ...named,
    got: result,
    because,
    ...(result === item.gives ? {} : { problem: `gives ${result}, not ${item.gives}: ${because}` }),
  };
}

/** Runs every case of every rule, in the order of the files, the rules over groups of each after the others. */
export function testPolicies(test: PolicyTest): readonly CaseResult[] {
  const byId = new Map(test.facts.map((fact) => [fact.id, fact]));
  return test.policies.flatMap(({ rules, groupRules }) => [
    ...rules.flatMap((rule) => rule.cases.map((item) => runCase(test, byId, rule, item))),
    ...groupRules.flatMap((rule) => rule.cases.map((item) => runGroupCase(test, rule, item))),
  ]);
}
