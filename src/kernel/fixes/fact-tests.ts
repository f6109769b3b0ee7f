import { doubtWords } from '../../text/doubt-words.js';
import type { FactId, Reading, ReadFact } from '../../model/reading.js';
import type { FactTest } from './schema.js';

/** `unsure`: the fact could not be read and nothing else rules the test out. */
export type Tested =
  | { readonly held: true; readonly quoted: string }
  | { readonly held: false }
  | { readonly held: 'unsure'; readonly detail: string };

function quote(id: FactId, reading: Reading): string {
  if (reading.state === 'known')
    return `${id} is ${typeof reading.value === 'object' ? JSON.stringify(reading.value) : reading.value}`;
  return reading.state === 'absent'
    ? `${id} is absent: ${reading.witness}`
    : `${id} ${doubtWords(reading.cause, reading.detail)}`;
}

function holds(test: FactTest, reading: Exclude<Reading, { state: 'unreadable' }>): boolean {
  if (test.is === 'absent') return reading.state === 'absent';
  if (test.is === 'present') return reading.state === 'known';
  return reading.state === 'known' && (test.oneOf ?? []).some((value) => value === reading.value);
}

function isRuledOut(test: FactTest, read: ReadFact): boolean {
  return (test.ruledOutBy ?? []).some(({ fact, oneOf }) => {
    const reading = read(fact);
    return reading.state === 'known' && oneOf.some((value) => value === reading.value);
  });
}

export function testFact(test: FactTest, read: ReadFact): Tested {
  const reading = read(test.fact);
  if (reading.state !== 'unreadable')
    return holds(test, reading) ? { held: true, quoted: quote(test.fact, reading) } : { held: false };
  return isRuledOut(test, read) ? { held: false } : { held: 'unsure', detail: quote(test.fact, reading) };
}
