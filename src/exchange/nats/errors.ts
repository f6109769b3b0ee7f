import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';

/** No memory, no disk, no leader, or a stream that has what it may hold: `store.ErrMaxBytes` and its like stand in the text. */
const STORE_FAILED = 10077;

export function isWrongLastSequence(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && thrown.code === JetStreamApiCodes.StreamWrongLastSequence;
}

/** A stream that takes one message a subject has one. */
export function isSubjectTaken(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && thrown.code === STORE_FAILED && /per subject/u.test(thrown.message);
}

/** Why a stream takes nothing more, in the words of the server; undefined: it has room. */
export function noRoomReason(thrown: unknown): string | undefined {
  return thrown instanceof JetStreamApiError && thrown.code === STORE_FAILED && !isSubjectTaken(thrown)
    ? thrown.message
    : undefined;
}

export function isStreamMissing(thrown: unknown): boolean {
  return (
    thrown instanceof JetStreamApiError &&
    (thrown.code === JetStreamApiCodes.StreamNotFound || thrown.code === JetStreamApiCodes.ConsumerNotFound)
  );
}

/**
 * Why nobody answered, in words that fit after a colon; undefined: it is none of what passes by itself.
 */
export function passingReason(thrown: unknown): string | undefined {
  if (thrown instanceof errors.TimeoutError) return 'no answer';
  // Nobody listens where a stream should be: the server has just started, or has lost its disk.
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if ([thrown, cause].some((each) => each instanceof errors.RequestError && each.isNoResponders()))
    return 'there is no stream that takes it, or not yet';
  if (thrown instanceof errors.RequestError) return thrown.message;
  if (thrown instanceof errors.ConnectionError || thrown instanceof errors.PermissionViolationError)
    return thrown.message;
  const full = noRoomReason(thrown);
  if (full !== undefined) return `the server has no room (${full})`;
  if (!(thrown instanceof JetStreamApiError) || isSubjectTaken(thrown)) return undefined;
  return thrown.status === 503 || thrown.status === 500 ? thrown.message : undefined;
}
