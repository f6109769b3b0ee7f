import { known, unreadable, type Reading, type Value } from '../../model/reading.js';
import { valueText } from '../outcome/values.js';
import { placeText, type Expected } from './expect.js';

/** A reading that the next boot leaves open. */
export function undetermined(detail: string): Reading {
  return unreadable('undetermined', detail);
}

export function isSameReading(a: Reading, b: Reading): boolean {
  return a.state === 'known' && b.state === 'known' && valueText(a.value) === valueText(b.value);
}

/** The value in the fact's own type. */
function typed({ setting }: Expected, text: string): Value {
  const { kind } = setting.fact.type;
  return kind === 'int' ? Number(text) : kind === 'bool' ? text === 'true' : text;
}

/** What a setting is after the boot. */
export function readingAfter(expected: Expected): Reading {
  const { winner, doubt } = expected.prediction;
  return winner === undefined
    ? undetermined(doubt ?? 'what the next boot makes of it is not known')
    : known(typed(expected, winner.value), placeText(winner));
}
