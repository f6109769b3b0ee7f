import { Type } from 'typebox';
import { TRANSPORT_NAMES } from '../../model/host.js';
import { PROXY_COMMAND_PATTERN, PROXY_JUMP_PATTERN, SSH_OPTION_PATTERN } from '../ssh-options.js';

export const USER_PATTERN = '^[A-Za-z0-9_][A-Za-z0-9_.@+\\\\$-]{0,255}$';
export const LABEL_NAME_PATTERN = '^[A-Za-z][A-Za-z0-9_./-]{0,62}$';
export const LABEL_PATTERN = '^[^\\x00-\\x1f\\x7f-\\x9f]*$';
export const MAX_LABEL = 256;
export const FILE_PATTERN = '^[^\\x00-\\x1f\\x7f-][^\\x00-\\x1f\\x7f]*$';

function FilePath(description: string) {
  return Type.String({ minLength: 1, pattern: FILE_PATTERN, description });
}

const identityFileDescription =
  'Private key file, or a list of them, offered in this order; `~` is your home directory. Without it: as --identity or ssh_config say, or the SSH agent, then the usual files in ~/.ssh. The key itself never stands here.';

/** What a host, a group and the defaults can all say. The nearest wins: host, inner group, outer group, defaults. */
const settings = {
  port: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65535,
      description: 'TCP port of the SSH server, 1 to 65535. Without it: as ssh_config says, or 22.',
    }),
  ),
  user: Type.Optional(
    Type.String({
      pattern: USER_PATTERN,
      description:
        'Whom to log in as: letters, digits and _ . @ + \\ $ -, not starting with a hyphen. Without it: as -u or ssh_config say, or the user who runs kernward.',
    }),
  ),
  identityFile: Type.Optional(
    Type.Union([FilePath('A private key file.'), Type.Array(FilePath('A private key file.'), { minItems: 1 })], {
      description: identityFileDescription,
    }),
  ),
  profile: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Name of the profile that says what is right for this role of machine, e.g. stay-up or fail-fast.',
    }),
  ),
  transport: Type.Optional(
    Type.Enum([...TRANSPORT_NAMES], {
      description:
        'How to reach the host: auto (over SSH, by ssh2, or by openssh where the host needs what ssh2 lacks; without this field), ssh2, openssh (by the ssh program of this machine, for certificates and keys on tokens), local (the machine that runs kernward), recorded (a file with saved probe output).',
    }),
  ),
  recording: Type.Optional(
    FilePath(
      'For the transport recorded: the file with the saved probe output, relative to the folder of the inventory.',
    ),
  ),
  proxyJump: Type.Optional(
    Type.String({
      pattern: PROXY_JUMP_PATTERN,
      description:
        'Jump hosts, the first connected to from here: [user@]host[:port], separated by commas without blanks; none: no jump. Without it: as ssh_config says.',
    }),
  ),
  proxyCommand: Type.Optional(
    Type.String({
      pattern: PROXY_COMMAND_PATTERN,
      description:
        'A program and its arguments that make the connection, e.g. nc -X connect -x proxy:3128 %h %p; no shell reads it: letters, digits and _ @ % + = : , . / ~ - and blanks. none: no program. Without it: as ssh_config says.',
    }),
  ),
  sshOptions: Type.Optional(
    Type.Array(Type.String({ pattern: SSH_OPTION_PATTERN, description: 'An option is written Keyword=value.' }), {
      minItems: 1,
      description:
        'Options as after ssh -o, each Keyword=value, e.g. HostKeyAlias=db1; they go before ssh_config. Which host keys are trusted is not for them to say.',
    }),
  ),
  become: Type.Optional(
    Type.Enum(['sudo'], {
      description:
        'How the facts that only root may read are read: sudo. Without it they are unreadable, unless root logs in.',
    }),
  ),
  labels: Type.Optional(
    Type.Record(
      Type.String(),
      Type.String({
        maxLength: MAX_LABEL,
        pattern: LABEL_PATTERN,
        description: 'A label is one line of text, at most 256 characters.',
      }),
      {
        propertyNames: {
          type: 'string',
          pattern: LABEL_NAME_PATTERN,
          description: 'A label is called by a letter, then letters, digits and _ . / -, at most 63.',
        },
        description:
          'Words of your own about the hosts, e.g. owner and tier; reports carry them. Labels of groups are inherited one by one.',
      },
    ),
  ),
} as const;

const HostEntry = Type.Union(
  [
    Type.String({
      description:
        'A host name, or names by ranges: web[01:20].example.com, rack[a:f], odd[1:9:2]. A name that is defined elsewhere only adds that host to this group.',
    }),
    Type.Object(
      {
        name: Type.String({
          minLength: 1,
          description: 'The name of the host in reports, unique in the inventory; ranges as in a bare name.',
        }),
        address: Type.Optional(
          Type.String({
            minLength: 1,
            description: 'Where to connect to: a name, an IPv4 or an IPv6 address. Without it: the name.',
          }),
        ),
        ...settings,
      },
      { additionalProperties: false, description: 'A host and what is special about it.' },
    ),
  ],
  { description: 'A host name, or a mapping with a name.' },
);

const hosts = Type.Optional(
  Type.Array(HostEntry, { description: 'Hosts: names, ranges of names, or mappings with a name.' }),
);

const forks = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 10_000,
    description:
      'How many hosts of the group, those of groups within it too, may be asked at the same time: a whole number from 1 to 10000. No host inherits it.',
  }),
);

const groups = Type.Optional(
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    propertyNames: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$',
      description: 'A group is called by letters, digits and _ . -, starting with a letter, a digit or _.',
    },
    additionalProperties: { $ref: '#/$defs/group' },
    description: 'Groups by name. A group may go on in another place or another file.',
  }),
);

/** The schema of an inventory file; `schemas/inventory.schema.json` is generated from it. */
export const InventorySchema = Type.Object(
  {
    defaults: Type.Optional(
      Type.Object(settings, {
        additionalProperties: false,
        description: 'What holds for every host that nothing nearer says otherwise of.',
      }),
    ),
    groups,
    hosts,
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'kernward inventory',
    description: 'The hosts to check, in groups. Passwords, passphrases and keys never stand in it.',
    additionalProperties: false,
    $defs: {
      group: Type.Object(
        { ...settings, forks, hosts, groups },
        { additionalProperties: false, description: 'Hosts and groups, and what holds for all of them.' },
      ),
    },
  },
);
