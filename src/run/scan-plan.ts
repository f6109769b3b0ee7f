import type { FactDefinition } from '../facts/definition.js';
import type { KnownFix } from '../kernel/fixes/schema.js';
import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import type { FactId } from '../model/reading.js';
import type { Baseline, Collected, Gate, Rerun, Summary } from '../model/report.js';
import type { ConnectTerms } from '../transports/connect-terms.js';
import type { BaselineReport } from '../verdict/drift.js';
import type { ResolvedWaivers } from '../verdict/waivers/open.js';
import type { CollectedHeader, ExpectedHost } from './collected-schema.js';
import type { RuleSet, RuleSetTexts } from './rule-set.js';
import type { BatchSize } from './schedule/batches.js';
import type { RetryTerms } from './schedule/retry.js';
import type { Workers } from './threads/how-many.js';
import type { Output } from './write-outputs.js';

/** A host and its place in the report. */
export type Placed = readonly [index: number, host: Host];

/** Whom a run asks, and who else stands in what it writes. */
export interface RunHosts {
  /** Every host of the report, in its order. */
  readonly hosts: readonly Host[];
  /** Those of them that are asked. */
  readonly asked: readonly Placed[];
  /** What was known of the others before, by their places. A host that is in neither is said not to have been asked. */
  readonly carried: Iterable<readonly [index: number, outcome: HostOutcome]>;
}

/** How a run goes through many hosts. */
export interface Pacing {
  /** Hosts asked at the same time, at most; the transports may carry fewer. `auto`: as many as there is room for. */
  readonly forks: number | 'auto';
  /** How many hosts of a group are asked at the same time, where that is limited. */
  readonly groupForks: ReadonlyMap<string, number>;
  /** A batch begins when the one before it is done; none: all hosts are one batch. */
  readonly serial: readonly BatchSize[];
  /** In how many threads they are asked and judged. */
  readonly workers: Workers;
  /** For asking all hosts, in milliseconds; undefined: it may take as long as it takes. */
  readonly deadlineMs: number | undefined;
}

/** All in milliseconds from the moment they begin to count. */
export interface Deadlines {
  /** From the script being sent to its last byte of output. */
  readonly probeMs: number;
  /** The same for the second look, at kernel packages, where one is taken. */
  readonly packagesMs: number;
  /** Everything about one host: connect, authenticate, probe, look at its packages, and once more where that failed. */
  readonly hostMs: number;
}

/** How one host is asked. */
export interface AskTerms {
  readonly deadlines: Deadlines;
  readonly retry: RetryTerms;
  /** What a host may send, stdout and stderr together, in bytes. */
  readonly maxBytes: number;
  /** Every host is looked at as root, as if it had `become: sudo`. */
  readonly become: boolean;
}

/** The part of a plan that every run that asks hosts needs: `doctor` needs no more. */
export interface AskPlan extends RunHosts {
  readonly pacing: Pacing;
  readonly terms: AskTerms;
  /** What the transports are opened with. */
  readonly connect: ConnectTerms;
}

/** A run that reads what hosts are. */
export interface CollectPlan extends AskPlan {
  /** The day that support is judged by, `2026-08-22`, in UTC. It goes into the readings. */
  readonly today: string;
  /** The known fixes that a host may be asked about a second time. */
  readonly fixes: readonly KnownFix[];
  /** The facts that somebody reads; undefined: all of them. */
  readonly factsRead: ReadonlySet<FactId> | undefined;
  /** What the rule set of `fixes` and `declared` was made of; undefined: hosts can be asked in no other thread. */
  readonly texts?: RuleSetTexts;
  /** Facts that policies declare: hosts are asked for them beside the catalogue. One list for the whole run. */
  readonly declared: readonly FactDefinition[];
  /** When the run began: UTC, ISO 8601 with seconds. */
  readonly startedAt: string;
  /** The same in milliseconds since 1970: of two runs that begin in one second it says which is the later one. */
  readonly startedMs: number;
  /** The files that the hosts come from. */
  readonly inventory: readonly string[];
  /** The pattern that chose the hosts; undefined: all of the inventory. */
  readonly limit: string | undefined;
  /** Set where others ask the rest of the hosts. */
  readonly shard?: ShardOfRun;
  /** Set where only some hosts of an earlier collection are asked again. */
  readonly earlier?: CarriedCollection;
}

/** Which part of a run a collection is. */
export interface ShardOfRun {
  /** The digest that all shards of the run have in common. */
  readonly plan: string;
  /** Where the plan has chosen it; else each collection has its own. */
  readonly runId?: string;
  /** Counted from 1. */
  readonly shard: number;
  readonly shards: number;
  /** How many hosts all shards have. */
  readonly fleet: number;
  /** The places of this collection's hosts among them. */
  readonly places: readonly number[];
  /** The hosts of the other shards, where no plan on disk names them. */
  readonly others?: readonly { readonly shard: number; readonly host: ExpectedHost }[];
}

/** What a collection says of the earlier one that it was merged with; each as in its header. */
export type CarriedCollection = Pick<CollectedHeader, 'oldest' | 'completeness' | 'added'>;

/** An earlier report to compare with. */
export interface PlannedBaseline {
  readonly past: BaselineReport;
  /** What the header of the new report says of it. */
  readonly header: Baseline;
  /** How it ended. */
  readonly summary: Pick<Summary, 'exitCode' | 'insteadOf'>;
}

/** What is written of a run, and how. */
export interface OutputPlan {
  readonly outputs: readonly Output[];
  /** csv: a row for rules that pass, too. */
  readonly includePasses: boolean;
  /** The CSV formats: begin with a byte-order mark. */
  readonly csvBom: boolean;
  /** Permission bits of the files; not there: those of the file that is replaced, or 0600. */
  readonly mode?: number;
}

/**
 * A run that judges, decided to the last option: values only, which nobody changes any more. Nothing in it acts; what acts
 * is in the `World` that `scanFleet` is given beside it. Its rule set is compiled, and so the plan as a whole is no JSON.
 */
export interface ScanPlan extends CollectPlan {
  /** The hosts that the inventory has and the report does not: a group of which some are asked is not known as a whole. */
  readonly notSelected: readonly Host[];
  /** Set where only some hosts of a saved report are asked again. */
  readonly rerun: Rerun | undefined;
  readonly ruleSet: RuleSet;
  /** Every host is judged by this profile, whatever the inventory says; undefined: as the inventory says. */
  readonly profileOverride: string | undefined;
  readonly gate: Gate;
  readonly waivers: ResolvedWaivers | undefined;
  readonly baseline: PlannedBaseline | undefined;
  /** Set where the hosts come from files of `collect`: whether everything that was to come is there. */
  readonly collected: Collected | undefined;
  readonly output: OutputPlan;
  /** The file of the history that the run is recorded in; undefined: in none. */
  readonly history: string | undefined;
}
