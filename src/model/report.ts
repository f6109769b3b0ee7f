import type { Causes } from './causes.js';
import type { HostId } from './host.js';
import type { Collector, ConnectFailure } from './outcome.js';
import type { FactType } from './fact.js';
import type { FactId, Readings } from './reading.js';
import type { Drift, FailOn, Result, RuleId, Severity, Verdict } from './verdict.js';

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

/** What a rule over groups says of itself in a report. */
export interface GroupRuleSummary {
  readonly id: RuleId;
  readonly policy: string;
  readonly title: string;
  readonly severity: Severity;
  /** Which groups it is about, in words: `hosts that share a value of the label cluster`. */
  readonly about: string;
  /** What it asks of them, in words. */
  readonly asks: string;
  readonly rationale: string;
  readonly remediation: string;
  readonly references: readonly string[];
}

/** A fact that a policy declared. */
export interface DeclaredFactSummary {
  readonly id: FactId;
  readonly title: string;
  /** Where it is read, in words. */
  readonly from: string;
  /** Another one where it is declared differently. */
  readonly edition: string;
  /** What files set at a boot: where it is, and what it takes, so that its history can be told without the policies. */
  readonly setting?: { readonly path: string; readonly type: FactType };
}

/** How many rules judged nobody, so that what was switched off is told with the verdict. */
export interface NotJudged {
  /** Shipped rules that were not loaded (`--no-shipped`). */
  readonly notLoaded: number;
  /** Loaded rules, the user's own or of the default profile, that none of the hosts' profiles selects. */
  readonly notSelected: number;
}

/** What was asked of the run, so that a saved report explains itself and gives the same exit code again. */
export interface ReportHeader {
  readonly kernward: string;
  /**
   * Version of this shape; raised when a field changes its meaning or goes. In 1 every fail made a host failing, whatever
   * the gate; such a report is read, and its hosts get the status that its gate gives them.
   */
  readonly schema: 1 | 2;
  readonly runId: string;
  /** UTC, ISO 8601 with seconds. */
  readonly startedAt: string;
  readonly inventory: readonly string[];
  readonly limit?: string;
  /** Set when `--profile` overrode what the inventory says. */
  readonly profileOverride?: string;
  readonly gate: Gate;
  /**
   * Of the collector: the digest of `kernward collector`, which holds every script that may run on a host but root's
   * own.
   */
  readonly probe: { readonly protocol: number; readonly sha256: string };
  readonly policies: readonly {
    readonly id: string;
    readonly title: string;
    readonly file: string;
    readonly sha256: string;
  }[];
  readonly rules: readonly RuleSummary[];
  /** Facts that the policies declared, sorted by id; not there where they declared none. */
  readonly declaredFacts?: readonly DeclaredFactSummary[];
  /** Rules that judged no host of the run; not there where there is none to speak of. */
  readonly notJudged?: NotJudged;
  /** Sorted by id; not there where no rule over groups was loaded. */
  readonly groupRules?: readonly GroupRuleSummary[];
  /** The earlier report that this one was compared with. */
  readonly baseline?: Baseline;
  /** Set where only some of the hosts were asked in this run, and the others come from saved reports. */
  readonly rerun?: Rerun;
  /** Set where the readings come from files of `collect`. */
  readonly collected?: Collected;
}

/** What is known of files of `collect` as a whole: whether everything that was to come is in them. */
export interface Collected {
  /** `not-known`: some lines stand below no header, and nobody knows how many there were to be. */
  readonly completeness: 'complete' | 'incomplete' | 'not-known';
  /** Shards that did not come and whose hosts no file and no plan names. Hosts that are named stand in the report. */
  readonly missing: readonly MissingShards[];
  /**
   * Hosts that the inventory had when some of a collection were asked again, and the collection had not: nobody asked
   * them. Not there where there is none.
   */
  readonly added?: readonly HostId[];
  /**
   * When the first and the last of the collections began: UTC, ISO 8601 with seconds. Not there where none says so
   * (readings without a header), nor in older reports. `firstRun`: when the run began that wrote the one file that was judged,
   * where a rerun carried what `oldest` tells into it.
   */
  readonly times?: { readonly oldest: string; readonly firstRun?: string; readonly newest: string };
  /** So many hours may lie between the runs that wrote the files. Older reports do not say. */
  readonly maxApartHours?: number;
}

export interface MissingShards {
  /** The digest that all shards of the run have in common. */
  readonly plan: string;
  /** How many there were to be, and which did not come, counted from 1. */
  readonly shards: number;
  readonly missing: readonly number[];
  /** How many hosts they have. */
  readonly hosts: number;
}

export const RERUN_CHOICES = ['unreachable', 'failed', 'unknown'] as const;
/** Which hosts of a saved report are asked again. */
export type RerunChoice = (typeof RERUN_CHOICES)[number];

export interface Rerun {
  readonly which: readonly RerunChoice[];
  /** How many hosts were to be asked again. */
  readonly asked: number;
  /** Hosts that the inventory has no more; what was known of them is carried. */
  readonly gone: readonly HostId[];
  /**
   * Hosts that the inventory has and the saved reports do not, of those that their own limit names: nobody asked them.
   * Not there where there is none.
   */
  readonly added?: readonly HostId[];
  /** The pattern that chose who might be asked again, where there was one. */
  readonly limit?: string;
  /** How long before this run what is carried may have been asked; not there: that has no limit. */
  readonly maxApartHours?: number;
  /** The runs whose reports went into this one, the earliest first; `startedAt` as in their headers. */
  readonly runs: readonly { readonly runId: string; readonly startedAt: string }[];
}

export interface Baseline {
  readonly runId: string;
  /** UTC, as in its header. */
  readonly startedAt: string;
  /** The file it was read from. */
  readonly from: string;
  /** Its hosts that the inventory does not have any more, in its order. */
  readonly gone: readonly HostId[];
  /** How many of its hosts the inventory has and this run did not ask: `--limit` left them out. */
  readonly notSelected: number;
  /** Rules that only this run has, and rules that only the baseline has: no verdict of theirs has a drift. */
  readonly newRules: readonly RuleId[];
  readonly goneRules: readonly RuleId[];
}

/** What share of hosts may fail before the run does. `rule` and `group` narrow it; without either: all hosts. */
export interface FailingLimit {
  readonly rule?: RuleId;
  readonly group?: string;
  readonly percent: number;
}

/** What became of a limit. */
export interface LimitSummary {
  readonly limit: FailingLimit;
  /** Hosts that it is about, those of them that were judged by it, and those that fail. */
  readonly hosts: number;
  readonly judgedHosts: number;
  readonly failingHosts: number;
}

export interface Gate {
  /** Lowest severity that fails the run; `never`: none does. */
  readonly failOn: FailOn;
  /** Percent of selected hosts whose rules at or above `failOn` are all decided. */
  readonly minCoverage: number;
  readonly allowEmpty: boolean;
  readonly exitZero: boolean;
  /** Only fails that are new since the baseline fail the run. */
  readonly failOnNew?: boolean;
  /** Fails that flap do not fail the run. */
  readonly flapping?: 'ignore';
  /** A fail that a limit covers fails the run only where the limit is exceeded. */
  readonly maxFailing?: readonly FailingLimit[];
}

export const HOST_STATUSES = ['failing', 'undecided', 'unchecked', 'unreachable', 'lesser', 'clean'] as const;
/**
 * What the gate makes of a host. `unreachable`: no readings. `failing`: at least one unwaived fail at or above the
 * gate's severity. `undecided`: none, but an unwaived error or unknown there. `unchecked`: neither a pass nor a fail, so
 * nothing was shown. `lesser`: only below the gate something fails or is undecided, unwaived. `clean`: nothing is. The
 * last two comply with the gate.
 */
export type HostStatus = (typeof HOST_STATUSES)[number];

export interface HostReport {
  readonly host: HostId;
  /** Address, port and transport are what was really used; of a host that was not asked, what the inventory says. */
  readonly address: string;
  readonly port: number;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly profile: string;
  readonly transport: string;
  /** Why not ssh2, where the choice was kernward's (`transport: auto`). */
  readonly transportReason?: string;
  /**
   * The jump hosts, `user@address:port` each, the first connected to from kernward's machine; not there where there is
   * none.
   */
  readonly via?: readonly string[];
  /**
   * Where the inventory defines the host: the file as it was given, and a line that starts at 1. Older reports have
   * none.
   */
  readonly definedAt?: { readonly file: string; readonly line: number };
  readonly status: HostStatus;
  readonly tookMs: number;
  /** How often the host was asked; not there where once was enough. */
  readonly attempts?: number;
  /** The collector that is installed on the host and answered; not there where kernward sent its scripts. */
  readonly collector?: Collector;
  /** The run that asked the host, where it was an earlier one: `runId` of `rerun.runs`. */
  readonly fromRun?: string;
  /**
   * Why the host was not reached; where it has readings, it was, and a bug of ours (`internal`) kept a rule from being
   * judged.
   */
  readonly failure?: ConnectFailure;
  /** The baseline does not have it. */
  readonly isNew?: true;
  /** Empty when the host was not reached. Derived facts included. */
  readonly readings: Readings;
  /** One per loaded rule, sorted by rule id. */
  readonly verdicts: readonly Verdict[];
}

type ResultCounts = Readonly<Record<Result, number>>;
type StatusCounts = Readonly<Record<HostStatus, number>>;

export interface GroupSummary {
  readonly group: string;
  readonly hosts: number;
  readonly statuses: StatusCounts;
  /** Unwaived fails. */
  readonly fails: Readonly<Record<Severity, number>>;
  /** Hosts by the severity of their worst unwaived fail: how many fail at any gate. Older reports do not say. */
  readonly hostsByWorstFail?: Readonly<Record<Severity, number>>;
}

/**
 * Hosts that belong together: a group of the inventory, all hosts of the run (`all`), or those that share one value of
 * a label.
 */
export interface HostSet {
  /** The group, or the value of the label. */
  readonly group: string;
  /** Set where the hosts share a value of this label. */
  readonly label?: string;
}

/** What becomes of the reached hosts of a set when the same thing happens to each of them. */
export interface Exposure {
  /** `hung_task`, `oops`, `oom`, …: the first part of the derived facts that say so. */
  readonly trigger: string;
  readonly reboots: number;
  readonly freezes: number;
  readonly staysUp: number;
  /** It could not be decided. Together with the unreachable hosts these four are all hosts of the set. */
  readonly unknown: number;
}

export interface BlastSummary extends HostSet {
  readonly hosts: number;
  readonly unreachable: number;
  /** One a trigger, always in the same order. */
  readonly exposures: readonly Exposure[];
}

/** A rule over groups, on one group. */
export interface GroupVerdict extends HostSet {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly result: Result;
  /** One sentence in plain words. */
  readonly because: string;
  readonly hosts: number;
  readonly unreachable: number;
  /**
   * Hosts of the group that the inventory has and the run did not ask (`--limit`): not known either. Not there where
   * there are none.
   */
  readonly notSelected?: number;
  /** Reached hosts of which it could not be decided. */
  readonly unknown: number;
  /**
   * Hosts that the rule counts: those with what it limits; where it asks for one value, those with the most frequent
   * one.
   */
  readonly matching: number;
}

export const WAIVER_STATES = [
  'expired',
  'not-yet-valid',
  'no-rule',
  'no-host',
  'not-selected',
  'void',
  'unused',
  'expiring',
  'in-force',
] as const;
/**
 * What became of a waiver, the first that holds. `expired`, `not-yet-valid`: by the time at which the run started.
 * `no-rule`,
 * `no-host`: it names none that there is. `not-selected`: its hosts were not asked. `void`: what it covered rests on
 * other facts now. `unused`: nothing that it names fails or is undecided. `expiring`: in force, for at most 30 days
 * more.
 */
export type WaiverState = (typeof WAIVER_STATES)[number];

/** A waiver that the run was given: every one of them, whatever became of it. */
export interface WaiverSummary {
  readonly id: string;
  /** The id or glob, and the host pattern, as written. */
  readonly rule: string;
  readonly hosts: string;
  readonly justification: string;
  readonly owner?: string;
  readonly approvedBy?: string;
  /** UTC, ISO 8601 with seconds; it holds from `starts`, and not any more at `expires`. */
  readonly starts?: string;
  readonly expires: string;
  readonly definedAt: { readonly file: string; readonly line: number };
  readonly state: WaiverState;
  /** Fails and undecided verdicts of reached hosts that it names, whatever its state. */
  readonly matches: number;
  /**
   * Of these: how many it covers (another waiver may cover them too), and how many not, because their evidence has
   * changed.
   */
  readonly uses: number;
  readonly voided: number;
}

/** How the run differs from its baseline, counted in verdicts. */
export interface DriftSummary {
  readonly verdicts: Readonly<Record<Drift, number>>;
  /** Unwaived fails that are new, at or above the gate's severity. */
  readonly gateNewFails: number;
  /** Unwaived fails of rules that the baseline does not have: neither new nor old. */
  readonly failsOfNewRules: number;
  readonly newHosts: number;
  readonly goneHosts: number;
}

/** A run of the past, as its summary counted. */
export interface TrendPoint {
  readonly runId: string;
  /** When it started: UTC, ISO 8601 with seconds. */
  readonly at: string;
  readonly hosts: number;
  /** By the gate that the run had. */
  readonly compliant: number;
  readonly failing: number;
  readonly unreachable: number;
  /** Unwaived fails by severity. */
  readonly fails: Readonly<Record<Severity, number>>;
  /** Hosts by the severity of their worst unwaived fail: how many fail at any gate. Not known of older runs. */
  readonly hostsByWorstFail?: Readonly<Record<Severity, number>>;
}

export interface Summary {
  /** Hosts selected. */
  readonly hosts: number;
  readonly statuses: StatusCounts;
  readonly results: ResultCounts;
  /** Unwaived fails by severity. */
  readonly fails: Readonly<Record<Severity, number>>;
  /** Hosts by the severity of their worst unwaived fail: how many fail at any gate. Older reports do not say. */
  readonly hostsByWorstFail?: Readonly<Record<Severity, number>>;
  readonly waived: number;
  /** Waived fails by severity: with `fails`, what there was before waivers. Older reports do not say. */
  readonly waivedFails?: Readonly<Record<Severity, number>>;
  /** Unwaived fails that flap, by severity. Not there where there is none, or no history that knows. */
  readonly flappingFails?: Readonly<Record<Severity, number>>;
  /**
   * Hosts that were reached, have a pass or a fail, and whose rules at or above the gate's severity are all decided or
   * waived.
   */
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
  /**
   * Groups by name, then values of labels that at least two hosts share; first of all `all`. Older reports have none.
   */
  readonly blast?: readonly BlastSummary[];
  /**
   * One for each group and each rule over groups, sorted by label, group and rule. Not there where there is no such
   * rule.
   */
  readonly groupVerdicts?: readonly GroupVerdict[];
  /** Set where the run was given waivers; in the order of their files. */
  readonly waivers?: readonly WaiverSummary[];
  /** Set where the run had a baseline. */
  readonly drift?: DriftSummary;
  /** Set where the gate has limits. */
  readonly limits?: readonly LimitSummary[];
  /**
   * Set where the run was written into a history: its whole runs of the same inventory and the same limit, the oldest
   * first, this one last.
   */
  readonly trend?: readonly TrendPoint[];
  readonly tookMs: number;
  readonly exitCode: number;
  /** What `--exit-zero` gave 0 in place of. */
  readonly insteadOf?: 1 | 3;
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
  /** Each of its texts takes one host at most, and none the summary before the last host: it can be written while hosts are waited for. */
  readonly isGradual?: true;
  readonly render: (report: Report, options: FormatOptions) => Iterable<string>;
}

/** The chains of causes that matter on a judged host, the worst first. Pure. */
export type Explain = (host: HostReport, header: ReportHeader) => readonly Causes[];

export interface FormatOptions {
  /** `csv`: rows for passes too. */
  readonly includePasses: boolean;
  /** The CSV formats: a byte-order mark first, by which Excel knows UTF-8. */
  readonly csvBom?: boolean;
  /** `table`: colours, and the columns of the terminal. */
  readonly colour: boolean;
  readonly columns: number;
  /** `html`: tells the chain of causes on each host; without it there are none. */
  readonly explain?: Explain;
}
