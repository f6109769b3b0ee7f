import type { FactDefinition } from '../facts/definition.js';
import { FACTS, FURTHER_FACTS } from '../facts/index.js';
import { internMade } from '../facts/intern.js';
import { memoizeByReadings } from '../facts/memoize-by-readings.js';
import { DUMP_FACTS } from '../kernel/crashkernel-size.js';
import { fixFacts } from '../kernel/fixes/facts.js';
import type { KnownFix } from '../kernel/fixes/schema.js';
import { loadFixes } from '../kernel/fixes/load.js';
import { nextBootFacts } from '../kernel/next-boot/facts.js';
import { nextKernelFacts } from '../kernel/next-boot/kernel-facts.js';
import { NEXT_BOOT_OUTCOME_FACTS } from '../kernel/next-boot/outcome-facts.js';
import { OUTCOME_FACTS } from '../kernel/outcome/index.js';
import { supportFacts, TODAY } from '../kernel/support/facts.js';
import { loadSupport } from '../kernel/support/load.js';
import type { SupportData } from '../kernel/support/schema.js';
import { createDiagnosticSink, right, toLoaded, wrong, type Loaded } from '../model/diagnostic.js';
import type { DerivedFact, FactDescription } from '../model/fact.js';
import { memoize } from '../language/memoize.js';
import type { FactId, ReadFact } from '../model/reading.js';
import type { ReportHeader } from '../model/report.js';
import { loadDeclaredFacts } from '../policy/declared-facts.js';
import { loadPolicies, type PolicyFile } from '../policy/load.js';
import type { GroupRule } from '../policy/groups/group-rule.js';
import { type Policy, type Profile, type Rule, allRules } from '../policy/policy.js';
import { loadProfiles } from '../policy/profiles/load-profiles.js';
import type { TextFile } from '../text/text-file.js';
import { sha256 } from './sha256.js';

/** Everything that judging needs, loaded and checked once a run. */
export interface RuleSet {
  readonly policies: readonly Policy[];
  /** Every rule of them, sorted by id. */
  readonly rules: readonly Rule[];
  /** Every rule over groups. */
  readonly groupRules: readonly GroupRule[];
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly fixes: readonly KnownFix[];
  readonly support: readonly SupportData[];
  /** Facts computed from what the probe read, in the order in which they may read each other. */
  readonly derived: readonly DerivedFact[];
  /** Facts that the policies declare; the same list for as long as the rule set is used. */
  readonly declared: readonly FactDefinition[];
  readonly sources: ReportHeader['policies'];
  /** How many rules of `known` policies are not among `rules`, those over groups too. */
  readonly notLoaded: number;
  /** The policies that are not kernward's. */
  readonly own: ReadonlySet<string>;
  /** What it was made of: expressions are functions, so another thread has to make its own of the same texts. */
  readonly texts: RuleSetTexts;
}

export interface RuleSetTexts {
  readonly policies: readonly PolicyFile[];
  readonly profiles: readonly TextFile[];
  /** Policies that profiles may speak of although they are not judged: the shipped ones, where the user left them out. */
  readonly known: readonly PolicyFile[];
  readonly fixes: readonly TextFile[];
  /** Below /etc, what the run allows policies to have read; `any` where no host is asked. Default: nothing. */
  readonly allowRead?: readonly string[] | 'any';
  /** Until when kernels and distributions are maintained. */
  readonly support: readonly TextFile[];
}

function plainDerivedFacts(
  fixes: readonly KnownFix[],
  support: readonly SupportData[],
  declared: readonly FactDefinition[],
): readonly DerivedFact[] {
  return [
    ...OUTCOME_FACTS,
    ...nextBootFacts(declared),
    ...NEXT_BOOT_OUTCOME_FACTS,
    ...DUMP_FACTS,
    ...fixFacts(fixes),
    ...nextKernelFacts(fixes),
    ...supportFacts(support),
  ];
}

/** The same, with answers that are kept for hosts of which the same was read. */
function derivedFacts(
  fixes: readonly KnownFix[],
  support: readonly SupportData[],
  declared: readonly FactDefinition[],
): readonly DerivedFact[] {
  // One list where facts are made of the same, so that a host is looked at once for all of them.
  const shared = memoize(
    (inputs: readonly FactId[]) => inputs,
    (inputs) => inputs.toSorted().join(' '),
  );
  const facts = plainDerivedFacts(fixes, support, declared).map((fact) => ({ ...fact, inputs: shared(fact.inputs) }));
  return facts.map((fact) => ({
    ...fact,
    derive: memoizeByReadings(fact.inputs, (read: ReadFact) => internMade(fact.derive(read))),
  }));
}

/** Every fact that an expression can name. What the facts of support are does not depend on the data. */
export function allFacts(
  fixes: readonly KnownFix[],
  declared: readonly FactDefinition[] = [],
): readonly FactDescription[] {
  return [...FACTS, ...FURTHER_FACTS, TODAY, ...plainDerivedFacts(fixes, [], declared), ...declared];
}

/** Every fact that a condition of a loaded rule reads, of a rule over groups too. */
export function factsRead({ rules, groupRules }: RuleSet): ReadonlySet<FactId> {
  return new Set([
    ...rules.flatMap(({ requires, appliesTo }) => [...requires.facts, ...(appliesTo?.facts ?? [])]),
    ...groupRules.flatMap(({ ask }) => ask.of.facts),
  ]);
}

/** Policies that are not judged have no facts of their own. */
function loadKnown(files: readonly PolicyFile[], facts: readonly FactDescription[]): Loaded<readonly Policy[]> {
  return files.length === 0 ? right([]) : loadPolicies(files, facts);
}

/** Loads fixes, dates of support, policies and profiles; with everything that is wrong with any of them. */
export function loadRuleSet(texts: RuleSetTexts): Loaded<RuleSet> {
  const diagnostics = createDiagnosticSink();
  const { take } = diagnostics;
  const fixes = take(loadFixes(texts.fixes)) ?? [];
  const support = take(loadSupport(texts.support)) ?? [];
  const own = allFacts(fixes);
  const known = take(loadKnown(texts.known, own));
  const declared = loadDeclaredFacts(texts.policies, own, texts.allowRead ?? []);
  diagnostics.addAll(declared.diagnostics);
  const { definitions } = declared;
  const facts = [...(definitions.length === 0 ? own : allFacts(fixes, definitions)), ...declared.standIns];
  const policies = take(loadPolicies(texts.policies, facts));
  const profiles =
    policies === undefined || known === undefined
      ? undefined
      : take(loadProfiles(texts.profiles, [...policies, ...known]));
  if (policies === undefined || profiles === undefined) return wrong(diagnostics.all());
  const shippedFiles = new Set(texts.policies.flatMap(({ file, isShipped }) => (isShipped === true ? [file] : [])));
  const textOf = new Map(texts.policies.map(({ file, text }) => [file, text]));
  const ruleSet: RuleSet = {
    policies,
    rules: allRules(policies),
    groupRules: policies.flatMap(({ groupRules }) => groupRules),
    profiles,
    fixes,
    support,
    derived: derivedFacts(fixes, support, definitions),
    declared: definitions,
    notLoaded: (known ?? []).reduce((sum, policy) => sum + policy.rules.length + policy.groupRules.length, 0),
    own: new Set(policies.flatMap(({ id, file }) => (shippedFiles.has(file) ? [] : [id]))),
    sources: policies.map(({ id, title, file }) => ({ id, title, file, sha256: sha256(textOf.get(file) ?? '') })),
    texts,
  };
  return toLoaded(ruleSet, diagnostics.all());
}
