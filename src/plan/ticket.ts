import { defined } from '../language/defined.js';
import { safeJson } from '../text/safe-json.js';
import type { FleetPlan, ShardSummary } from './plan-schema.js';
import { TICKET_SCHEMA, type Ticket } from './ticket-schema.js';

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
