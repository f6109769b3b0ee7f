import { type Static, Type } from 'typebox';
import { PlanSchema, ShardSchema, ShardSummarySchema } from './plan-schema.js';

export const TICKET_SCHEMA = 1;

const { runId, kernward, inventory, limit, hosts } = PlanSchema.properties;
const { shard, zone } = ShardSchema.properties;
const { sha256 } = ShardSummarySchema.properties;

/**
 * What whoever collects a shard has to know of its plan, without the other shards: a plan of 5,000 shards would travel 5,000
 * times. It is signed by itself, and pins the hosts by their digest.
 */
export const TicketSchema = Type.Object(
  {
    kind: Type.Literal('ticket'),
    schema: Type.Literal(TICKET_SCHEMA),
    plan: sha256,
    runId,
    notAfter: Type.String({ pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$` }),
    kernward,
    inventory,
    limit,
    fleet: hosts,
    shards: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    shard,
    zone,
    hosts,
    sha256,
  },
  { additionalProperties: false, title: 'What a worker is told of the plan' },
);
export type Ticket = Static<typeof TicketSchema>;
