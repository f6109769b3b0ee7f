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

/** What a loader returns: a value only where no diagnostic is an error. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The value, with nothing wrong. */
export function right<T>(value: T): Loaded<T> {
  return { value, diagnostics: [] };
}

/** No value, and why. */
export function wrong(diagnostics: readonly Diagnostic[]): Loaded<never> {
  return { value: undefined, diagnostics };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** The value where no diagnostic is an error, and the diagnostics. */
export function toLoaded<T>(value: T | undefined, diagnostics: readonly Diagnostic[]): Loaded<T> {
  return { value: hasErrors(diagnostics) ? undefined : value, diagnostics };
}

/**
 * Collects what is wrong, in order. A function that reads returns `Loaded<T>`, and one that validates a list of
 * diagnostics. A sink is for a loader that goes on to the next problem with what it has so far: it takes the others'
 * diagnostics there, and hands the sink on only to parts of the same loader, as a field of their context.
 */
export interface DiagnosticSink {
  readonly add: (diagnostic: Diagnostic) => void;
  readonly addAll: (diagnostics: readonly Diagnostic[]) => void;
  /** Keeps the diagnostics and returns the value. */
  readonly take: <T>(loaded: Loaded<T>) => T | undefined;
  readonly all: () => readonly Diagnostic[];
}

export function createDiagnosticSink(): DiagnosticSink {
  const all: Diagnostic[] = [];
  const addAll = (diagnostics: readonly Diagnostic[]): void => {
    for (const diagnostic of diagnostics) all.push(diagnostic);
  };
  return {
    add: (diagnostic) => void all.push(diagnostic),
    addAll,
    take: ({ value, diagnostics }) => {
      addAll(diagnostics);
      return value;
    },
    all: () => all,
  };
}
