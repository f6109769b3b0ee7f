import type { ColumnType } from 'kysely';
import type { FailOn, Result, Severity } from '../../model/verdict.js';

/**
 * Milliseconds since 1970. A server's driver may give a bigint back as text, hence `Number(…)` wherever one is read.
 */
type Milliseconds = ColumnType<number | string, number, number>;

/** One run of kernward. What its report's summary counts stands here, so that a trend needs no verdict. */
export interface RunRow {
  /** Numbered as they were added; their order in time is (started_ms, run_id). */
  readonly run: number;
  readonly run_id: string;
  readonly started_ms: Milliseconds;
  readonly took_ms: Milliseconds;
  readonly kernward: string;
  /** JSON: the inventory as the report names it. */
  readonly inventory: string;
  /** `--limit`; null where every host of the inventory was asked. */
  readonly host_limit: string | null;
  readonly exit_code: number;
  readonly verdict: string;
  /**
   * 1: it ended early (a signal, --deadline). Hosts that had no answer by then are not in `asked`: it says nothing of
   * them.
   */
  readonly interrupted: number;
  /** The hosts that were asked and the rules that were loaded, as ranges of their numbers: `1-4999,5001-10000`. */
  readonly asked: string;
  readonly judged: string;
  readonly hosts: number;
  /** What the statuses went by. Runs of an older kernward have `info`: there any fail counted. */
  readonly fail_on: FailOn;
  /** `lesser` and `clean` together. */
  readonly compliant: number;
  readonly lesser: number;
  readonly clean: number;
  readonly failing: number;
  readonly undecided: number;
  readonly unchecked: number;
  readonly unreachable: number;
  /** Unwaived fails by severity. */
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly info: number;
  /** Hosts by the severity of their worst unwaived fail; null: not known, of an older kernward. */
  readonly worst_critical: number | null;
  readonly worst_high: number | null;
  readonly worst_medium: number | null;
  readonly worst_low: number | null;
  readonly worst_info: number | null;
  readonly waived: number;
  /** A text: JSON of the summary's groups. Most runs share one. */
  readonly groups_text: number;
}

interface HostRow {
  readonly host: number;
  readonly name: string;
  /** JSON: its groups; its owner by label; the profile it was judged by. As the newest run that asked it had them. */
  readonly member_of: string;
  readonly owner: string;
  readonly profile: string;
}

interface RuleRow {
  readonly rule: number;
  readonly id: string;
  readonly policy: string;
  readonly title: string;
}

/** Sentences and documents that stand in many places, once. */
interface TextRow {
  readonly text: number;
  readonly digest: string;
  readonly body: string;
}

/**
 * What a rule gave on a host, from the run that saw it first until the run that saw something else: an interval. The
 * intervals of a host and a rule follow each other without a gap; the last one is open.
 */
export interface VerdictRow {
  readonly host: number;
  readonly rule: number;
  readonly from_run: number;
  readonly from_ms: Milliseconds;
  /** Null: open. */
  readonly to_run: number | null;
  readonly to_ms: ColumnType<number | string | null, number | null, number | null>;
  readonly result: Result;
  readonly severity: Severity;
  /** Id of the waiver in force; empty: none. */
  readonly waiver: string;
  /** Since when the result is this one, over interruptions by `error` and `unknown`: see `chain.ts`. */
  readonly since_ms: Milliseconds;
  /** The decided result that was known when the interval began, and since when; null: none was. */
  readonly held_result: Result | null;
  readonly held_since_ms: ColumnType<number | string | null, number | null, number | null>;
  /** A text: the reason, as it was when the interval began; only where somebody has to act. */
  readonly because_text: number | null;
}

/** What is to be known of the history itself. */
interface NoteRow {
  readonly name: string;
  readonly value: string;
}

/** The run that somebody (a target of `--notify`) was told of last, and everything before it. */
interface ToldRow {
  readonly target: string;
  /** JSON: the inventory and the limit, since only runs that agree in both can be compared. */
  readonly scope: string;
  readonly run_id: string;
  readonly started_ms: Milliseconds;
  readonly gate: string;
  /** The run of the last message that said all that was open. */
  readonly summary_ms: Milliseconds;
}

/** Who is telling a target right now. */
interface ClaimRow {
  readonly target: string;
  readonly scope: string;
  /** A word that the process has, and no other. */
  readonly owner: string;
  readonly until_ms: Milliseconds;
}

export interface Tables {
  readonly runs: RunRow;
  readonly hosts: HostRow;
  readonly rules: RuleRow;
  readonly texts: TextRow;
  readonly verdicts: VerdictRow;
  readonly notes: NoteRow;
  readonly told: ToldRow;
  readonly claims: ClaimRow;
}
