import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { FactDescription } from '../../model/fact.js';
import type { Reading } from '../../model/reading.js';
import { parseStrictJson } from '../../text/strict-json.js';
import { wrongValue } from './saved-readings.js';

/** As `collect` writes a line: readings come last. */
const BEFORE = ',"readings":{';
const AFTER = '}}';
/** Where one of these is there too, it is not for this place to say what is wrong. */
const NOT_BESIDE = ['readings', 'failure', 'kind'];
/** Of one fact. A fleet has a few distributions; what differs from host to host is not met again. */
const MOST_MEMBERS = 8;
/** What is longer is hardly ever the same twice. */
const MOST_LENGTH = 2000;

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const OPENS = '{'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const CLOSES = '}'.charCodeAt(0);

/** Where the string ends that begins at `start`: behind its closing quote, or at the end of the text. */
function behindString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === BACKSLASH) at += 1;
    else if (sign === QUOTE) return at + 1;
  }
  return text.length;
}

/** Where the object ends that begins at `start`: behind its closing brace, or at the end of the text. */
function behindObject(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      at = behindString(text, at);
      continue;
    }
    at += 1;
    if (sign === OPENS) depth += 1;
    else if (sign === CLOSES) depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** What hosts gave for a fact, as it stood in their lines: `"fact":{…}`. */
interface Familiar {
  readonly fact: string;
  /** The last one first. */
  readonly members: string[];
  /** What came after it in the line before. */
  next: Familiar | undefined;
}

function familiar(fact: string): Familiar {
  return { fact, members: [], next: undefined };
}

function memberAt(line: string, at: number, { members }: Familiar): string | undefined {
  // Six times as fast as `startsWith`, which compares sign by sign.
  for (const member of members) if (line.slice(at, at + member.length) === member) return member;
  return undefined;
}

/**
 * Whether the readings of a line are good, told without parsing those that hosts before it gave in the same words: most of what a
 * fleet says is the same. It knows the layout in which `collect` writes, and says nothing of any other.
 *
 * @param isReadings of an object of readings
 */
export function createFamiliarReadings(
  isReadings: ValidateFunction<Readonly<Record<string, Reading>>>,
  facts: ReadonlyMap<string, FactDescription>,
): {
  /** @returns the line without its readings, parsed; undefined: it has to be looked at as a whole */
  readonly without: (line: string) => unknown;
} {
  const known = new Map([...facts.keys()].map((fact) => [fact, familiar(fact)]));
  const start = familiar('');

  /** A member of the object of readings that no host had before. */
  const isGood = (member: string): boolean => {
    const readings = parseStrictJson(`{${member}}`);
    return isReadings(readings) && wrongValue(Object.entries(readings), facts) === undefined;
  };
  /** @returns the good member that stands here, which is of this fact */
  const newMember = (line: string, at: number, { fact, members }: Familiar): string | undefined => {
    const value = at + fact.length + 3;
    if (line[value - 1] !== ':' || line.charCodeAt(value) !== OPENS) return undefined;
    const member = line.slice(at, behindObject(line, value));
    if (!isGood(member)) return undefined;
    // A copy: a slice would hold its whole line.
    if (member.length <= MOST_LENGTH && members.unshift(Buffer.from(member).toString()) > MOST_MEMBERS) members.pop();
    return member;
  };
  const factAt = (line: string, at: number): Familiar | undefined => {
    const fact = line.slice(at + 1, line.indexOf('"', at + 1));
    return fact.includes('\\') ? undefined : (known.get(fact) ?? familiar(fact));
  };
  /** Whether there are good readings from here to the end, in the order of their facts, so that none stands twice. */
  const areGood = (line: string, from: number): boolean => {
    let before = start;
    for (let at = from; line.charCodeAt(at) === QUOTE; at += 1) {
      let here = before.next;
      let member = here && memberAt(line, at, here);
      if (here === undefined || member === undefined) {
        here = factAt(line, at);
        if (here === undefined) return false;
        member = memberAt(line, at, here) ?? newMember(line, at, here);
        if (member === undefined) return false;
      }
      if (here.fact <= before.fact) return false;
      before.next = here;
      before = here;
      at += member.length;
      if (line.charCodeAt(at) !== COMMA) return line.slice(at) === AFTER;
    }
    return false;
  };

  return {
    without: (line) => {
      const at = line.indexOf(BEFORE);
      if (at < 0) return undefined;
      try {
        if (!areGood(line, at + BEFORE.length)) return undefined;
        // Where the readings are not a member of the line itself, this is no JSON.
        const rest = parseStrictJson(`${line.slice(0, at)}}`);
        return NOT_BESIDE.some((key) => Object.hasOwn(Object(rest), key)) ? undefined : rest;
      } catch {
        return undefined;
      }
    },
  };
}
