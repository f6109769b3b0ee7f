import { Type } from 'typebox';

const MAX = 4096;

function file(description: string) {
  return Type.String({ minLength: 1, maxLength: MAX, description: `${description}; relative to this file.` });
}

function seconds(description: string) {
  return Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 999_999, description: `${description}, in seconds.` }),
  );
}

/** How a worker reaches its hosts: everything that a task does not say, and may not. */
export const WorkerSettingsSchema = Type.Object(
  {
    planKey: Type.Optional(
      file('The public half of the key that plans are signed with (Ed25519, PEM). A task of another plan is refused'),
    ),
    acceptUnsigned: Type.Optional(
      Type.Boolean({
        description:
          'Do tasks whose plan is not signed: whoever may send to the queue, the server among them, chooses who is asked.',
      }),
    ),
    networks: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        minItems: 1,
        maxItems: 1000,
        description:
          'Networks that hosts may be in, such as 10.20.0.0/16 or fd00:20::/32. A task with a host anywhere else is refused.',
      }),
    ),
    inventory: Type.Optional(
      Type.Array(file('An inventory that says how hosts are reached, by their names; it chooses nobody'), {
        minItems: 1,
        maxItems: 100,
      }),
    ),
    transport: Type.Optional(
      Type.Enum(['auto', 'ssh2', 'openssh'], {
        description: 'How hosts that stand in no inventory here are reached (default: auto).',
      }),
    ),
    user: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Login where the plan and ssh_config name none.' }),
    ),
    identity: Type.Optional(
      Type.Array(file('A private key, where ssh_config names none'), { minItems: 1, maxItems: 100 }),
    ),
    sshConfig: Type.Optional(
      file('ssh_config in place of ~/.ssh/config and /etc/ssh/ssh_config; the word none for none at all'),
    ),
    knownHosts: Type.Optional(file('known_hosts in place of the usual ones')),
    hostKeys: Type.Optional(
      Type.Enum(['strict', 'accept-new'], {
        description:
          'What becomes of a host whose key is not known (default: strict). A changed key is always refused.',
      }),
    ),
    noExec: Type.Optional(
      Type.Boolean({
        description: 'Run nothing that an inventory or ssh_config names: no proxy command, no Match exec.',
      }),
    ),
    forks: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 10_000 }), Type.Literal('auto')], {
        description:
          'Hosts asked at the same time (default: 64); auto: as many as processor, descriptors and jump hosts have room for.',
      }),
    ),
    retries: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 10, description: 'How often a host is asked again (default: 1).' }),
    ),
    connectTimeout: seconds('For the TCP connection and the key exchange'),
    authTimeout: seconds('For authentication'),
    probeTimeout: seconds('For the probe on the host'),
    packagesTimeout: seconds("For the kernel packages' changelog"),
    hostTimeout: seconds('For one host as a whole'),
    deadline: seconds('For one shard as a whole'),
    policies: Type.Optional(
      Type.Array(file('A policy of your own whose facts are read as well'), { minItems: 1, maxItems: 100 }),
    ),
    allowRead: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: MAX }), {
        maxItems: 100,
        description: 'What those policies may have read beyond /proc, /sys and the like, as --allow-read.',
      }),
    ),
  },
  { additionalProperties: false },
);
