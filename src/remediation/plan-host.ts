import { FACTS } from '../facts/index.js';
import type { FactDefinition } from '../facts/index.js';
import type { ReadIfAny } from '../facts/memoize-by-readings.js';
import { expectationsFor } from '../kernel/next-boot/expect.js';
import { defined } from '../language/defined.js';
import type { FactId, Reading } from '../model/reading.js';
import type { HostReport, RemediationSetting, RuleSummary } from '../model/report.js';
import { SEVERITIES, type RuleId, type Verdict } from '../model/verdict.js';
import { memoize } from '../language/memoize.js';
import { clean } from '../text/clean.js';
import { topicOf } from './drop-ins.js';
import { toInstruction } from './instruction.js';
import { isPlain, type SettingKind } from './shell-safe.js';
import type { Assignment, Contradiction, Instruction } from './remedy.js';
import { whereTheyWin } from './where-it-wins.js';

/** What is to be done on one host. */
export interface HostPlan {
  readonly assignments: readonly Assignment[];
  readonly instructions: readonly Instruction[];
  readonly contradictions: readonly Contradiction[];
  readonly reasons: ReadonlyMap<RuleId, string>;
  readonly before: ReadonlyMap<string, string>;
  readonly tunedProfile?: string;
}

interface Wish extends RemediationSetting {
  readonly kind: SettingKind;
  readonly rule: RuleId;
}

const NONE: readonly FactDefinition[] = [];
const LONGEST_SENTENCE = 1000;
const LONGEST_VALUE = 200;

function pathsOf({ origin }: FactDefinition): readonly string[] {
  return origin.via === 'file' ? origin.paths : [];
}
const byFile = memoize(
  (facts: readonly FactDefinition[]): ReadonlyMap<string, FactDefinition> =>
    new Map([...FACTS, ...facts].flatMap((fact) => pathsOf(fact).map((path) => [path, fact]))),
);

type Declared = readonly FactDefinition[];

function factOf(declared: Declared, kind: SettingKind, name: string): FactDefinition | undefined {
  return byFile(declared).get(kind === 'sysfs' ? name : `/proc/sys/${name.replaceAll('.', '/')}`);
}

function readingOf(declared: Declared, host: HostReport, kind: SettingKind, name: string): Reading | undefined {
  const fact = factOf(declared, kind, name);
  return fact === undefined ? undefined : host.readings.get(fact.id);
}

/** `1`; of `always [madvise] never` the chosen word. What the host sent is not trusted to be plain. */
function formatSetting(reading: Reading & { readonly state: 'known' }): string {
  const { raw, value } = reading;
  return clean(typeof value === 'string' ? value : raw.trim(), LONGEST_VALUE);
}

function formatBefore(reading: Reading | undefined): string {
  if (reading === undefined) return 'not known: the probe does not read it';
  return reading.state === 'known'
    ? formatSetting(reading)
    : `not known: ${reading.state === 'absent' ? 'absent' : reading.cause}`;
}

function wishesOf({ id, remediationSettings: settings }: RuleSummary): readonly Wish[] {
  return [
    ...(settings?.sysctl ?? []).map((setting): Wish => ({ ...setting, kind: 'sysctl', rule: id })),
    ...(settings?.sysfs ?? []).map((setting): Wish => ({ ...setting, kind: 'sysfs', rule: id })),
  ];
}

function accepts(wish: Wish, value: string): boolean {
  return wish.value === value || wish.accepts.includes(value);
}

/**
 * What the host has, where every rule passes with it; else the first value, the most severe rule's before the others', with which
 * every rule passes that wants one.
 */
function agreed(wishes: readonly Wish[], present: Reading | undefined): string | undefined {
  const own = present?.state === 'known' ? [formatSetting(present)] : [];
  return [...own, ...wishes.map(({ value }) => value)].find((value) => wishes.every((wish) => accepts(wish, value)));
}

function bySeverity(a: RuleSummary, b: RuleSummary): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.id < b.id ? -1 : 1);
}
function byName(a: Assignment, b: Assignment): number {
  return a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind < b.kind ? 1 : -1;
}

function bootName(declared: Declared, { kind, name }: Wish): string | undefined {
  return factOf(declared, kind, name)?.bootParameter?.replace(/=.*$/, '');
}

/**
 * The boot parameters that a rule asks for, but for those that would set another value at boot than the files do
 * afterwards.
 */
function parametersOf(
  declared: Declared,
  { remediationSettings }: RuleSummary,
  own: readonly Wish[],
  values: ReadonlyMap<string, string>,
): readonly string[] {
  return (remediationSettings?.bootParameters ?? []).filter((parameter) => {
    const [name, value] = parameter.split('=', 2);
    const wish = own.find((each) => bootName(declared, each) === name && each.value === value);
    return wish === undefined || values.get(wish.name) === wish.value;
  });
}

/** The boot parameters of this host that set the same thing before any file does: `hung_task_panic=1`. */
function bootedWith(declared: Declared, host: HostReport, wish: Wish): readonly string[] {
  const line = host.readings.get('cmdline');
  if (line?.state !== 'known' || typeof line.value !== 'object' || Array.isArray(line.value)) return [];
  const names = [bootName(declared, wish), wish.kind === 'sysctl' ? `sysctl.${wish.name}` : undefined];
  return Object.entries(line.value).flatMap(([parameter, value]) =>
    names.includes(parameter) ? [value === '' ? parameter : `${parameter}=${value}`] : [],
  );
}

/** Why a rule fails; of one that complies until the next boot, why it fails then. */
function reasonOf({ because, result, nextBoot }: Verdict): string {
  return result === 'fail' ? because : `from the next boot on: ${nextBoot?.because ?? ''}`;
}

/** The names of the profiles that tuned starts with; what the host sent is not trusted to be such. */
function tunedProfileOf(read: ReadIfAny, declared: Declared): string | undefined {
  const expectations = expectationsFor(declared)(read);
  const profile = 'reading' in expectations ? undefined : expectations.plan.tuned?.profile;
  return profile !== undefined && /^[A-Za-z0-9_.-]+(?: [A-Za-z0-9_.-]+)*$/.test(profile) ? profile : undefined;
}

/**
 * What is to be done on a host about these failing rules. A key that its kernel has not is left out, two rules that no
 * value satisfies are a contradiction, and whatever cannot be written to a file becomes an instruction.
 */
export function planHost(host: HostReport, failing: readonly RuleSummary[], declared: Declared = NONE): HostPlan {
  const wishes = failing.toSorted(bySeverity).flatMap(wishesOf);
  const plain = wishes.filter((wish) => isPlain(wish.kind, wish));
  const there = plain.filter(({ kind, name }) => readingOf(declared, host, kind, name)?.state !== 'absent');
  const assignments: Assignment[] = [];
  const contradictions: Contradiction[] = [];
  for (const name of new Set(there.map((wish) => wish.name))) {
    const ofKey = there.filter((wish) => wish.name === name);
    const [first] = ofKey;
    if (first === undefined) continue;
    const value = agreed(ofKey, readingOf(declared, host, first.kind, name));
    if (value === undefined)
      contradictions.push({ name, wishes: ofKey.map(({ rule, value: wanted }) => ({ rule, value: wanted })) });
    else assignments.push({ kind: first.kind, name, value, rules: [...new Set(ofKey.map(({ rule }) => rule))].sort() });
  }
  const byId = new Map(failing.map((rule) => [rule.id, rule]));
  const read = (id: FactId): Reading | undefined => host.readings.get(id);
  const placed = whereTheyWin(assignments.sort(byName), read, declared, (each) => topicOf(byId, each));
  const values = new Map(assignments.map(({ name, value }) => [name, value]));
  const refused = new Set(contradictions.map(({ name }) => name));
  const ruleIds = failing.map(({ id }) => id).sort();
  return {
    assignments: placed,
    contradictions: contradictions.sort((a, b) => (a.name < b.name ? -1 : 1)),
    instructions: ruleIds.flatMap((id) => {
      const rule = byId.get(id);
      const own = wishes.filter((wish) => wish.rule === id);
      if (rule === undefined) return [];
      return (
        toInstruction(rule, {
          settled: own.filter((wish) => there.includes(wish) && !refused.has(wish.name)),
          refused: own.filter((wish) => refused.has(wish.name)),
          notPlain: own.filter((wish) => !plain.includes(wish)),
          absent: own.filter((wish) => plain.includes(wish) && !there.includes(wish)),
          bootParameters: parametersOf(declared, rule, own, values),
          overruled: placed.filter(({ rules }) => rules.includes(id)).flatMap(({ overruled = [] }) => overruled),
          bootedWith: [...new Set(own.flatMap((wish) => bootedWith(declared, host, wish)))],
        }) ?? []
      );
    }),
    reasons: new Map(
      host.verdicts
        .filter(({ rule }) => byId.has(rule))
        .map((verdict) => [verdict.rule, clean(reasonOf(verdict), LONGEST_SENTENCE)]),
    ),
    before: new Map(assignments.map(({ kind, name }) => [name, formatBefore(readingOf(declared, host, kind, name))])),
    ...defined({ tunedProfile: tunedProfileOf(read, declared) }),
  };
}
