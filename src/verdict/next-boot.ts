import type { FactDefinition } from '../facts/definition.js';
import { memoize } from '../language/memoize.js';
import { afterBoot, IDENTIFIES_KERNEL, predictedFacts, type AfterBoot } from '../kernel/next-boot/after-boot.js';
import {
  expectationsFor,
  NEXT_BOOT_FILES,
  placeText,
  type Expectations,
  type Expected,
} from '../kernel/next-boot/expect.js';
import type { DerivedFact } from '../model/fact.js';
import { readerOf } from '../model/ordered-readings.js';
import { notCollected, type FactId, type Reading, type Readings, type ReadFact } from '../model/reading.js';
import type { NextBoot, Result, SetAtBoot, Verdict } from '../model/verdict.js';
import { readFor, ruleAnswers, type Applied } from '../policy/apply-rule.js';
import type { Profile, Rule } from '../policy/policy.js';
import { clean } from '../text/clean.js';
import { doubtWords } from '../text/doubt-words.js';

/** What rules are asked a second time with. */
interface Asked {
  readonly rules: readonly Rule[];
  readonly derived: readonly DerivedFact[];
  readonly declared: readonly FactDefinition[];
}

/** What a rule will say of the machine after its next boot; undefined where the boot decides nothing of it. */
export type AskNextBoot = (rule: Rule, now: Pick<Verdict, 'result'>) => NextBoot | undefined;

/** Facts with what they will be, of those that will not be what they are. */
type Changed = ReadonlyMap<FactId, Reading>;

function conditionFacts({ appliesTo, requires }: Rule): readonly FactId[] {
  return [...(appliesTo?.facts ?? []), ...requires.facts];
}

/** Facts of the prediction itself: a rule over them is about the next boot already. */
function isOfNextBoot(fact: FactId): boolean {
  return fact.startsWith('next_boot.');
}

/** Every fact that a fact is made from, itself included. */
function sourcesOf(derived: readonly DerivedFact[]): (fact: FactId) => ReadonlySet<FactId> {
  const byId = new Map(derived.map((fact) => [fact.id, fact]));
  const sources = memoize((fact: FactId): ReadonlySet<FactId> => {
    const inputs = byId.get(fact)?.inputs ?? [];
    return new Set([fact, ...inputs.flatMap((input) => [...sources(input)])]);
  });
  return sources;
}

const PASSES: ReadonlySet<string> = new Set(['pass', 'notapplicable']);

/** What the rule reads that changes, as far as its answer shows it; all of it where that shows nothing. */
function decisive(changed: readonly FactId[], { evidence }: Applied): readonly FactId[] {
  const shown = changed.filter((fact) =>
    evidence.some(
      ({ fact: read, reading }) => read === fact || (reading.state === 'known' && reading.raw.includes(`${fact} is`)),
    ),
  );
  return shown.length > 0 ? shown : changed;
}

/** Settings that the rule is about: those that its remedy sets; where it sets none, those that it requires something of. */
function settingsOf(rule: Rule, settings: readonly Expected[]): readonly Expected[] {
  const { sysctl: sysctls = {}, sysfs = {} } = rule.remediation ?? {};
  const names = new Set([...Object.keys(sysctls), ...Object.keys(sysfs)]);
  const ofRemedy = settings.filter(({ setting: { sysctl, path } }) => names.has(sysctl ?? path));
  if (ofRemedy.length > 0) return ofRemedy;
  const facts = new Set(rule.requires.facts);
  return settings.filter(({ setting: { fact } }) => facts.has(fact.id));
}

/** Why it is open: the doubts of what a boot sets, each once and without the way that they went through derived facts. */
function openBecause(changes: readonly FactId[], changed: Changed, { because }: Applied): string {
  const doubts = changes.flatMap((fact) => {
    const reading = changed.get(fact);
    return reading?.state === 'unreadable' && because.includes(reading.detail) ? [reading.detail] : [];
  });
  const reasons = [...new Set(doubts)];
  // One that is the reason of another is told there.
  const told = reasons.filter((reason) => !reasons.some((other) => other !== reason && other.endsWith(reason)));
  return clean(told.length > 0 ? told.join('; ') : because, LONGEST_REASON);
}

interface Known {
  readonly result: Result;
  /** Of the rule after the boot; undefined where nothing that it reads changes. */
  readonly applied: Applied | undefined;
  readonly answer: NextBoot | undefined;
}

/** How many answers are remembered of one rule, of machines that a boot changes alike. */
const MOST_KNOWN = 16;
const MOST_SHARED = 4096;

/** The same object for what says the same. */
function shared<T extends object>(): (made: T) => T {
  const byText = new Map<string, T>();
  return (made) => {
    const text = JSON.stringify(made);
    const before = byText.get(text);
    if (before !== undefined) return before;
    if (byText.size >= MOST_SHARED) byText.clear();
    byText.set(text, made);
    return made;
  };
}

const MOST_PLACES = 6;
const LONGEST_REASON = 1000;

function setBy(fact: FactId, reading: Reading | undefined): readonly SetAtBoot[] {
  return reading?.state === 'known'
    ? [
        {
          fact,
          value: clean(typeof reading.value === 'object' ? JSON.stringify(reading.value) : String(reading.value), 200),
          place: clean(reading.raw, 300),
        },
      ]
    : [];
}

function withPlaces(by: readonly SetAtBoot[]): Pick<NextBoot, 'by'> {
  return by.length === 0 ? {} : { by: by.slice(0, MOST_PLACES) };
}

/**
 * Asks rules that read settings once more, of the facts as they will be after the next boot: the same expression over other
 * readings, so that no rule has to say anything of it. Nothing is evaluated where nothing that a rule reads changes.
 */
export function createNextBoot({
  rules,
  derived,
  declared,
}: Asked): (readings: Readings, profile: Profile) => AskNextBoot | undefined {
  const sources = sourcesOf(derived);
  const predicted = predictedFacts(declared);
  const after = afterBoot(declared);
  const expectations = expectationsFor(declared);
  /** Of all that conditions are made from what a boot may change; the same list for rules with the same conditions. */
  const predictedOf = memoize(
    (facts: readonly FactId[]): readonly FactId[] => {
      if (facts.some(isOfNextBoot)) return [];
      const all = [...new Set(facts.flatMap((fact) => [...sources(fact)]))];
      return all.some((fact) => predicted.has(fact)) ? all : [];
    },
    (facts) => facts.join(' '),
  );
  const factsOf = new Map(
    rules.flatMap((rule) => {
      const facts = predictedOf(conditionFacts(rule));
      return facts.length === 0 ? [] : [[rule, facts] as const];
    }),
  );
  const ofKernel = derived.filter(({ inputs }) => inputs.includes(IDENTIFIES_KERNEL)).map(({ id }) => id);
  /** With what is known of a kernel by its identity, where it is not known which boots. */
  const withKernel = memoize(({ facts, kernelDoubt }: AfterBoot): Changed =>
    kernelDoubt === undefined ? facts : new Map([...facts, ...ofKernel.map((id) => [id, kernelDoubt] as const)]),
  );
  const derivedById = new Map(derived.map((fact) => [fact.id, fact]));
  /** The derived facts that are made from what changes. */
  const remade = memoize((changed: Changed) =>
    memoize((id: FactId): DerivedFact | undefined => {
      const fact = isOfNextBoot(id) ? undefined : derivedById.get(id);
      return fact !== undefined && [...sources(id)].some((source) => changed.has(source)) ? fact : undefined;
    }),
  );
  /** What changes of such a list. */
  const changesOf = memoize((changed: Changed) =>
    memoize((facts: readonly FactId[]): readonly FactId[] => facts.filter((fact) => changed.has(fact))),
  );
  /** Answers are few and are the same objects for all hosts of which the same comes. */
  const share = shared<NextBoot>();
  const stillPasses = share({ result: 'pass' });
  /** What came of a rule, by what it said now and what it says then; machines that a boot changes alike have one list. */
  const allAnswers = new WeakMap<Changed, WeakMap<Expectations, Map<Rule, readonly Known[]>>>();
  const answersOf = (changed: Changed, settings: Expectations): Map<Rule, readonly Known[]> => {
    const ofChanged = allAnswers.get(changed) ?? new WeakMap<Expectations, Map<Rule, readonly Known[]>>();
    const answers = ofChanged.get(settings) ?? new Map<Rule, readonly Known[]>();
    allAnswers.set(changed, ofChanged.set(settings, answers));
    return answers;
  };
  return (readings, profile) => {
    const reads = readerOf(readings);
    const files = reads(NEXT_BOOT_FILES);
    if (files.state === 'unreadable' && files.cause === 'not-collected') return undefined;
    const afterwards = after(reads);
    if (afterwards === undefined) {
      const why = files.state === 'unreadable' ? doubtWords(files.cause, files.detail) : `is ${files.state}`;
      const because = clean(`${NEXT_BOOT_FILES} ${why}`, LONGEST_REASON);
      return (rule) => (factsOf.has(rule) ? { result: 'unknown', because } : undefined);
    }
    const changed = withKernel(afterwards);
    const settings = expectations(reads);
    const isRemade = remade(changed);
    const changesIn = changesOf(changed);
    const made = new Map<FactId, Reading>();
    /** Derives what is asked for: of most rules that is little. */
    const next = (id: FactId): Reading | undefined => {
      const before = changed.get(id) ?? made.get(id);
      if (before !== undefined) return before;
      const fact = isRemade(id);
      if (fact === undefined) return readings.get(id);
      const reading = fact.derive(read);
      made.set(id, reading);
      return reading;
    };
    const read: ReadFact = (id) => next(id) ?? notCollected(id);
    const readNext = readFor(read);
    const answers = answersOf(changed, settings);
    const answer = (
      rule: Rule,
      result: NextBoot['result'],
      changes: readonly FactId[],
      applied: Applied | undefined,
    ): NextBoot | undefined => {
      const stays = (): Pick<NextBoot, 'by'> =>
        PASSES.has(result) || 'reading' in settings
          ? {}
          : withPlaces(
              settingsOf(rule, settings.settings).flatMap(({ setting, prediction: { winner } }) =>
                winner === undefined
                  ? []
                  : [{ fact: setting.fact.id, value: winner.value, place: clean(placeText(winner), 300) }],
              ),
            );
      if (applied === undefined)
        return result === 'notapplicable' || result === 'unknown' ? undefined : { result, ...stays() };
      const after = applied.result;
      if (after === 'error' || after === 'notselected') return undefined;
      if (after === result) {
        if (after === 'notapplicable') return undefined;
        return after === 'unknown'
          ? { result: after, because: openBecause(changes, changed, applied) }
          : { result: after, ...stays() };
      }
      if (PASSES.has(after) && result === 'notapplicable') return undefined;
      return {
        result: after,
        ...(PASSES.has(after)
          ? {}
          : {
              because:
                after === 'unknown' ? openBecause(changes, changed, applied) : clean(applied.because, LONGEST_REASON),
            }),
        ...(after === 'unknown'
          ? {}
          : withPlaces(decisive(changes, applied).flatMap((fact) => setBy(fact, changed.get(fact))))),
      };
    };
    return (rule, { result }) => {
      const facts = factsOf.get(rule);
      if (facts === undefined || result === 'notselected' || result === 'error') return undefined;
      const changes = changesIn(facts);
      const applied =
        changes.length === 0
          ? undefined
          : ruleAnswers(rule)(readNext(rule, profile.parameters.get(rule.policy))).applied;
      // What comes of most rules is not remembered.
      if (result === 'pass' && (applied === undefined || applied.result === 'pass')) return stillPasses;
      const known = answers.get(rule) ?? [];
      const before = known.find((one) => one.result === result && one.applied === applied);
      if (before !== undefined) return before.answer;
      const found = answer(rule, result, changes, applied);
      const one = { result, applied, answer: found === undefined ? undefined : share(found) };
      if (known.length < MOST_KNOWN) answers.set(rule, [...known, one]);
      return one.answer;
    };
  };
}
