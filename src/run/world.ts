import type { Report } from '../model/report.js';
import type { Transports } from '../transports/create-transports.js';
import type { Flaps } from '../verdict/flapping.js';
import type { GrowingReport } from './fleet-report.js';
import type { Progress } from './progress.js';
import type { OutputPlan } from './scan-plan.js';

/** What a run that asks hosts does to the world. Only the transports must be there. */
export interface AskWorld {
  /** Left open: whoever opened them closes them. */
  readonly transports: Transports;
  /** Aborts when somebody stops the run; what is known by then is judged and written. See `interruption`. */
  readonly signal?: AbortSignal;
  /** A number from 0 to below 1, new at each call: what the waits before retries go by. Default: `Math.random`. */
  readonly random?: () => number;
  /** Which share of the time since it was called last the thread computed that is busiest with hosts. Default: of this thread. */
  readonly load?: () => number;
  /** Told of each host as it ends, and when nobody is asked any more. */
  readonly progress?: Progress;
  /** Told what a person should know, a sentence each. */
  readonly warn?: (sentence: string) => void;
}

/** A report with what a history knows of it, or whom nobody could tell; a sentence for whatever failed. */
export interface RecordedReport {
  readonly report: Report;
  readonly errors: readonly string[];
}

/** What a run that judges does to the world. */
export interface World extends AskWorld {
  /** How long the run has taken so far, in milliseconds. Default: since `scanFleet` was called. */
  readonly tookMs?: () => number;
  /** What a history knows of results that keep changing. */
  readonly flaps?: Flaps | undefined;
  /** Records the report before it is written. */
  readonly record?: (report: Report) => Promise<RecordedReport>;
  /** Tells people what is new in the report, before it is written: it says whom nobody could tell. */
  readonly notify?: (report: Report) => Promise<RecordedReport>;
  /**
   * Writes the report. Its hosts may be walked as often as it takes, until the promise is settled: they wait in a spool.
   *
   * @returns a sentence for each output that could not be written
   */
  readonly write: (report: Report, output: OutputPlan) => Promise<readonly string[]>;
  /**
   * Writes while the last hosts are waited for, when all have been begun: before, it would take from those that are asked. Not where
   * somebody records the report or tells of it first.
   *
   * @param grow gives the growing report, to each output its own
   * @returns settled when all is written, or cannot be: what is left for `write`, an output that failed among it
   */
  readonly writeEarly?: (grow: () => GrowingReport, output: OutputPlan) => Promise<OutputPlan>;
}
