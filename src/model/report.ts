import type { HostId } from './host.js';
import type { ConnectFailure } from './outcome.js';
import type { Readings } from './reading.js';
import type { Result, RuleId, Severity, Verdict } from './verdict.js';

/** A benchmark or component that asks for the opposite of a rule. */
export interface ConflictSummary {
  readonly with: string;
  readonly says: string;
  /** The profile that agrees with it. */
  readonly profile?: string;
  readonly source: string;
}

/** A sysctl or a file under /sys, and what a remediation sets it to. */
export interface RemediationSetting {
  /** `kernel.hung_task_panic`, `/sys/kernel/mm/transparent_hugepage/enabled`. */
  readonly name: string;
  readonly value: string;
  /** Other values with which the rule passes too. */
  readonly accepts: readonly string[];
}

/** The parts of a remediation, each empty where the rule names none. */
export interface RemediationSettings {
  readonly sysctl: readonly RemediationSetting[];
  readonly sysfs: readonly RemediationSetting[];
  readonly bootParameters: readonly string[];
  readonly commands: readonly string[];
  readonly packages: readonly string[];
}

/** What one rule says of itself in a report: enough to act on without the policy file. */
export interface RuleSummary {
  readonly id: RuleId;
  readonly policy: string;
  readonly title: string;
  readonly severity: Severity;
  readonly rationale: string;
  /** What to do, in a sentence. */
  readonly remediation: string;
  /** The settings, parameters, commands and packages of it: `sysctl: kernel.hung_task_panic=0 | boot parameters: …`. */
  readonly settings: string;
  /** The same one by one, for `kernward remediate`. Older reports have none. */
  readonly remediationSettings?: RemediationSettings;
  readonly mayBreak: string;
  readonly references: readonly string[];
  /** Not there where nothing is known to ask for the opposite. */
  readonly conflicts?: readonly ConflictSummary[];
}

/** What was asked of the run, so that a saved report explains itself and gives the same exit code again. */
export interface ReportHeader {
  readonly kernward: string;
  /** Version of this shape; raised when a field changes its meaning or goes. */
  readonly schema: 1;
  readonly runId: string;
  /** UTC, ISO 8601 with seconds. */
  readonly startedAt: string;
  readonly inventory: readonly string[];
  readonly limit?: string;
  /** Set when `--profile` overrode what the inventory says. */
  readonly profileOverride?: string;
  readonly gate: Gate;
  readonly probe: { readonly protocol: number; readonly sha256: string };
  readonly policies: readonly { readonly id: string; readonly title: string; readonly file: string; readonly sha256: string }[];
  readonly rules: readonly RuleSummary[];
}

export interface Gate {
  /** Lowest severity that fails the run; `never`: none does. */
  readonly failOn: Severity | 'never';
  /** Percent of selected hosts whose rules at or above `failOn` are all decided. */
  readonly minCoverage: number;
  readonly allowEmpty: boolean;
  readonly exitZero: boolean;
}

export const HOST_STATUSES = ['unreachable', 'failing', 'undecided', 'unchecked', 'compliant'] as const;
/**
 * `unreachable`: no readings. `failing`: at least one unwaived fail. `undecided`: none, but an unwaived error or unknown.
 * `unchecked`: neither a pass nor a fail, so nothing was shown. `compliant`: a pass or a waived fail, and none of the above.
 */
export type HostStatus = (typeof HOST_STATUSES)[number];

export interface HostReport {
  readonly host: HostId;
  readonly address: string;
  readonly port: number;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly profile: string;
  readonly transport: string;
  /** Where the inventory defines the host: the file as it was given, and a line that starts at 1. Older reports have none. */
  readonly definedAt?: { readonly file: string; readonly line: number };
  readonly status: HostStatus;
  readonly tookMs: number;
  /** Set exactly when the host was not reached. */
  readonly failure?: ConnectFailure;
  /** Empty when the host was not reached. Derived facts included. */
  readonly readings: Readings;
  /** One per loaded rule, sorted by rule id. */
  readonly verdicts: readonly Verdict[];
}

export type ResultCounts = Readonly<Record<Result, number>>;
export type StatusCounts = Readonly<Record<HostStatus, number>>;

export interface GroupSummary {
  readonly group: string;
  readonly hosts: number;
  readonly statuses: StatusCounts;
  /** Unwaived fails. */
  readonly fails: Readonly<Record<Severity, number>>;
}

export interface Summary {
  /** Hosts selected. */
  readonly hosts: number;
  readonly statuses: StatusCounts;
  readonly results: ResultCounts;
  /** Unwaived fails by severity. */
  readonly fails: Readonly<Record<Severity, number>>;
  readonly waived: number;
  /** Hosts that were reached, have a pass or a fail, and whose rules at or above the gate's severity are all decided or waived. */
  readonly coveredHosts: number;
  /** Unwaived fails at or above the gate's severity. */
  readonly gateFails: number;
  /** Unwaived errors and unknowns at or above the gate's severity, on hosts that were reached. */
  readonly gateUndecided: number;
  /** Hosts with a problem of ours: they got `error` because kernward broke an invariant. */
  readonly internalErrors: number;
  /** Set when the run was interrupted: hosts after this were not asked. */
  readonly interrupted: boolean;
  readonly groups: readonly GroupSummary[];
  readonly tookMs: number;
  readonly exitCode: number;
  /** One sentence: which condition gave the exit code. */
  readonly verdict: string;
}

/**
 * A whole run. `hosts` is in inventory order and may be iterated more than once: 10,000 hosts × 60 rules do not fit in
 * one string or one array, so nobody holds all of it.
 */
export interface Report {
  readonly header: ReportHeader;
  readonly hosts: Iterable<HostReport>;
  readonly summary: Summary;
}

/** A report format: a pure function from a report to text. Its file is named after its id. */
export interface Format {
  readonly id: string;
  readonly title: string;
  /** File ending with the dot, for suggestions and golden files. */
  readonly extension: string;
  readonly render: (report: Report, options: FormatOptions) => Iterable<string>;
}

export interface FormatOptions {
  /** `csv`: rows for passes too. */
  readonly includePasses: boolean;
  /** `table`: colours, and the columns of the terminal. */
  readonly colour: boolean;
  readonly columns: number;
}
