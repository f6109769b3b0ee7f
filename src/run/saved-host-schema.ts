import { type Static, Type } from 'typebox';
import { TRANSPORT_NAMES } from '../model/host.js';
import { CONNECT_FAILURES } from '../model/outcome.js';
import type { Reading } from '../model/reading.js';
import { CollectorSchema, ReadingSchema } from '../report/schema.js';

function Names(description: string) {
  return Type.Array(Type.String(), { description });
}

/** One line of `kernward collect`: a host without what was needed to log in, and what came of asking it. */
export const SavedHostSchema = Type.Object(
  {
    schema: Type.Literal(1, { description: 'version of this shape; raised when a field changes its meaning or goes' }),
    name: Type.String({ minLength: 1 }),
    address: Type.String(),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    profile: Type.Optional(Type.String()),
    groups: Names('every group of the host, sorted'),
    labels: Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string' } }),
    transport: Type.Enum([...TRANSPORT_NAMES], {
      description: 'what the host was really reached by; auto: it was not asked',
    }),
    transportReason: Type.Optional(Type.String({ description: 'why not ssh2, where kernward chose' })),
    via: Type.Optional(Type.Array(Type.String(), { description: 'the jump hosts, user@address:port each' })),
    tookMs: Type.Number({ minimum: 0 }),
    attempts: Type.Optional(
      Type.Integer({ minimum: 1, description: 'how often the host was asked; not there where once was enough' }),
    ),
    collector: Type.Optional(CollectorSchema),
    failure: Type.Optional(
      Type.Object(
        { code: Type.Enum([...CONNECT_FAILURES]), detail: Type.String() },
        { description: 'set exactly when the host was not reached' },
      ),
    ),
    declared: Type.Optional(
      Type.Unsafe<Readonly<Record<string, string>>>({
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'of facts that policies declare: the edition of the declaration',
      }),
    ),
    readings: Type.Optional(
      Type.Unsafe<Readonly<Record<string, Reading>>>({
        type: 'object',
        additionalProperties: ReadingSchema,
        description: 'by fact id; set exactly when the host was reached',
      }),
    ),
  },
  { title: 'One line of kernward collect' },
);
export type SavedHostJson = Static<typeof SavedHostSchema>;
