import type { ConnectFailure, ConnectFailureCode } from '../model/outcome.js';
import { clean } from '../text/clean.js';
import { errorCode, readProperty, errorText } from './error-detail.js';

const MAX_DETAIL = 500;

/** A failure with its detail on one line and free of control characters, whatever the host put into it. */
export function failure(code: ConnectFailureCode, detail: string): ConnectFailure {
  return {
    code,
    detail: clean(detail, MAX_DETAIL),
  };
}

/** Codes of getaddrinfo(3) and errno as Node gives them. */
const BY_ERROR_CODE: ReadonlyMap<string, ConnectFailureCode> = new Map([
  ['ENOTFOUND', 'name-not-resolved'],
  ['ENODATA', 'name-not-resolved'],
  ['EAI_AGAIN', 'name-not-resolved'],
  ['EAI_FAIL', 'name-not-resolved'],
  ['EAI_NONAME', 'name-not-resolved'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'network-unreachable'],
  ['ENETUNREACH', 'network-unreachable'],
  ['EHOSTDOWN', 'network-unreachable'],
  ['ENETDOWN', 'network-unreachable'],
  ['EADDRNOTAVAIL', 'network-unreachable'],
  ['EACCES', 'network-unreachable'],
  ['EPERM', 'network-unreachable'],
  ['ETIMEDOUT', 'connect-timed-out'],
  ['ECONNRESET', 'disconnected'],
  ['ECONNABORTED', 'disconnected'],
  ['EPIPE', 'disconnected'],
]);

/** `error.level` as ssh2 sets it; `client-socket` is left to the error's code. */
const BY_LEVEL: ReadonlyMap<string, ConnectFailureCode> = new Map([
  ['client-authentication', 'authentication-failed'],
  ['client-timeout', 'disconnected'],
  ['handshake', 'handshake-failed'],
  ['protocol', 'handshake-failed'],
  ['client-dns', 'name-not-resolved'],
]);

/** The errors of Node that say a local limit was met; no host is to blame. */
const LOCAL_LIMITS: ReadonlyMap<string, string> = new Map([
  ['EMFILE', 'this process has no file descriptor left: lower --forks or raise `ulimit -n`'],
  ['ENFILE', 'this system has no file descriptor left: lower --forks'],
]);

/**
 * What an error of Node or of ssh2 means.
 *
 * @param otherwise for an error that says nothing of itself: `handshake-failed` before authentication, `disconnected`
 *   after
 */
export function toFailure(thrown: unknown, otherwise: ConnectFailureCode, where: string): ConnectFailure {
  const code = errorCode(thrown) ?? '';
  const level = readProperty(thrown, 'level');
  const limit = LOCAL_LIMITS.get(code);
  if (limit !== undefined) return failure('internal', `${where}: ${limit}`);
  const known = BY_ERROR_CODE.get(code) ?? (typeof level === 'string' ? BY_LEVEL.get(level) : undefined);
  return failure(known ?? otherwise, `${where}: ${errorText(thrown)}`);
}

const RUN_DEADLINE = 'RunDeadlineError';

/** The reason with which the signal of a run aborts when the deadline of the run has passed. */
export function runDeadline(deadlineMs: number): Error {
  return new DOMException(`the run's deadline of ${deadlineMs / 1000} s passed`, RUN_DEADLINE);
}

/** What an aborted signal means for the host: its own deadline, that of the run, or that somebody stopped the run. */
export function failureOfAbort(signal: AbortSignal, where: string): ConnectFailure {
  const reason: unknown = signal.reason;
  const name = reason instanceof Error ? reason.name : '';
  if (name === 'TimeoutError') return failure('host-timed-out', `${where}: the host's deadline passed`);
  return name === RUN_DEADLINE
    ? failure('run-deadline', `${where}: ${errorText(reason)}`)
    : failure('interrupted', `${where}: the run was interrupted`);
}
