import type { HostId } from './host.js';
import type { FactId, Reading } from './reading.js';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * XCCDF 1.2's words. `error`: the host was not reached or we failed; `unknown`: a fact that decides it could not be
 * had.
 */
export const RESULTS = ['pass', 'fail', 'error', 'unknown', 'notapplicable', 'notselected', 'informational'] as const;
export type Result = (typeof RESULTS)[number];

export type RuleId = string;

/** A fact that an expression or a `because` read, and what it was. */
export interface Evidence {
  readonly fact: FactId;
  readonly reading: Reading;
}

/** A waiver that is in force for a verdict. It stands beside the result and never changes it. */
export interface WaiverUse {
  readonly id: string;
  readonly justification: string;
  /** UTC, ISO 8601 with seconds: from then on it covers nothing. */
  readonly expires: string;
  readonly owner?: string;
  readonly approvedBy?: string;
}

/**
 * What became of a verdict since the baseline. `newly-failing`: it fails, and did not, or a waiver covered it and none
 * does now. `still-failing`: it failed and fails. `resolved`: it failed, and now passes or does not apply.
 * `no-longer-known`: it passed or failed, and now that is not known, because the host does not answer or a fact cannot
 * be had; or it failed, and its profile or policy does not ask any more.
 */
export const DRIFTS = ['newly-failing', 'still-failing', 'resolved', 'no-longer-known'] as const;
export type Drift = (typeof DRIFTS)[number];

/** So many changes of a decided result in so many days up to the run are flapping. */
export const FLAPPING = { changes: 3, days: 30 } as const;

/** A setting as the next boot makes it, and who has the last word. */
export interface SetAtBoot {
  readonly fact: FactId;
  readonly value: string;
  /** `sysctl.d: /etc/sysctl.d/99-local.conf:3`. */
  readonly place: string;
}

/**
 * What the rule will say of the machine after its next boot, by all that was read of what that boot applies. It stands beside the
 * result, which is about now, and never changes it.
 */
export interface NextBoot {
  readonly result: Exclude<Result, 'error' | 'notselected'>;
  /** Why, where the result is another than now or not known. */
  readonly because?: string;
  /** What decides it, where that is known. */
  readonly by?: readonly SetAtBoot[];
}

export interface Verdict {
  readonly host: HostId;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly result: Result;
  /** One sentence in plain words; holds values from the host, so control characters are already gone. */
  readonly because: string;
  readonly evidence: readonly Evidence[];
  /**
   * `sha256:` of the evidence, for a waiver that is to be void when the facts change; of a fail or an unknown that has
   * any.
   */
  readonly digest?: string;
  /**
   * Of a rule that reads what a boot sets. Not there where what the next boot applies was not collected, or decides nothing of the
   * rule: that is no word about whether the result stays.
   */
  readonly nextBoot?: NextBoot;
  readonly waiver?: WaiverUse;
  /** Against the baseline, where the run had one; not there where nothing changed that anybody has to know. */
  readonly drift?: Drift;
  /** UTC: since when this host has this result for this rule, as far as the history knows. */
  readonly since?: string;
  /** How often its decided result changed, where that is often enough to be flapping, as far as the history knows. */
  readonly flaps?: number;
}

/** Lowest severity that fails a run; `never`: none does. */
export type FailOn = Severity | 'never';

/** Whether a fail of this severity counts at the gate. */
export function isAtGate(failOn: FailOn, severity: Severity): boolean {
  return failOn !== 'never' && atLeast(failOn, severity);
}

/** At or above: `atLeast('high', 'critical')` is true. */
export function atLeast(floor: Severity, severity: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(floor);
}
