import { FACTS, FURTHER_FACTS } from '../facts/index.js';
import { COMMANDS } from '../facts/source-description.js';
import type { CauseEvidence } from '../model/causes.js';
import type { FactId, Reading, Readings } from '../model/reading.js';
import { at, type TextLine } from './layout.js';
import { doubtWords } from '../text/doubt-words.js';

const DEFINITIONS = new Map([...FACTS, ...FURTHER_FACTS].map((fact) => [fact.id, fact]));

/** `/proc/sys/kernel/panic`; undefined where the reading itself says where it is from. */
function readFromPath(fact: FactId): string | undefined {
  const origin = DEFINITIONS.get(fact)?.origin;
  if (origin === undefined || (origin.via === 'command' && origin.sections.includes('dumps'))) return undefined;
  if (origin.via === 'command') return origin.sections.map((name) => COMMANDS[name]).join(', ');
  const [first = '', ...others] = origin.via === 'glob' ? origin.directories : origin.paths;
  return others.length === 0
    ? first
    : `${first} or ${others.length === 1 ? (others[0] ?? '') : `${others.length} other files`}`;
}

/** A value as a person reads it; a long map or list is cut. */
function valueText(reading: Reading & { readonly state: 'known' }): string {
  const text = typeof reading.value === 'object' ? JSON.stringify(reading.value) : String(reading.value);
  if (text === '') return '(empty)';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function readingText(fact: FactId, reading: Reading, from: string | undefined): string {
  switch (reading.state) {
    case 'known': {
      const path = from ?? readFromPath(fact);
      return `${fact} = ${valueText(reading)}${path === undefined ? '' : ` (read from ${path})`}`;
    }
    case 'absent':
      return `${fact} is absent: ${reading.witness}`;
    case 'unreadable':
      return `${fact} ${doubtWords(reading.cause, reading.detail)}`;
  }
}

/** Derived facts and those of the section `dumps`: what they hold as raw says by itself where it is from. */
function originText(fact: FactId, raw: string): string {
  if (readFromPath(fact) !== undefined || raw === '') return '';
  return DEFINITIONS.has(fact) ? `by ${raw}` : `because ${raw}`;
}

/** What this boot's command line says of the fact, where it has a parameter and that is given. */
function bootText(fact: FactId, readings: Readings): string {
  const name = DEFINITIONS.get(fact)?.bootParameter?.replace(/=.*$/, '');
  const cmdline = readings.get('cmdline');
  if (name === undefined || cmdline?.state !== 'known' || typeof cmdline.value !== 'object') return '';
  const given = new Map(Object.entries(cmdline.value)).get(name) ?? new Map(Object.entries(cmdline.value)).get(fact);
  if (given === undefined) return '';
  return `this boot's command line has ${name}${given === '' ? '' : `=${given}`}`;
}

interface FactLineOptions {
  readonly says?: string;
  readonly setBy?: string;
  /** Where it is read, of a fact that a policy declares. */
  readonly from?: string;
}

/** The fact with its value and what that means, and where it was read and what could have set it. */
export function factLines(
  fact: FactId,
  reading: Reading,
  readings: Readings,
  { says, setBy = '', from }: FactLineOptions = {},
): CauseEvidence {
  const notes =
    reading.state === 'known'
      ? [
          from === undefined ? originText(fact, reading.raw) : '',
          bootText(fact, readings),
          setBy === '' ? '' : `could be set by ${setBy}`,
        ]
      : [];
  const text = readingText(fact, reading, from);
  return {
    fact,
    text: says === undefined ? text : `${text}: ${says}`,
    note: notes.filter((note) => note !== '').join('; '),
  };
}

/** The fact, and below it its note. */
export function evidenceLines({ text, note }: CauseEvidence, indent = 4): readonly TextLine[] {
  return [at(indent, text), ...(note === '' ? [] : [at(indent + 2, note)])];
}
