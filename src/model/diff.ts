import type { HostId } from './host.js';
import type { Report } from './report.js';
import type { Drift, Result, RuleId, Severity } from './verdict.js';

/** One verdict that is not what it was. */
export interface DiffRow {
  readonly drift: Drift;
  readonly host: HostId;
  readonly rule: RuleId;
  readonly severity: Severity;
  /** Not there where the earlier report does not have the host. */
  readonly before?: Result;
  readonly now: Result;
  readonly because: string;
  /** How often its result changed in 30 days, where that is flapping. */
  readonly flaps?: number;
  /** The id of the waiver that covers it now. */
  readonly waiver?: string;
}

/** A host that the later report does not have any more. */
interface GoneHost {
  readonly host: HostId;
  /** How many of its rules failed, waived or not. */
  readonly fails: number;
}

/** The severity of a rule is not what it was, on so many hosts: the policy or their profile changed it. */
export interface SeverityChange {
  readonly rule: RuleId;
  readonly before: Severity;
  readonly now: Severity;
  readonly hosts: number;
}

/** Two reports compared. The rows may be walked more than once, as the hosts of a report may. */
export interface Diff {
  readonly old: { readonly runId: string; readonly startedAt: string; readonly from: string; readonly hosts: number };
  /** The later report against the earlier one: drifts at its verdicts, counts and exit code in its summary. */
  readonly report: Report;
  /** The file of the later report. */
  readonly from: string;
  /** In the order of its hosts and their rules. */
  readonly rows: Iterable<DiffRow>;
  readonly newHosts: readonly HostId[];
  readonly goneHosts: readonly GoneHost[];
  /** Hosts that answered then and do not now, and the other way round. */
  readonly silentHosts: readonly HostId[];
  readonly answeringHosts: readonly HostId[];
  readonly profiles: readonly { readonly host: HostId; readonly before: string; readonly now: string }[];
  readonly severities: readonly SeverityChange[];
}

/** A form in which a comparison is written: a pure function of it. */
export interface DiffFormat {
  readonly id: string;
  readonly title: string;
  readonly render: (diff: Diff, options: { readonly colour: boolean; readonly columns: number }) => Iterable<string>;
}
