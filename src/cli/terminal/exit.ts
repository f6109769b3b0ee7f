import type { Diagnostic } from '../../model/diagnostic.js';

/** The exit codes of the design; `docs/reference/exit-codes.md` tells a user when each is given. */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  internal: 4,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of a command that a signal ended early; undefined: none did. */
export function signalCode(by: 'SIGINT' | 'SIGTERM' | undefined): number | undefined {
  if (by === undefined) return undefined;
  return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}

/** Ends the command with a code after everything that was opened is closed: thrown, and caught once in `main.ts`. */
export class Stop extends Error {
  readonly code: number;
  /** What is wrong with the user's input, told when the command has ended. */
  readonly diagnostics: readonly Diagnostic[];
  constructor(code: number, message = '', diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.name = 'Stop';
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

export function usage(message: string): never {
  throw new Stop(EXIT.usage, message);
}
