import type { HostId } from './host.js';
import type { FactId, Reading } from './reading.js';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** XCCDF 1.2's words. `error`: the host was not reached or we failed; `unknown`: a fact that decides it could not be had. */
export const RESULTS = ['pass', 'fail', 'error', 'unknown', 'notapplicable', 'notselected', 'informational'] as const;
export type Result = (typeof RESULTS)[number];

export type RuleId = string;

/** A fact that an expression or a `because` read, and what it was. */
export interface Evidence {
  readonly fact: FactId;
  readonly reading: Reading;
}

/** A waiver stands beside a result and never changes it. */
export interface WaiverUse {
  readonly id: string;
  readonly justification: string;
  readonly expires: string;
}

export interface Verdict {
  readonly host: HostId;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly result: Result;
  /** One sentence in plain words; holds values from the host, so control characters are already gone. */
  readonly because: string;
  readonly evidence: readonly Evidence[];
  readonly waiver?: WaiverUse;
}

/** At or above: `atLeast('high', 'critical')` is true. */
export const atLeast = (floor: Severity, severity: Severity): boolean => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(floor);
