import { createHash, randomBytes } from 'node:crypto';
import type { Baseline, Gate, ReportHeader, Rerun } from '../model/report.js';
import { ruleSummary } from '../policy/rule-summary.js';
import { packagesBody } from '../probe/packages-script.js';
import { probeBody } from '../probe/script.js';
import { PROBE_PROTOCOL } from '../probe/shell.js';
import type { RuleBook } from './rule-book.js';

export interface HeaderParts {
  readonly version: string;
  readonly startedAt: Date;
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly profileOverride: string | undefined;
  readonly gate: Gate;
  readonly book: RuleBook;
  readonly baseline?: Baseline;
  readonly rerun?: Rerun;
}

/** Of everything that may run on a host: the probe, then the second look, as `kernward facts --probe` prints them. */
export const probeDigest = (): string => createHash('sha256').update(probeBody()).update(packagesBody()).digest('hex');

const seconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** What was asked of this run. The one place where a report gets its clock and its id. */
export const headerOf = (parts: HeaderParts): ReportHeader => ({
  kernward: parts.version,
  schema: 1,
  runId: randomBytes(8).toString('hex'),
  startedAt: seconds(parts.startedAt),
  inventory: parts.inventory,
  ...(parts.limit === undefined ? {} : { limit: parts.limit }),
  ...(parts.profileOverride === undefined ? {} : { profileOverride: parts.profileOverride }),
  gate: parts.gate,
  probe: { protocol: PROBE_PROTOCOL, sha256: probeDigest() },
  policies: parts.book.sources,
  rules: parts.book.rules.map(ruleSummary),
  ...(parts.baseline === undefined ? {} : { baseline: parts.baseline }),
  ...(parts.rerun === undefined ? {} : { rerun: parts.rerun }),
});
