import { Type } from 'typebox';
import { GATE_STATES, OCCASIONS } from '../model/news.js';
import { SEVERITIES } from '../model/verdict.js';

// Objects are open: a newer kernward may add a field without raising `schema`.

const Count = Type.Integer({ minimum: 0 });
const Run = {
  runId: Type.String(),
  startedAt: Type.String({ description: 'UTC, ISO 8601 with seconds' }),
};
const Rules = Type.Object({
  total: Count,
  rules: Type.Array(
    Type.Object({
      rule: Type.String(),
      severity: Type.Enum([...SEVERITIES]),
      title: Type.String(),
      remediation: Type.String({ description: 'what to do, in a sentence' }),
      total: Count,
      hosts: Type.Array(Type.String(), { description: 'the first of them' }),
    }),
    { description: 'the worst severity and the most hosts first' },
  ),
});
const Hosts = Type.Object({
  total: Count,
  reasons: Type.Array(
    Type.Object({
      why: Type.String(),
      total: Count,
      hosts: Type.Array(Type.String(), { description: 'the first of them' }),
    }),
  ),
});
const Waivers = Type.Array(
  Type.Object({
    id: Type.String(),
    rule: Type.String(),
    hosts: Type.String({ description: 'the pattern, as written' }),
    owner: Type.Optional(Type.String()),
    expires: Type.String({ description: 'UTC: from then on it covers nothing' }),
    matches: Count,
  }),
);

/** What a webhook is sent, and what a command reads on its standard input. */
export const NewsSchema = Type.Object({
  kind: Type.Literal('kernward-news'),
  schema: Type.Literal(1, { description: 'raised when a field changes its meaning or goes' }),
  headline: Type.String({ description: 'the whole of it in one line' }),
  occasions: Type.Array(Type.Enum([...OCCASIONS]), { description: 'why it is sent' }),
  run: Type.Object({
    ...Run,
    kernward: Type.String(),
    inventory: Type.Array(Type.String()),
    limit: Type.Optional(Type.String()),
  }),
  since: Type.Optional(
    Type.Object(Run, { description: 'what is new is new since this run; not there in the first message' }),
  ),
  gate: Type.Object({
    now: Type.Enum([...GATE_STATES]),
    before: Type.Optional(Type.Enum([...GATE_STATES])),
    failOn: Type.Enum([...SEVERITIES, 'never']),
    exitCode: Type.Integer(),
    verdict: Type.String(),
  }),
  hosts: Type.String({ description: 'all hosts by status, in words' }),
  newFindings: Rules,
  unknownHosts: Hosts,
  endedWaivers: Waivers,
  open: Type.Optional(
    Type.Object(
      { findings: Rules, unknown: Hosts, groupFails: Count, endingWaivers: Waivers },
      { description: 'all that is open: in the first message, and once a week' },
    ),
  ),
});
