import type { Position } from '../../../model/diagnostic.js';
import type { Doubt } from '../doubt.js';
import type { JumpReading } from '../jump.js';
import type { Criterion } from '../match/match-line.js';

/** A value that a line sets, read and checked. */
export type SshSetting =
  | { readonly sets: 'one'; readonly option: string; readonly value: string | number }
  | { readonly sets: 'list'; readonly option: string; readonly values: readonly string[]; readonly most: number }
  | { readonly sets: 'another'; readonly option: string; readonly value: string }
  | { readonly sets: 'jump'; readonly jump: Extract<JumpReading, { jump: 'none' | 'hops' }> };

/** One pattern of a Host line. */
export interface HostNamePattern {
  readonly negated: boolean;
  /** As bytesOf makes it (pattern.ts). */
  readonly bytes: string;
}

/** A line of an ssh_config that has a meaning. */
export type Directive = { readonly at: Position } & (
  | { readonly is: 'host'; readonly patterns: readonly HostNamePattern[] }
  | { readonly is: 'match'; readonly criteria: readonly Criterion[] }
  /** The files that its patterns found, in ssh's order. */
  | { readonly is: 'include'; readonly files: readonly (readonly Directive[])[] }
  | { readonly is: 'setting'; readonly setting: SshSetting }
  /** `detail` is the keyword, with what it may have been meant to be. */
  | { readonly is: 'unknown'; readonly keyword: string; readonly detail: string }
  | { readonly is: 'doubt'; readonly doubt: Doubt }
);

/** A file that ssh reads by itself, and whether it is the user's own or the system's. */
export interface ConfigFile {
  readonly user: boolean;
  readonly directives: readonly Directive[];
}

export interface SshConfig {
  /** In reading order: the first value wins. */
  readonly files: readonly ConfigFile[];
}
