import { known, type Readings } from '../../model/reading.js';
import type { Result } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { isMap, showCelValue, type CelValue } from '../cel/value.js';
import { formatForm, withDefaults, type Ask, type Bound, type GroupRule } from './group-rule.js';

/** What a rule over groups says of one group. */
interface GroupJudged {
  readonly result: Result;
  readonly because: string;
  readonly hosts: number;
  readonly unreachable: number;
  readonly notSelected?: number;
  readonly unknown: number;
  readonly matching: number;
}

/** One group under one rule, host after host: only counts are kept. */
export interface OpenGroup {
  /** @param readings undefined: the host was not reached */
  readonly add: (host: string, readings: Readings | undefined) => void;
  /** One more host of the group, of which the run asked nothing. */
  readonly addNotSelected: () => void;
  readonly judge: (name: string) => GroupJudged;
}

const SHOWN = 10;
const LONGEST_VALUE = 200;
const LONGEST_SENTENCE = 2000;

interface Counted {
  hosts: number;
  unreachable: number;
  notSelected: number;
  unknown: number;
  /** Hosts by the value, whole and without ambiguity; of a condition the values are true and false. */
  readonly values: Map<string, Having>;
}

interface Having {
  readonly shown: string;
  hosts: number;
  /** The first of them by name: hosts come in any order, and the sentence must not depend on it. */
  readonly examples: string[];
}

/** More than the bound, or as much as it: exact, in whole numbers. */
function exceeds(bound: Bound, matching: number, hosts: number): boolean {
  return 'share' in bound ? matching * bound.share[1] > bound.share[0] * hosts : matching > bound.hosts;
}
function reaches(bound: Bound, matching: number, hosts: number): boolean {
  return 'share' in bound ? matching * bound.share[1] >= bound.share[0] * hosts : matching >= bound.hosts;
}

function byFrequency(counted: Counted): readonly Having[] {
  return [...counted.values]
    .toSorted(([a, one], [b, other]) => other.hosts - one.hosts || (a < b ? -1 : 1))
    .map(([, having]) => having);
}

function matchingOf({ kind }: Ask, counted: Counted): number {
  return kind === 'uniform' ? (byFrequency(counted)[0]?.hosts ?? 0) : (counted.values.get('true')?.hosts ?? 0);
}

/**
 * Of a group of which some hosts are not known: the least and the most that there can be. Whatever the others are, the
 * answer is the same, or it is unknown. A group of which nothing at all is known keeps no bound.
 */
function decide(ask: Ask, counted: Counted): 'pass' | 'fail' | 'unknown' {
  const { hosts } = counted;
  const open = counted.unreachable + counted.notSelected + counted.unknown;
  if (counted.values.size === 0) return 'unknown';
  if (ask.kind === 'uniform') return counted.values.size > 1 ? 'fail' : open === 0 ? 'pass' : 'unknown';
  const least = matchingOf(ask, counted);
  const most = least + open;
  if (ask.kind === 'at-most')
    return exceeds(ask.bound, least, hosts) ? 'fail' : exceeds(ask.bound, most, hosts) ? 'unknown' : 'pass';
  return reaches(ask.bound, least, hosts) ? 'pass' : reaches(ask.bound, most, hosts) ? 'unknown' : 'fail';
}

function examplesOf({ kind }: Ask, counted: Counted): readonly string[] {
  return kind === 'uniform'
    ? byFrequency(counted)
        .slice(1)
        .flatMap(({ examples }) => examples)
        .slice(0, SHOWN)
    : (counted.values.get('true')?.examples ?? []);
}

function readingsOf(name: string, ask: Ask, counted: Counted): Readings {
  const values = byFrequency(counted).map(({ shown, hosts }) => `${shown} (${count(hosts, 'host')})`);
  const given = {
    'group.name': clean(name, LONGEST_VALUE),
    'group.hosts': counted.hosts,
    'group.matching': matchingOf(ask, counted),
    'group.unknown': counted.unknown,
    'group.unreachable': counted.unreachable,
    'group.distinct': values.length,
    'group.values': values.length > SHOWN ? [...values.slice(0, SHOWN), `${values.length - SHOWN} more`] : values,
    'group.examples': examplesOf(ask, counted),
  };
  return new Map(Object.entries(given).map(([id, value]) => [id, known(value, String(value))]));
}

function formatOpen({ unreachable, notSelected, unknown }: Counted): string {
  return [
    unreachable === 0 ? '' : `${count(unreachable, 'host was', 'hosts were')} not reached`,
    notSelected === 0 ? '' : `${count(notSelected, 'host was', 'hosts were')} not selected`,
    unknown === 0 ? '' : `of ${count(unknown, 'host')} it is not known`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function plainly(rule: GroupRule, counted: Counted): string {
  const { ask } = rule;
  const matching = matchingOf(ask, counted);
  const found =
    ask.kind === 'uniform'
      ? `${count(counted.values.size, 'value')} on ${count(counted.hosts - counted.unreachable - counted.notSelected - counted.unknown, 'host')}`
      : `${matching} of ${count(counted.hosts, 'host')}`;
  const open = formatOpen(counted);
  return `${formatForm(rule)}: ${found}${open === '' ? '' : `; ${open}`}`;
}

function sentence(rule: GroupRule, name: string, counted: Counted, result: Result): string {
  if (result === 'notapplicable')
    return `does not apply: the group has ${count(counted.hosts, 'host')}, and the rule is about groups of at least ${rule.minHosts}`;
  if (result === 'fail') return rule.because.render(readingsOf(name, rule.ask, counted)).text;
  return result === 'pass' ? `holds: ${plainly(rule, counted)}` : `cannot be decided: ${plainly(rule, counted)}`;
}

/** Two values have one key exactly where they are equal: `["a, b"]` and `["a", "b"]` are shown alike and are not. */
function keyOf(value: CelValue): string {
  if (typeof value !== 'object') return typeof value === 'string' ? JSON.stringify(value) : String(value);
  return isMap(value)
    ? `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${keyOf(item)}`).join()}}`
    : `[${value.map(keyOf).join()}]`;
}

function keepFirst(names: string[], name: string): void {
  const at = names.findIndex((other) => name < other);
  names.splice(at === -1 ? names.length : at, 0, name);
  if (names.length > SHOWN) names.pop();
}

function remember(counted: Counted, value: CelValue, host: string): void {
  const key = keyOf(value);
  const found = counted.values.get(key) ?? { shown: clean(showCelValue(value), LONGEST_VALUE), hosts: 0, examples: [] };
  counted.values.set(key, found);
  found.hosts += 1;
  keepFirst(found.examples, clean(host, LONGEST_VALUE));
}

/** A group that is judged while its hosts come in, in any order; the same hosts give the same result. */
export function openGroup(rule: GroupRule): OpenGroup {
  const counted: Counted = { hosts: 0, unreachable: 0, notSelected: 0, unknown: 0, values: new Map() };
  return {
    add: (host, readings) => {
      counted.hosts += 1;
      if (readings === undefined) {
        counted.unreachable += 1;
        return;
      }
      const outcome = rule.ask.of.evaluate(withDefaults(rule, readings));
      if (outcome.decided) remember(counted, outcome.value, host);
      else counted.unknown += 1;
    },
    addNotSelected: () => {
      counted.hosts += 1;
      counted.notSelected += 1;
    },
    judge: (name) => {
      const result = counted.hosts < rule.minHosts ? 'notapplicable' : decide(rule.ask, counted);
      const { hosts, unreachable, notSelected, unknown } = counted;
      const because = clean(sentence(rule, name, counted, result), LONGEST_SENTENCE);
      return {
        result,
        because,
        hosts,
        unreachable,
        ...(notSelected === 0 ? {} : { notSelected }),
        unknown,
        matching: matchingOf(rule.ask, counted),
      };
    },
  };
}
