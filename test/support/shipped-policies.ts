import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FACTS, FURTHER_FACTS } from '../../src/facts/index.js';
import { DUMP_FACTS } from '../../src/kernel/crashkernel-size.js';
import { NEXT_BOOT_FACTS } from '../../src/kernel/next-boot/facts.js';
import { nextKernelFacts } from '../../src/kernel/next-boot/kernel-facts.js';
import { NEXT_BOOT_OUTCOME_FACTS } from '../../src/kernel/next-boot/outcome-facts.js';
import { derive } from '../../src/kernel/derive-facts.js';
import { fixFacts } from '../../src/kernel/fixes/facts.js';
import { loadFixes } from '../../src/kernel/fixes/load.js';
import { OUTCOME_FACTS } from '../../src/kernel/outcome/index.js';
import { supportFacts, TODAY } from '../../src/kernel/support/facts.js';
import { loadSupport } from '../../src/kernel/support/load.js';
import type { Diagnostic } from '../../src/model/diagnostic.js';
import type { DerivedFact, FactDescription } from '../../src/model/fact.js';
import type { Readings } from '../../src/model/reading.js';
import { loadPolicies } from '../../src/policy/load.js';
import type { TextFile } from '../../src/text/text-file.js';
import { allRules, type Policy, type Profile } from '../../src/policy/policy.js';
import type { RuleSet } from '../../src/run/rule-set.js';
import { loadProfiles } from '../../src/policy/profiles/load-profiles.js';
import { parseRecording } from '../../src/probe/recording.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from '../../src/run/shipped/package-files.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';

/**
 * What stands in `policies/`, loaded as the product loads it, with the values that the build has checked, and with every fact
 * there is. That these are the values of the files is for test/package/precomputed.test.ts.
 */

function yamlIn(folder: string): readonly TextFile[] {
  return readdirSync(join(process.cwd(), folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(join(process.cwd(), folder, name), 'utf8') }));
}

export function inWords(diagnostics: readonly Diagnostic[]): string {
  return renderDiagnostics(diagnostics, { colour: false });
}

function sound<T>(loaded: { readonly value: T | undefined; readonly diagnostics: readonly Diagnostic[] }): T {
  if (loaded.value === undefined) throw new Error(inWords(loaded.diagnostics));
  return loaded.value;
}

export const POLICY_FILES = yamlIn('policies');
export const PROFILE_FILES = yamlIn('policies/profiles');
export const SUPPORT = sound(loadSupport(shippedSupport()));
const FIXES = sound(loadFixes(shippedFixes()));
export const DERIVED: readonly DerivedFact[] = [
  ...OUTCOME_FACTS,
  ...NEXT_BOOT_FACTS,
  ...NEXT_BOOT_OUTCOME_FACTS,
  ...nextKernelFacts(FIXES),
  ...DUMP_FACTS,
  ...fixFacts(FIXES),
  ...supportFacts(SUPPORT),
];
export const ALL_FACTS: readonly (FactDescription | DerivedFact)[] = [...FACTS, ...FURTHER_FACTS, TODAY, ...DERIVED];
export const POLICIES: readonly Policy[] = sound(loadPolicies(shippedPolicies(), ALL_FACTS));
export const PROFILES: ReadonlyMap<string, Profile> = sound(loadProfiles(shippedProfiles(), POLICIES));

/** A recorded host; undefined where there is no recording of that name. */
export function recordedHost(name: string): Readings | undefined {
  const file = join(process.cwd(), 'policies/hosts', `${name}.probe`);
  if (!existsSync(file)) return undefined;
  const parsed = parseRecording(readFileSync(file));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.detail}`);
  return parsed.readings;
}

/** Every derived fact that a rule names: the other known fixes take time and change nothing. */
const NAMED = new Set(
  POLICIES.flatMap(({ rules }) => rules).flatMap(({ appliesTo, requires, because }) => [
    ...(appliesTo?.facts ?? []),
    ...requires.facts,
    ...because.expressions.flatMap(({ facts }) => facts),
  ]),
);
export const USED_FACTS = DERIVED.filter(({ id }) => NAMED.has(id));

export function withDerived(readings: Readings): Readings {
  return derive(readings, USED_FACTS);
}

/** The shipped policies as a run has them, without what is known of kernels. */
export const RULE_SET: RuleSet = {
  policies: POLICIES,
  rules: allRules(POLICIES),
  groupRules: POLICIES.flatMap(({ groupRules }) => groupRules),
  profiles: PROFILES,
  fixes: [],
  support: [],
  derived: DERIVED,
  sources: [],
  notLoaded: 0,
  own: new Set(),
  declared: [],
  texts: { policies: [], profiles: [], known: [], fixes: [], support: [] },
};
