import { readdirSync, readFileSync } from 'node:fs';
import { editRecording } from '../../src/demo/edit-recording.js';
import { FLEET } from '../../src/demo/fleet.js';
import { known, type Reading, type Readings } from '../../src/model/reading.js';
import type { Result, RuleId } from '../../src/model/verdict.js';
import { allRules, type Rule } from '../../src/policy/policy.js';
import { readRecording } from '../../src/probe/recording.js';
import { judgeHost } from '../../src/verdict/judge-host.js';
import { FAMILY_HOSTS, probeOutputOf } from './recorded-hosts.js';
import { POLICIES, PROFILES, withDerived } from './shipped-policies.js';

/** What a line on the way can do to the output of the probe: a byte more, another byte, a byte less, a line less. */
export const MUTATIONS = ['added', 'changed', 'lost', 'line lost'] as const;
export type Mutation = (typeof MUTATIONS)[number];

export interface Recorded {
  readonly name: string;
  readonly output: Buffer;
}

const FOLDER = 'policies/hosts';

/** Every recording that there is: those of policies/hosts, the demo's hosts, and the families of the tests. */
export const RECORDED: readonly Recorded[] = [
  ...readdirSync(FOLDER)
    .filter((name) => name.endsWith('.probe'))
    .map((name) => ({ name, output: readFileSync(`${FOLDER}/${name}`) })),
  ...FLEET.filter(({ behaviour }) => behaviour === 'answers').map(({ name, edit }) => ({
    name,
    output: Buffer.from(editRecording(readFileSync(`${FOLDER}/debian-12.probe`, 'utf8'), edit)),
  })),
  ...FAMILY_HOSTS.map((host) => ({ name: host.name, output: probeOutputOf(host) })),
];

const RULES = allRules(POLICIES);
/** The two profiles that between them select every rule that is not about a database. */
const JUDGED_BY = ['stay-up', 'fail-fast'].map((name) => {
  const profile = PROFILES.get(name);
  if (profile === undefined) throw new Error(`there is no profile ${name}`);
  return { name, profile };
});
const TODAY: Reading = known('2026-11-01', '2026-11-01');

export interface Judged {
  readonly readings: Readings;
  /** Rules that fail, by profile. */
  readonly fails: readonly { readonly profile: string; readonly rule: Rule }[];
}

function withToday(readings: Readings): Readings {
  return withDerived(new Map([...readings, ['support.today', TODAY]]));
}

/** The results of these rules under a profile. */
function results(all: Readings, rules: readonly Rule[], name: string): ReadonlyMap<RuleId, Result> {
  const profile = JUDGED_BY.find((each) => each.name === name)?.profile;
  if (profile === undefined) throw new Error(`there is no profile ${name}`);
  const { verdicts, bug } = judgeHost({ host: 'h', reached: true, readings: all, tookMs: 0 }, rules, profile);
  if (bug !== undefined) throw new Error(bug.detail);
  return new Map(verdicts.map(({ rule, result }) => [rule, result]));
}

function judge(readings: Readings): Judged {
  const all = withToday(readings);
  const fails = JUDGED_BY.flatMap(({ name }) => {
    const now = results(all, RULES, name);
    return RULES.filter(({ id }) => now.get(id) === 'fail').map((rule) => ({ profile: name, rule }));
  });
  return { readings, fails };
}

export function judgeOutput(output: Buffer): Judged {
  return judge(readRecording(output));
}

const NEWLINE = 0x0a;

/** @param at a byte of it; for a lost line, any byte of that line */
export function mutated(output: Buffer, mutation: Mutation, at: number, byte: number): Buffer {
  if (mutation === 'added') return Buffer.concat([output.subarray(0, at), Buffer.from([byte]), output.subarray(at)]);
  if (mutation === 'lost') return Buffer.concat([output.subarray(0, at), output.subarray(at + 1)]);
  if (mutation === 'changed') {
    const copy = Buffer.from(output);
    copy[at] = byte;
    return copy;
  }
  const from = output.lastIndexOf(NEWLINE, at - 1) + 1;
  const end = output.indexOf(NEWLINE, at);
  return Buffer.concat([output.subarray(0, from), output.subarray(end < 0 ? output.length : end + 1)]);
}

/** A byte that is not the one that stands there: mostly one that could stand there. */
export function otherByte(before: number, dice: () => number): number {
  const likely = '0123456789 \n:/abkwySD-[]'.charCodeAt(Math.floor(dice() * 24));
  const byte = dice() < 0.7 ? likely : Math.floor(dice() * 256);
  return byte === before ? (byte + 1) % 256 : byte;
}

function sameReading(a: Reading | undefined, b: Reading | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.state !== b.state) return false;
  return a.state !== 'known' || b.state !== 'known' || JSON.stringify(a.value) === JSON.stringify(b.value);
}

export type Flip = {
  readonly rule: RuleId;
  readonly to: Result;
  /** Facts of the probe that became something else than what was recorded, as `fact: what it was → what it is`. */
  readonly by: readonly string[];
  /** Each of them is known before and after: the host says another value, in a form that such a value has. */
  readonly anotherValue: boolean;
};

function told(reading: Reading | undefined): string {
  if (reading === undefined) return 'none';
  return reading.state === 'known' ? JSON.stringify(reading.value).slice(0, 60) : reading.state;
}

/** Rules that failed, and pass or are not about the host when the output is read as it is now. */
export function flips(before: Judged, output: Buffer): readonly Flip[] {
  const readings = readRecording(output);
  const changed = [...before.readings.keys()].filter(
    (fact) => !sameReading(before.readings.get(fact), readings.get(fact)),
  );
  if (changed.length === 0) return [];
  const by = changed.map((fact) => `${fact}: ${told(before.readings.get(fact))} → ${told(readings.get(fact))}`);
  const anotherValue = changed.every(
    (fact) => before.readings.get(fact)?.state === 'known' && readings.get(fact)?.state === 'known',
  );
  const all = withToday(readings);
  return JUDGED_BY.flatMap(({ name }) => {
    const rules = before.fails.filter(({ profile }) => profile === name).map(({ rule }) => rule);
    const now = results(all, rules, name);
    return rules.flatMap(({ id }) => {
      const to = now.get(id);
      return to === 'pass' || to === 'notapplicable' ? [{ rule: `${id} (${name})`, to, by, anotherValue }] : [];
    });
  });
}
