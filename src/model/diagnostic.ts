/** A place in a text that a user wrote. Line and column start at 1; `column` counts UTF-16 units as editors do. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A message about the user's input. All of them are collected and printed together, before a host is touched. */
export interface Diagnostic {
  /** `area/what-is-wrong`, e.g. `policy/unknown-fact`; each has a paragraph in docs/reference/diagnostics.md. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly at?: Position;
  /** The line of the input that `at` points into, for a caret. Already free of control characters. */
  readonly excerpt?: string;
  /** How many columns the caret underlines; 1 where not given. */
  readonly length?: number;
  /** The way out. */
  readonly help?: string;
}

/** What a loader gives: a value only where no diagnostic is an error. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}
