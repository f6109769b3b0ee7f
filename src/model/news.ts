import type { HostId } from './host.js';
import type { FailOn, RuleId, Severity, Verdict } from './verdict.js';

/**
 * What the gate says of a run: `passing` (exit 0), `failing` (1), `incomplete` (3); `nothing-checked` (2) and `broken` (4) are
 * about the run and not about its hosts. What `--exit-zero` gives 0 for is what it would have been without.
 */
export const GATE_STATES = ['passing', 'failing', 'incomplete', 'nothing-checked', 'broken'] as const;
export type GateState = (typeof GATE_STATES)[number];

/**
 * What makes a message: `first`, nobody was told anything before; `gate`, its state is another one; `new-findings` at the
 * gate; `unknown-hosts`, of which something was known; `ended-waivers`; `weekly`, what is open.
 */
export const OCCASIONS = ['first', 'gate', 'new-findings', 'unknown-hosts', 'ended-waivers', 'weekly'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** The run that somebody was told of last, as far as it is remembered. Verdicts are those of the run of now. */
export interface Remembered {
  readonly run: { readonly runId: string; readonly startedAt: string };
  /** Undefined: not known, since a report says nothing of its baseline's. */
  readonly gate: GateState | undefined;
  /** When a summary was sent last; undefined: nobody counts the weeks. */
  readonly summaryAt: string | undefined;
  /** Whether the fail of now was one then, unwaived, and has been one since. */
  readonly wasFailing: (verdict: Verdict) => boolean;
  /** Whether what is undecided now was decided then. */
  readonly wasDecided: (verdict: Verdict) => boolean;
}

/** A rule that fails at the gate, on some hosts. */
export interface RuleNews {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly title: string;
  /** What to do, in a sentence. */
  readonly remediation: string;
  readonly total: number;
  /** The first of them, in the order of the report. */
  readonly hosts: readonly HostId[];
}

/** Hosts of which the same is not known, or that were not reached for the same reason. */
export interface HostNews {
  /** In words: `connect-timed-out: it did not answer in time`, `3 results at the gate are undecided`. */
  readonly why: string;
  readonly total: number;
  readonly hosts: readonly HostId[];
}

export interface WaiverNews {
  readonly id: string;
  readonly rule: string;
  readonly hosts: string;
  readonly owner?: string;
  /** UTC: from then on it covers nothing. */
  readonly expires: string;
  /** Fails and undecided results that it names. */
  readonly matches: number;
}

/** What is to be told of a run: values of reports, clean, and few enough to be read. */
export interface News {
  readonly occasions: readonly Occasion[];
  readonly run: {
    readonly runId: string;
    readonly startedAt: string;
    readonly kernward: string;
    readonly inventory: readonly string[];
    readonly limit?: string;
  };
  /** What is new is new since this run; not there where nobody was told anything before. */
  readonly since?: { readonly runId: string; readonly startedAt: string };
  readonly gate: {
    readonly now: GateState;
    readonly before?: GateState;
    readonly failOn: FailOn;
    readonly exitCode: number;
    readonly verdict: string;
  };
  /** `14: 5 failing (high or above), 2 clean`: all hosts by status. */
  readonly hosts: string;
  readonly newFindings: { readonly total: number; readonly rules: readonly RuleNews[] };
  readonly unknownHosts: { readonly total: number; readonly reasons: readonly HostNews[] };
  readonly endedWaivers: readonly WaiverNews[];
  /** All that is open; in the first message, and once a week. */
  readonly open?: {
    readonly findings: { readonly total: number; readonly rules: readonly RuleNews[] };
    readonly unknown: { readonly total: number; readonly reasons: readonly HostNews[] };
    /** Fails of rules over groups at the gate. */
    readonly groupFails: number;
    /** Waivers in force that end within 30 days. */
    readonly endingWaivers: readonly WaiverNews[];
  };
}
