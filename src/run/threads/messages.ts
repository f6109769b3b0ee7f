import type { Host } from '../../model/host.js';
import type { FactId } from '../../model/reading.js';
import type { Gate } from '../../model/report.js';
import type { RuleId } from '../../model/verdict.js';
import type { LentHost } from '../../transports/loan/lend.js';
import type { Lender } from '../../transports/loan/lender.js';
import type { BaselineReport } from '../../verdict/drift.js';
import type { PastChanges } from '../../verdict/flapping.js';
import type { ResolvedWaivers } from '../../verdict/waivers/open.js';
import type { RuleSetTexts } from '../rule-set.js';
import type { AskTerms } from '../scan-plan.js';
import type { NewParts } from '../spool/encode-host.js';

/** What a thread is started with: as much of a plan as one host needs, as values. */
export interface ThreadWork {
  /** The rule set's: each thread compiles its own. */
  readonly texts: RuleSetTexts;
  readonly terms: AskTerms;
  readonly today: string;
  readonly factsRead: ReadonlySet<FactId> | undefined;
  /** Set where hosts are reached over SSH. The password is in the memory of this process, as it is without threads. */
  readonly ssh: { readonly authTimeoutMs: number; readonly password: string | undefined } | undefined;
  /** Not there where nothing is judged: then a line of `collect` comes back. */
  readonly judged?: {
    readonly gate: Gate;
    readonly profileOverride: string | undefined;
    readonly waivers: ResolvedWaivers | undefined;
    readonly past: BaselineReport | undefined;
  };
}

/** Ask this host now. */
export interface AskHost {
  readonly kind: 'ask';
  readonly place: number;
  readonly host: Host;
  readonly lent?: LentHost;
  /** How many further parts hosts of this thread may come to share (`HostReader.mayShare`); not there: no further. */
  readonly mayShare?: number;
  /** Between two tries it waits by itself, and tells nobody. */
  readonly keepsPlace?: true;
  /** What a history knows of the host's rules. */
  readonly flaps?: ReadonlyMap<RuleId, PastChanges>;
}

/** @typeParam Value of an answer: what the function that was called gives */
export type ToThread<Value = unknown> =
  | AskHost
  /** The host has a place again: its next try may begin. */
  | { readonly kind: 'go-on'; readonly place: number }
  | { readonly kind: 'answer'; readonly call: number; readonly value: Value }
  | { readonly kind: 'refused'; readonly call: number; readonly message: string }
  /** The run has ended: the name and the message of the reason. */
  | { readonly kind: 'abort'; readonly name: string; readonly message: string }
  | { readonly kind: 'close' };

/** What came of a host, as it is to wait in the spool. */
export interface AskedHost {
  readonly kind: 'asked';
  readonly place: number;
  readonly isReached: boolean;
  readonly text: Uint8Array;
  /** How many hosts the jump host that it is behind takes at the same time, as far as it has shown. */
  readonly room?: number;
  /** Of a judged host: what its text is the first to name. */
  readonly parts?: NewParts;
}

export type FromThread =
  | { readonly kind: 'ready' }
  | AskedHost
  /** The host is to be asked again after so long, and needs no place until then. */
  | { readonly kind: 'rests'; readonly place: number; readonly waitMs: number }
  /** A bug of ours: the host was asked, and nothing could be made of it. */
  | { readonly kind: 'broken'; readonly place: number; readonly message: string }
  | { readonly kind: 'call'; readonly call: number; readonly name: keyof Lender; readonly given: readonly unknown[] };
