import type { Evidence } from '../model/verdict.js';
import { clean } from '../text/clean.js';
import type { UndecidedReason } from './cel/value.js';
import { doubtWords } from '../text/doubt-words.js';

const LONGEST_VALUE = 120;
/** Why something is not known is told whole: it names releases, and what would have to be known. */
const LONGEST_REASON = 1000;
const MOST_FACTS = 8;

function listed(items: readonly string[]): string {
  return items.length <= MOST_FACTS
    ? items.join(', ')
    : `${items.slice(0, MOST_FACTS).join(', ')} and ${items.length - MOST_FACTS} more`;
}

function shown({ fact, reading }: Evidence): string {
  switch (reading.state) {
    case 'known': {
      const { value } = reading;
      return `${fact} is ${clean(typeof value === 'object' ? JSON.stringify(value) : String(value), LONGEST_VALUE)}`;
    }
    case 'absent':
      return `${fact} is absent`;
    case 'unreadable':
      return `${fact} is not known`;
    default:
      return reading;
  }
}

/** ` (sysctl.kernel.panic is 5, thp.enabled is absent)`, or nothing where nothing was read. */
export function formatReadings(evidence: readonly Evidence[]): string {
  return evidence.length === 0 ? '' : ` (${listed(evidence.map(shown))})`;
}

function formatUndecidedReason(doubt: UndecidedReason): string {
  if (doubt.kind === 'fault') return doubt.detail;
  if (doubt.kind === 'absent') return `${doubt.what} is absent (${clean(doubt.witness, LONGEST_REASON)})`;
  return `${doubt.what} ${doubtWords(doubt.cause, clean(doubt.detail, LONGEST_REASON))}`;
}

const RANK: Readonly<Record<UndecidedReason['kind'], number>> = { unreadable: 0, fault: 1, absent: 2 };

/** Why an expression has no answer, the unreadable facts first. */
export function formatUndecidedReasons(doubts: readonly UndecidedReason[]): string {
  return listed(doubts.toSorted((a, b) => RANK[a.kind] - RANK[b.kind]).map(formatUndecidedReason));
}
