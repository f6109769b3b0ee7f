import { type Static, Type } from 'typebox';

export const PLAN_SCHEMA = 1;

const RunId = Type.String({ pattern: '^[0-9a-f]{16}$', description: 'of the run that all shards are parts of' });
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Name = Type.String({ minLength: 1, maxLength: 1000 });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const Moment = Type.String({ pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$` });
const Forks = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/**
 * Whom to ask, and nothing of how: no key, command, option, jump host, transport or file. Who may write a plan can make a
 * machine ask hosts, and run nothing there.
 */
export const PlannedHostSchema = Type.Object(
  {
    place: Type.Integer({ minimum: 0, description: 'among all hosts of the run' }),
    name: Name,
    address: Name,
    port: Type.Optional(Port),
    user: Type.Optional(Name),
    profile: Type.Optional(Name),
    groups: Type.Array(Name, { maxItems: 10_000 }),
    labels: Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string' } }),
    become: Type.Optional(Type.Literal('sudo', { description: 'what only root may read is read by sudo' })),
  },
  { additionalProperties: false },
);
export type PlannedHost = Static<typeof PlannedHostSchema>;

export const ShardSchema = Type.Object(
  {
    kind: Type.Literal('shard'),
    schema: Type.Literal(PLAN_SCHEMA, { description: 'version of this shape' }),
    runId: RunId,
    shard: Type.Integer({ minimum: 1, description: 'counted from 1' }),
    zone: Name,
    groupForks: Type.Unsafe<Readonly<Record<string, number>>>({
      type: 'object',
      additionalProperties: Forks,
      description: 'how many hosts of a group are asked at the same time; all hosts of such a group are in one shard',
    }),
    hosts: Type.Array(PlannedHostSchema, { minItems: 1 }),
  },
  { additionalProperties: false, title: 'The hosts of one shard' },
);
export type Shard = Static<typeof ShardSchema>;

export const ShardSummarySchema = Type.Object(
  {
    shard: Type.Integer({ minimum: 1 }),
    zone: Name,
    hosts: Type.Integer({ minimum: 1 }),
    sha256: Digest,
  },
  { additionalProperties: false },
);
export type ShardSummary = Static<typeof ShardSummarySchema>;

export const PlanSchema = Type.Object(
  {
    kind: Type.Literal('plan'),
    schema: Type.Literal(PLAN_SCHEMA, {
      description: 'version of this shape; raised when a field changes its meaning or goes',
    }),
    runId: RunId,
    madeAt: Moment,
    notAfter: Type.Optional(Moment),
    kernward: Type.String({ description: 'the version that planned' }),
    inventory: Type.Array(Type.String()),
    limit: Type.Optional(Type.String({ description: 'the pattern that chose the hosts' })),
    hosts: Type.Integer({ minimum: 1 }),
    shards: Type.Array(ShardSummarySchema, {
      minItems: 1,
      maxItems: 1_000_000,
      description: 'counted from 1, in their order; the hosts of each are in shards/',
    }),
  },
  { additionalProperties: false, title: 'Who is to be asked, by how many processes' },
);
export type FleetPlan = Static<typeof PlanSchema>;
