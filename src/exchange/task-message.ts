import { gunzipSync, gzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Static, Type } from 'typebox';
import { defined } from '../language/defined.js';
import { memoize } from '../language/memoize.js';
import { type Ticket, TicketSchema } from '../plan/ticket-schema.js';
import { JSON_CHECKS } from '../text/json-checks.js';
import { safeJson } from '../text/safe-json.js';
import { parseStrictJson } from '../text/strict-json.js';

const TASK_SCHEMA = 1;

/** Of names and addresses: a hundred thousand hosts. What is larger was made to be. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A task as it travels, compressed: two texts, as they were signed and digested. Nothing of how a host is reached. */
export const TaskSchema = Type.Object(
  {
    schema: Type.Literal(TASK_SCHEMA),
    ticket: Type.String({ maxLength: 1_000_000 }),
    signature: Type.Optional(Type.String({ maxLength: 200 })),
    hosts: Type.String(),
  },
  { additionalProperties: false },
);
type TaskJson = Static<typeof TaskSchema>;

/** What a worker was sent, as far as its form goes. */
interface TaskMessage {
  readonly ticket: Ticket;
  /** As it was signed. */
  readonly ticketText: string;
  /** In base64. */
  readonly signature: string | undefined;
  /** The file of the shard. */
  readonly hosts: string;
}

export type ReadTask =
  | { readonly kind: 'task'; readonly message: TaskMessage }
  /** Another worker may know it. */
  | { readonly kind: 'newer'; readonly schema: number }
  | { readonly kind: 'malformed'; readonly why: string };

const validators = memoize(() => {
  const ajv = new Ajv2020(JSON_CHECKS);
  return { task: ajv.compile<TaskJson>(TaskSchema), ticket: ajv.compile<Ticket>(TicketSchema) };
});

function whyNot({ errors }: ValidateFunction): string {
  const [error] = errors ?? [];
  const stray: unknown = error?.params['additionalProperty'];
  return `${error?.instancePath ?? ''} ${error?.message ?? ''}${typeof stray === 'string' ? `: ${stray}` : ''}`.trim();
}

function schemaOf(json: unknown): number {
  const said: unknown = Reflect.get(Object(json), 'schema');
  return typeof said === 'number' ? said : 0;
}

export function writeTask(ticket: string, signature: string | undefined, hosts: string): Uint8Array {
  return gzipSync(safeJson({ schema: TASK_SCHEMA, ticket, ...defined({ signature }), hosts }));
}

function parseTicket(text: string): Ticket | ReadTask {
  const json = parseStrictJson(text);
  const { ticket: isTicket } = validators();
  if (isTicket(json)) return json;
  return schemaOf(json) > TASK_SCHEMA
    ? { kind: 'newer', schema: schemaOf(json) }
    : { kind: 'malformed', why: `its ticket: ${whyNot(isTicket)}` };
}

/** Reads what came; whether it is to be done is not said here. */
export function readTask(bytes: Uint8Array): ReadTask {
  try {
    const json = parseStrictJson(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString());
    const { task: isTask } = validators();
    if (!isTask(json))
      return schemaOf(json) > TASK_SCHEMA
        ? { kind: 'newer', schema: schemaOf(json) }
        : { kind: 'malformed', why: whyNot(isTask) };
    const ticket = parseTicket(json.ticket);
    if (ticket.kind !== 'ticket') return ticket;
    const { signature, hosts } = json;
    return { kind: 'task', message: { ticket, ticketText: json.ticket, signature, hosts } };
  } catch (thrown) {
    return { kind: 'malformed', why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
