import type { Plan, RemedyFile } from '../remedy.js';

interface Rendered {
  readonly files: readonly RemedyFile[];
  /** Sentences: hosts or keys that this way cannot serve. */
  readonly leftOut: readonly string[];
}

/** One way to bring remedies to hosts. */
export interface RemediationFormat {
  /**
   * May all of its files stand one after the other on standard output? A script may not: the second would be part of
   * the first.
   */
  readonly mayBeJoined: boolean;
  /** Pure; the same plan gives the same bytes. */
  readonly render: (plan: Plan) => Rendered;
}

/** `remedy-01`: names of hosts are not trusted to be names of folders. */
export function getFolder(index: number): string {
  return `remedy-${String(index + 1).padStart(2, '0')}`;
}
