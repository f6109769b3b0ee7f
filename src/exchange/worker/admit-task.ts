import { createHash, type KeyObject, verify } from 'node:crypto';
import { parseShard } from '../../plan/read-plan.js';
import type { Shard } from '../../plan/plan-schema.js';
import type { Ticket } from '../../plan/ticket-schema.js';
import { clean } from '../../text/clean.js';
import type { Task } from '../exchange.js';
import { readTask } from '../task-message.js';

/** A task that this worker may do. */
export interface AdmittedTask {
  readonly ticket: Ticket;
  readonly shard: Shard;
}

export type Admitted =
  | { readonly kind: 'admitted'; readonly task: AdmittedTask }
  /** Of a newer kernward: another worker may know it. */
  | { readonly kind: 'newer'; readonly schema: number }
  /** Its time is over. */
  | { readonly kind: 'expired'; readonly notAfter: string }
  | { readonly kind: 'refused'; readonly why: string };

export interface AdmissionTerms {
  /** The public half of the key that plans are signed with; undefined: whoever may send tasks is trusted. */
  readonly planKey: KeyObject | undefined;
  /** UTC, ISO 8601 with seconds. */
  readonly now: string;
}

function refused(why: string): Admitted {
  return { kind: 'refused', why: clean(why, 500) };
}

function isSigned(text: string, signature: string | undefined, key: KeyObject): boolean {
  return signature !== undefined && verify(undefined, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}

/** Decides whether what the exchange brought is done: who sent it is not known, and need not be a friend. */
export function admitTask(task: Task, { planKey, now }: AdmissionTerms): Admitted {
  const read = readTask(task.bytes);
  if (read.kind === 'newer') return read;
  if (read.kind === 'malformed') return refused(`it is no task of kernward: ${read.why}`);
  const { ticket, ticketText, signature, hosts } = read.message;
  if (planKey !== undefined && !isSigned(ticketText, signature, planKey))
    return refused(
      signature === undefined
        ? 'its plan is not signed, and this worker wants it to be: kernward plan --sign-key'
        : 'its plan is signed by another key than this worker knows (planKey)',
    );
  if (ticket.zone !== task.zone || ticket.runId !== task.runId || ticket.shard !== task.shard)
    return refused(
      `it is shard ${ticket.shard} of the run ${ticket.runId} in the zone ${ticket.zone}, and was sent as another`,
    );
  if (now > ticket.notAfter) return { kind: 'expired', notAfter: ticket.notAfter };
  const { value: shard, diagnostics } = parseShard(hosts, `shard ${ticket.shard}`, {
    plan: { runId: ticket.runId, hosts: ticket.fleet },
    summary: ticket,
    digest: createHash('sha256').update(hosts).digest('hex'),
  });
  return shard === undefined
    ? refused(diagnostics.map(({ message }) => message).join('; '))
    : { kind: 'admitted', task: { ticket, shard } };
}
