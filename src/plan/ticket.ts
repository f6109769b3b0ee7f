import { type Static, Type } from 'typebox';
import { defined } from '../language/defined.js';
import { safeJson } from '../text/safe-json.js';
import { type FleetPlan, PlanSchema, ShardSchema, type ShardSummary, ShardSummarySchema } from './plan-schema.js';

const TICKET_SCHEMA = 1;

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

/** A plan that ends. One that does not could be asked again for ever by whoever has seen it. */
export type EndingPlan = FleetPlan & { readonly notAfter: string };

/** The ticket of a shard, as the text that is signed. @param digest of `plan.json` */
export function ticketText(plan: EndingPlan, digest: string, summary: ShardSummary): string {
  const ticket: Ticket = {
    kind: 'ticket',
    schema: TICKET_SCHEMA,
    plan: digest,
    runId: plan.runId,
    notAfter: plan.notAfter,
    kernward: plan.kernward,
    inventory: [...plan.inventory],
    ...defined({ limit: plan.limit }),
    fleet: plan.hosts,
    shards: plan.shards.length,
    shard: summary.shard,
    zone: summary.zone,
    hosts: summary.hosts,
    sha256: summary.sha256,
  };
  return safeJson(ticket);
}

export function isEnding(plan: FleetPlan): plan is EndingPlan {
  return plan.notAfter !== undefined;
}
