/** A command line for a process that runs many, and where it runs. What that answers is how it ended (kernward.ts). */
export interface Command {
  readonly folder: string;
  readonly args: readonly string[];
  /** All of it. */
  readonly env: NodeJS.ProcessEnv;
  /** Of what it writes; none: that of the process. */
  readonly umask?: number;
}

/** Asks, in place of a command, what the one that runs waits for; the answer is a text. */
export const WAITS_FOR = 'waits for';
