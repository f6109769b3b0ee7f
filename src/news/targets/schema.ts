import { Type, type Static } from 'typebox';
import { OCCASIONS } from '../../model/news.js';

const closed = { additionalProperties: false } as const;
const MAX = 1000;

/** A variable of the environment; a proxy; a server of mail. */
export const ENV_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*$';
export const PROXY_PATTERN = '^http://[^\\s/@]+/?$';
export const SERVER_PATTERN = '^(\\[[0-9A-Fa-f:.]+\\]|[^\\s:@/\\[\\]]+)(:[0-9]{1,5})?$';

function words(description: string) {
  return Type.String({ minLength: 1, maxLength: MAX, description });
}

const SecretSchema = Type.Object(
  {
    file: Type.Optional(words('A file that holds it and nothing else; relative to this file.')),
    env: Type.Optional(
      Type.String({
        pattern: ENV_PATTERN,
        maxLength: 200,
        description: 'A variable of the environment.',
      }),
    ),
  },
  {
    ...closed,
    description:
      'A secret stands in no inventory, no argument and no log: name the file or the variable that holds it.',
  },
);

const Timeout = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 120, description: 'Seconds that one delivery may take (default: 20).' }),
);
const HTTP = {
  url: SecretSchema,
  proxy: Type.Optional(
    Type.String({
      pattern: PROXY_PATTERN,
      maxLength: MAX,
      description: 'http://HOST:PORT of a proxy that takes CONNECT. The environment is not asked for one.',
    }),
  ),
  ca: Type.Optional(words('A PEM file of authorities that are trusted besides those of Node; relative to this file.')),
  timeout: Timeout,
};

/** One way to be told; a target has exactly one of them. */
const WAYS = {
  slack: Type.Optional(Type.Object(HTTP, { ...closed, description: 'An incoming webhook of Slack.' })),
  teams: Type.Optional(
    Type.Object(HTTP, {
      ...closed,
      description: 'A workflow of Microsoft Teams that begins with "When a Teams webhook request is received".',
    }),
  ),
  webhook: Type.Optional(
    Type.Object(
      {
        ...HTTP,
        headers: Type.Optional(
          Type.Unsafe<Readonly<Record<string, Static<typeof SecretSchema>>>>({
            type: 'object',
            additionalProperties: SecretSchema,
            maxProperties: 20,
            description: 'Further headers, such as Authorization.',
          }),
        ),
      },
      { ...closed, description: 'POST of JSON as schemas/news.schema.json has it.' },
    ),
  ),
  mail: Type.Optional(
    Type.Object(
      {
        server: Type.String({
          pattern: SERVER_PATTERN,
          maxLength: 300,
          description: 'HOST or HOST:PORT that takes mail over SMTP (default: 587, with tls: implicit 465).',
        }),
        tls: Type.Optional(
          Type.Enum(['starttls', 'implicit', 'none'], {
            description:
              'starttls (default): the connection is made secret before anything is said; implicit: it is from the start; none: only to this machine.',
          }),
        ),
        from: words('The address that it comes from.'),
        to: Type.Array(words('An address.'), { minItems: 1, maxItems: 50 }),
        user: Type.Optional(words('Login.')),
        password: Type.Optional(SecretSchema),
        ca: HTTP.ca,
        page: Type.Optional(
          Type.Boolean({ description: 'Whether the HTML page is attached (default: true; not above 10 MB).' }),
        ),
        timeout: Timeout,
      },
      closed,
    ),
  ),
  command: Type.Optional(
    Type.Object(
      {
        run: Type.Array(Type.String({ maxLength: 10_000 }), {
          minItems: 1,
          maxItems: 100,
          description: 'Program and arguments, as they are: no shell reads them. JSON stands on its standard input.',
        }),
        timeout: Timeout,
      },
      closed,
    ),
  ),
};

const TargetSchema = Type.Object(
  {
    ...WAYS,
    tell: Type.Optional(
      Type.Array(Type.Enum([...OCCASIONS]), {
        minItems: 1,
        description: 'What it is told (default: everything).',
      }),
    ),
  },
  closed,
);

export const WAY_NAMES = [
  'slack',
  'teams',
  'webhook',
  'mail',
  'command',
] as const satisfies readonly (keyof typeof WAYS)[];

/** `notify.yaml` */
export const TargetsSchema = Type.Object(
  {
    targets: Type.Unsafe<Readonly<Record<string, Static<typeof TargetSchema>>>>({
      type: 'object',
      additionalProperties: TargetSchema,
      minProperties: 1,
      maxProperties: 100,
      description: 'Who is told, by a name: what was told is remembered under it.',
    }),
  },
  closed,
);
