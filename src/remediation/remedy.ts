import type { HostId } from '../model/host.js';
import type { ReportHeader, RuleSummary } from '../model/report.js';
import type { RuleId } from '../model/verdict.js';
import type { SettingKind } from './shell-safe.js';

/** One key and what it is set to, for the sake of these rules. */
export interface Assignment {
  readonly kind: SettingKind;
  readonly name: string;
  readonly value: string;
  /** Sorted by id. */
  readonly rules: readonly RuleId[];
  /** What the name of its file begins with, where the usual one would not win: `99-zz`. */
  readonly prefix?: string;
  /** Sentences: by what it is overruled all the same, or that it is not known whether it wins. */
  readonly overruled?: readonly string[];
}

/** Two rules that want values of one key that no single value can satisfy: nothing is written for it. */
export interface Contradiction {
  readonly name: string;
  readonly wishes: readonly { readonly rule: RuleId; readonly value: string }[];
}

/** What is left for a person to do about a failing rule, beside what the files settle. */
export interface Instruction {
  readonly rule: RuleId;
  /** Does a file settle the rule, and this is only what goes with it? */
  readonly isExtra: boolean;
  readonly lines: readonly string[];
}

/** Hosts by what is said of them, e.g. by the value that a key had. */
export type HostsBy = ReadonlyMap<string, readonly HostId[]>;

/** The same things to do on one or more hosts. */
export interface Remedy {
  readonly hosts: readonly HostId[];
  /** Sorted by kind and name. */
  readonly assignments: readonly Assignment[];
  readonly instructions: readonly Instruction[];
  readonly contradictions: readonly Contradiction[];
  /** Of each failing rule: its sentences, each with the hosts that have it. */
  readonly reasons: ReadonlyMap<RuleId, HostsBy>;
  /** Of each assigned key: what it was, in words, each with the hosts. */
  readonly before: ReadonlyMap<string, HostsBy>;
  /** The profiles that tuned has active, each with the hosts; of those where it starts at boot. */
  readonly tunedProfiles: HostsBy;
}

/** What was asked for cannot be said of these hosts, and why. */
export interface Unsettled {
  readonly unreachable: HostsBy;
  /** By rule: hosts on which it is undecided, so that nobody knows whether there is anything to do. */
  readonly undecided: ReadonlyMap<RuleId, readonly HostId[]>;
  /** By rule and waiver: hosts on which a fail is waived, and therefore left as it is. */
  readonly waived: HostsBy;
}

export interface Plan {
  readonly header: ReportHeader;
  readonly rules: ReadonlyMap<RuleId, RuleSummary>;
  /** In the order of their first host in the report. */
  readonly remedies: readonly Remedy[];
  readonly unsettled: Unsettled;
  /** Hosts that were selected, and those among them that have nothing to remedy and nothing unsettled. */
  readonly hosts: number;
  readonly content: number;
}

/** A file to write, with its path below the folder of the output. */
export interface RemedyFile {
  readonly path: string;
  readonly text: string;
  /** Goes with the others, and never to standard output. */
  readonly isAside?: true;
}
