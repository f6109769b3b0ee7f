import { type Static, Type } from 'typebox';
import { TRANSPORT_NAMES } from '../model/host.js';

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** A host that was to be asked: enough to say in a report that nothing came of it, and nothing that a login needs. */
const ExpectedHostSchema = Type.Object(
  {
    place: Type.Integer({ minimum: 0, description: 'its place among all hosts of the run' }),
    name: Type.String({ minLength: 1 }),
    address: Type.String(),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    profile: Type.Optional(Type.String()),
    groups: Type.Array(Type.String()),
    labels: Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string' } }),
    transport: Type.Enum([...TRANSPORT_NAMES]),
  },
  { additionalProperties: false },
);
export type ExpectedHost = Static<typeof ExpectedHostSchema>;

/** The first line of what `collect` writes: who is expected in the lines after it. */
export const CollectedHeaderSchema = Type.Object(
  {
    kind: Type.Literal('collected'),
    schema: Type.Literal(1, { description: 'version of this shape; raised when a field changes its meaning or goes' }),
    kernward: Type.String({ description: 'the version that asked' }),
    runId: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    startedAt: Type.String({ description: 'UTC, ISO 8601 with seconds' }),
    probe: Type.String({ description: 'the digest of `kernward collector`, which holds every script' }),
    inventory: Type.Array(Type.String()),
    limit: Type.Optional(Type.String()),
    plan: Digest,
    shard: Type.Integer({ minimum: 1 }),
    shards: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    fleet: Type.Integer({ minimum: 0, description: 'how many hosts all shards have' }),
    hosts: Type.Array(ExpectedHostSchema, { description: 'of this shard' }),
    oldest: Type.Optional(
      Type.String({
        description:
          'when the first collection began whose answers were carried into this one, UTC, ISO 8601 with seconds',
      }),
    ),
    completeness: Type.Optional(
      Type.Literal('not-known', {
        description:
          'answers were carried from readings without a header: nobody knows whether these are all the hosts',
      }),
    ),
    added: Type.Optional(
      Type.Array(Type.String(), {
        description: 'hosts that the inventory had when some were asked again, and these have not: nobody asked them',
      }),
    ),
    others: Type.Optional(
      Type.Array(
        Type.Object({ shard: Type.Integer({ minimum: 1 }), host: ExpectedHostSchema }, { additionalProperties: false }),
        { description: 'of the other shards, where no plan on disk names them' },
      ),
    ),
  },
  { title: 'The first line of kernward collect' },
);
export type CollectedHeader = Static<typeof CollectedHeaderSchema>;

/** The last line of what `collect` writes. */
export const CollectedEndSchema = Type.Object(
  {
    kind: Type.Literal('end'),
    hosts: Type.Integer({ minimum: 0, description: 'how many lines stand between the header and this one' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of those lines, with their line ends' }),
  },
  { title: 'The last line of kernward collect' },
);
export type CollectedEnd = Static<typeof CollectedEndSchema>;
