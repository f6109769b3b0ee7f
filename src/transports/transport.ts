import type { Host, TransportName } from '../model/host.js';
import type { ConnectFailure, Connection, RunOutcome } from '../model/outcome.js';

export interface RunLimits {
  readonly timeoutMs: number;
  /** The most bytes of stdout and stderr together. */
  readonly maxBytes: number;
  /**
   * The line that the script has its shell print when it is done, as its last word: then the run is over, with status 0, and the shell may
   * be kept for the next script. Where the shell ends without it, the run ends with the shell.
   */
  readonly over?: string;
}

/**
 * What goes to the stdin of `sh -s`: pieces in their order. All behind the first are the same text for many hosts, which nobody joins
 * with others: of 32 KB a host nothing is left then for as long as the host is asked.
 */
export type Script = readonly string[];

/** One way to a host's shell. Nothing here throws or rejects, and each promise settles once, whatever the host does. */
export interface Session {
  /**
   * Has a shell on the host, `sh -s`, run `script`: a new one, or the one that has run the script before and reads on. One at a time;
   * after anything but `exited` the session is over.
   */
  run(script: Script, limits: RunLimits): Promise<RunOutcome>;
  close(): Promise<void>;
}

/** `reach` says what was used where that is more than the host itself says. */
export type Opened = { readonly reach?: Connection } & (
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly failure: ConnectFailure }
);

export interface Transport {
  readonly name: TransportName;
  /**
   * Opens a session. `signal` bounds the host as a whole, the session included: when it aborts, whatever is under way
   * settles. Its reason says which failure that is: a `TimeoutError` (as `AbortSignal.timeout` gives) is
   * `host-timed-out`, what `runDeadline` gives is `run-deadline`, anything else is `interrupted`.
   */
  open(host: Host, signal: AbortSignal): Promise<Opened>;
  close(): Promise<void>;
}
