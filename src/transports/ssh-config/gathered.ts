import type { JumpHop } from './jump.js';

/**
 * The options of one host in the form that our own resolver and the output of `ssh -G` share: words and numbers as
 * text, under ssh's names in lower case, every default filled in by who made it.
 */
export interface Gathered {
  readonly host: string;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  /** Options with one value. An option that is not set is missing. */
  readonly one: ReadonlyMap<string, string>;
  /** `userknownhostsfile` (expanded), `globalknownhostsfile`, `revokedhostkeys`; `none` is the empty list. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** As written; undefined where nothing names one. */
  readonly identityFiles: readonly string[] | undefined;
  readonly certificateFiles: readonly string[];
  readonly hops: readonly JumpHop[];
}
