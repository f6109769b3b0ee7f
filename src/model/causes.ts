import type { FactId } from './reading.js';
import type { RuleId } from './verdict.js';

/** Whether a step has begun on this machine. `open`: that is not known; `none`: nothing was found. */
export interface Sign {
  readonly state: 'begun' | 'open' | 'none';
  readonly text: string;
  /** The rule that says so. */
  readonly rule?: RuleId;
}

/** A fact behind a step: what it is and means here, and where that is from or what could have set it. */
export interface CauseEvidence {
  readonly fact: FactId;
  readonly text: string;
  /** Empty where there is nothing to say. */
  readonly note: string;
}

export interface CauseStep {
  readonly says: string;
  readonly signs: readonly Sign[];
  readonly grounds: readonly CauseEvidence[];
}

/** A change after which the chain does not go on. */
export interface ChainBreak {
  readonly says: string;
  /** As in `RuleSummary`; empty where there are none. */
  readonly settings: string;
  readonly mayBreak: string;
}

/**
 * One chain of causes on one machine, link by link, in whole sentences. Values of hosts stand in it as they were read.
 */
export interface Causes {
  /** `If a task hangs`; with a summary, what that is. */
  readonly heading: string;
  /** The whole chain in one sentence. */
  readonly summary?: string;
  readonly steps: readonly CauseStep[];
  /** What becomes of the machine. */
  readonly end: string;
  /** Cheapest first. */
  readonly breaks: readonly ChainBreak[];
  /** What somebody under pressure would try, and why it is of no use. */
  readonly doesNotBreak: readonly string[];
  readonly doesNotCure?: string;
}
