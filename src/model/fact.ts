import type { FactId, Reading } from './reading.js';

/** The type of a fact's value; an expression is checked against it when a policy is loaded. */
export type FactType =
  | { readonly kind: 'int'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'bool' }
  | { readonly kind: 'string' }
  /** A string out of a closed list: a literal compared with it is checked at load. */
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list' }
  /** String to string, e.g. huge-page size → mode. */
  | { readonly kind: 'map' };

export const FACT_KINDS = [
  'int',
  'bool',
  'string',
  'enum',
  'list',
  'map',
] as const satisfies readonly FactType['kind'][];

export const UNITS = ['s', 'ms', 'bytes', 'pages', 'tasks', 'count', 'bitmask', 'percent'] as const;
export type Unit = (typeof UNITS)[number];

/** The description of a fact, read or derived. */
export interface FactDescription {
  readonly id: FactId;
  readonly title: string;
  readonly type: FactType;
  readonly unit?: Unit;
  /** First kernel that has it, in words that carry their own doubt: `6.13 (inferred from the commit's date)`. */
  readonly since?: string;
  readonly bootParameter?: string;
  /** Where what is said of it is known from: URLs, or a source file with its tree and version. At least one. */
  readonly sources: readonly string[];
}

/** A fact computed from others. It inherits their doubt unless the answer does not depend on it. */
export interface DerivedFact extends FactDescription {
  readonly inputs: readonly FactId[];
  readonly derive: (read: (id: FactId) => Reading) => Reading;
}
