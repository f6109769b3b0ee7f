import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;
function words(description: string, maxLength = 200) {
  return Type.String({ minLength: 1, maxLength, description });
}

const TIME = 'UTC: a day, 2026-12-31, which is its first moment, or a time, 2026-12-31T18:00:00Z.';

const WaiverSchema = Type.Object(
  {
    id: words('Unique among all waivers, for instance the number of a ticket.'),
    rule: Type.String({
      pattern: '^[a-z0-9*-]+$',
      maxLength: 200,
      description: "A rule's id, or a glob of them: hung-task-*.",
    }),
    hosts: words('A host pattern, as for --limit: names, groups, globs, ~regex, with & and !.', 2000),
    justification: words('Why the finding is accepted, for whoever reads the report.', 1000),
    owner: words('Who answers for it.'),
    approvedBy: words('Who allowed it.'),
    starts: Type.Optional(Type.String({ description: `It holds from then on; without it at once. ${TIME}` })),
    expires: Type.String({ description: `From then on it holds no more. ${TIME}` }),
    digest: Type.Optional(
      Type.String({
        pattern: '^sha256:[0-9a-f]{64}$',
        description:
          'Of the evidence, as kernward explain and the json format show it: the waiver is void where the facts are others.',
      }),
    ),
  },
  closed,
);

/** `waivers.yaml` */
export const WaiversSchema = Type.Object(
  {
    waivers: Type.Array(WaiverSchema, {
      description: 'What is accepted: for which rule, on which hosts, why, by whom, and until when.',
    }),
  },
  { ...closed, description: 'A list under the key waivers; with no waiver in it: waivers: [].' },
);

/**
 * InSpec's waiver file: a control to what is waived. Its Ruby reads YAML 1.1, in which yes and no are booleans.
 * @see https://docs.chef.io/inspec/waivers/
 */
export const InspecWaiversSchema = Type.Object(
  {},
  {
    additionalProperties: Type.Object(
      {
        expiration_date: Type.Optional(Type.String({ description: `From then on it holds no more. ${TIME}` })),
        run: Type.Optional(
          Type.Union([Type.Boolean(), Type.String()], {
            description: 'A rule is judged whatever this says; the waiver stands beside the result.',
          }),
        ),
        justification: words('Why the finding is accepted, for whoever reads the report.', 1000),
      },
      closed,
    ),
  },
);
