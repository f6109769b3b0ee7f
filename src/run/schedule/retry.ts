import type { ConnectFailureCode } from '../../model/outcome.js';

/**
 * Is a host that failed like this worth asking again, within the same minute? Never where it refused us (another try
 * counts towards a lockout), never where a key is in doubt, never where it had its whole time, and not where the answer
 * cannot change: names are looked up once a run, and a file that is missing stays missing.
 */
const WORTH_RETRYING = {
  'name-not-resolved': false,
  refused: true, // sshd restarts, a machine boots
  'network-unreachable': true, // a route or an ARP entry comes back
  'connect-timed-out': true, // packets are lost; another source port may take another way
  'jump-host-failed': false, // its transport has tried the jump host again itself
  'handshake-failed': false,
  'host-key-unknown': false,
  'host-key-changed': false,
  'host-key-revoked': false,
  'authentication-failed': false,
  'authentication-timed-out': false,
  'identity-unusable': false,
  disconnected: true, // MaxStartups drops at random
  'probe-timed-out': false,
  'host-timed-out': false,
  'output-too-large': false,
  'no-probe-output': false,
  'collector-protocol': false,
  'recording-unusable': false,
  interrupted: false,
  'run-deadline': false,
  'shard-missing': false,
  'thread-lost': false, // it was asked again
  internal: false,
} as const satisfies Readonly<Record<ConnectFailureCode, boolean>>;

export interface RetryTerms {
  /** How often a host is asked again, at most. */
  readonly retries: number;
  /** The longest that the first wait may be; each further one may be twice as long. */
  readonly firstMs: number;
  /** The longest that any wait may be. */
  readonly longestMs: number;
}

export function retryTerms(retries: number): RetryTerms {
  return { retries, firstMs: 1000, longestMs: 15_000 };
}

export interface FailedAttempt {
  readonly code: ConnectFailureCode;
  /** Which attempt failed; the first is 1. */
  readonly attempt: number;
  /** What is left of the host's deadline. */
  readonly leftMs: number;
  /** At least 0, below 1: thrown by whoever calls. */
  readonly random: number;
}

/** Less time than this is no time for a connection. */
const LEAST_MS = 250;

/**
 * How long to wait before the host is asked again; undefined: not again. Exponential with full jitter, so that hosts
 * which one bastion dropped in one moment do not come back in one moment.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitBeforeRetry(
  { code, attempt, leftMs, random }: FailedAttempt,
  { retries, firstMs, longestMs }: RetryTerms,
): number | undefined {
  if (attempt > retries || !WORTH_RETRYING[code]) return undefined;
  const waitMs = Math.floor(random * Math.min(longestMs, firstMs * 2 ** (attempt - 1)));
  return waitMs + LEAST_MS <= leftMs ? waitMs : undefined;
}
