import type { FactId, Reading } from '../model/reading.js';
import type { Evidence } from '../model/verdict.js';

/** The value with its names in order: two maps with the same entries are the same fact. */
function inOrder(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    : value;
}

function entry(fact: FactId, reading: Reading): readonly unknown[] {
  switch (reading.state) {
    case 'known':
      return [fact, 'known', inOrder(reading.value)];
    case 'absent':
      return [fact, 'absent'];
    case 'unreadable':
      return [fact, 'unreadable', reading.cause];
  }
}

/**
 * Evidence as the text that a digest is made of: what was found, sorted by fact, and nothing of how (raw bytes,
 * witnesses and details may differ where the fact is the same). The same facts on another host give the same text.
 *
 * @param passing facts that change although nobody touches the host: the day, and what is counted from it
 * @returns `undefined` where nothing else was read: such a text would never change
 */
export function evidenceText(evidence: readonly Evidence[], passing: ReadonlySet<FactId>): string | undefined {
  const lasting = evidence.filter(({ fact }) => !passing.has(fact));
  if (lasting.length === 0) return undefined;
  const byFact = new Map(lasting.map(({ fact, reading }) => [fact, reading]));
  return JSON.stringify(
    [...byFact].sort(([a], [b]) => (a < b ? -1 : 1)).map(([fact, reading]) => entry(fact, reading)),
  );
}
