import { isMapping } from '../language/is-mapping.js';
import { own } from './report-parts.js';

/** What kernward writes, and what it reads: since 2 a host's status goes by the gate. */
export const SCHEMA = 2;
const FORMER = 1;

export function isFormer(header: unknown): boolean {
  return own(header, 'schema') === FORMER;
}

/** `compliant` was a host without any finding, and no host had a status for findings below the gate. */
function counted(statuses: unknown): unknown {
  if (!isMapping(statuses)) return statuses;
  const { compliant, ...others } = statuses;
  return { ...others, lesser: 0, clean: compliant };
}

/** A host of schema 1 in the words of this one. Its status is the strictest gate's: whoever knows the gate has to look. */
export function hostOfFormer(host: unknown): unknown {
  return own(host, 'status') === 'compliant' && isMapping(host) ? { ...host, status: 'clean' } : host;
}

/** The same of a summary. */
export function summaryOfFormer(summary: unknown): unknown {
  if (!isMapping(summary)) return summary;
  const { statuses, groups } = summary;
  return {
    ...summary,
    statuses: counted(statuses),
    groups: Array.isArray(groups)
      ? groups.map((group: unknown) => (isMapping(group) ? { ...group, statuses: counted(group['statuses']) } : group))
      : groups,
  };
}
