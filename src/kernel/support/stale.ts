import type { Diagnostic } from '../../model/diagnostic.js';
import { daysBetween, type Day } from './days.js';
import type { SupportData } from './schema.js';

/** Dates of support are announced, extended and taken back: what is older than this may have changed. */
const OLDEST_DATA_DAYS = 180;

/** One warning for all data that is too old to be relied upon on that day. */
export function staleSupport(data: readonly SupportData[], today: Day): readonly Diagnostic[] {
  const stale = data.filter(({ asOf }) => (daysBetween(asOf, today) ?? 0) > OLDEST_DATA_DAYS);
  const oldest = stale.map(({ asOf }) => asOf).toSorted()[0];
  if (oldest === undefined) return [];
  return [
    {
      code: 'support/stale',
      severity: 'warning',
      message: `the dates of support are those of ${oldest}, more than ${OLDEST_DATA_DAYS} days before ${today}: ${stale.map(({ support }) => support).join(', ')}`,
      help: 'update kernward; until then the rules about support may be wrong either way',
    },
  ];
}
