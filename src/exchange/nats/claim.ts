import { randomBytes } from 'node:crypto';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { passingReason } from './errors.js';
import { claimSubject } from './names.js';

/** How long another dispatcher has to say that it is there. */
const ANSWER_MS = 1000;

interface Claim {
  readonly id: string;
  readonly by: string;
  /** It was alone when it asked, and stays. */
  readonly isSettled: boolean;
}

function parseClaim(message: Msg): Claim | undefined {
  try {
    const said: unknown = message.json();
    const [id, by, isSettled] = ['id', 'by', 'isSettled'].map((field) => Reflect.get(Object(said), field));
    return typeof id === 'string' && typeof by === 'string' ? { id, by, isSettled: isSettled === true } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks whether somebody brings the run, and answers whoever asks later. Nothing is stored: it ends with the connection, so that
 * nobody has to clean up after a dispatcher that was killed. Of several that ask at the same moment the one with the least id stays.
 *
 * @returns who brings it already
 */
export async function claimRun(connection: NatsConnection, runId: string, by: string): Promise<string | undefined> {
  const subject = claimSubject(runId);
  const id = randomBytes(8).toString('hex');
  let isSettled = false;
  let other: string | undefined;
  const own = (): string => JSON.stringify({ id, by, isSettled } satisfies Claim);
  const hear = (claim: Claim | undefined): void => {
    if (claim !== undefined && claim.id !== id && !isSettled && (claim.isSettled || claim.id < id)) other ??= claim.by;
  };
  const subscription = connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) return;
      const asking = parseClaim(message);
      if (asking?.id === id) return;
      hear(asking);
      if (other === undefined) message.respond(own());
    },
  });
  try {
    const answers = await connection.requestMany(subject, own(), { strategy: 'timer', maxWait: ANSWER_MS });
    for await (const answer of answers) {
      hear(parseClaim(answer));
      if (other !== undefined) break;
    }
  } catch (thrown) {
    // A server that is away, or a credential that may not ask this: the run goes on as if nobody were there.
    if (passingReason(thrown) === undefined) throw thrown;
  }
  if (other === undefined) isSettled = true;
  else subscription.unsubscribe();
  return other;
}
