import { TRANSPORT_NAMES } from '../../../model/host.js';
import type { TransportName } from '../../../model/host.js';
import type { InventoryCode } from '../../diagnostics.js';
import { FILE_PATTERN, LABEL_NAME_PATTERN, LABEL_PATTERN, MAX_LABEL, USER_PATTERN } from '../../native/schema.js';
import { addressHelp, isAddress } from '../../names.js';
import { isMapping } from '../../../language/is-mapping.js';
import type { SettingValue } from '../../settings.js';

/** What of a value is not used. */
export interface VariableNote {
  readonly words: string;
  readonly help: string;
}

/** What a value means to kernward; no values where it says nothing. */
export type VariableReading =
  | { readonly problem: string; readonly code?: InventoryCode }
  | { readonly values: Iterable<readonly [string, SettingValue]>; readonly notes?: readonly VariableNote[] };

export interface Honoured {
  /** Where several are set, the last of these names wins, as in Ansible's ssh connection. */
  readonly names: readonly string[];
  readonly read: (value: unknown) => VariableReading;
}

export const ADDRESS = 'address';
const NOTHING: VariableReading = { values: [] };
function one(setting: string, value: SettingValue): VariableReading {
  return { values: [[setting, value]] };
}

const NAME_TEMPLATE = /\{\{\s*inventory_hostname(_short)?\s*\}\}/g;
/** `{{ inventory_hostname }}.example.com`: the one template that needs no Ansible to be understood. */
export function withHostName(text: string, host: string): string {
  return text.replace(NAME_TEMPLATE, (_, short: string | undefined) =>
    short === undefined ? host : (host.split('.')[0] ?? host),
  );
}

export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && /\{\{|\{%/.test(value);
}

/** YAML 1.1 and Python make a number of what is meant as text. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : undefined;
}

function readAddress(value: unknown): VariableReading {
  const address = textOf(value) ?? '';
  const example = withHostName(address, 'host');
  if (isAddress(example)) return one(ADDRESS, address);
  return { problem: addressHelp(example), code: 'inventory/address' };
}

function readPort(value: unknown): VariableReading {
  const written = textOf(value)?.trim() ?? '';
  const port = Number(written);
  return /^\d{1,5}$/.test(written) && port >= 1 && port <= 65535
    ? one('port', port)
    : { problem: 'a port is a number from 1 to 65535' };
}

function readUser(value: unknown): VariableReading {
  const user = textOf(value) ?? '';
  return new RegExp(USER_PATTERN).test(user)
    ? one('user', user)
    : { problem: 'a user is letters, digits and _ . @ + \\ $ -, not starting with a hyphen' };
}

function readIdentity(value: unknown): VariableReading {
  return typeof value === 'string' && !isTemplate(value) && new RegExp(FILE_PATTERN).test(value)
    ? one('identityFile', [value])
    : { problem: 'it is the path of one private key file' };
}

const LOCAL: TransportName = 'local';
function readConnection(value: unknown): VariableReading {
  return value === 'local' || value === 'ansible.builtin.local' ? one('transport', LOCAL) : NOTHING;
}

function readTransport(value: unknown): VariableReading {
  const found = TRANSPORT_NAMES.find((known) => known === value);
  return found === undefined
    ? { problem: `the transports are ${TRANSPORT_NAMES.join(', ')}` }
    : one('transport', found);
}

function readRecording(value: unknown): VariableReading {
  return typeof value === 'string' && !isTemplate(value) && new RegExp(FILE_PATTERN).test(value)
    ? one('recording', value)
    : { problem: 'it is the path of a file with saved probe output' };
}

function readProfile(value: unknown): VariableReading {
  return typeof value === 'string' && value !== '' && !isTemplate(value)
    ? one('profile', value)
    : { problem: 'it is the name of a profile' };
}

function readLabels(value: unknown): VariableReading {
  if (!isMapping(value))
    return { problem: "labels are a mapping, e.g. {owner: dba}; in an INI file \"{'owner': 'dba'}\"" };
  const labels = new Map<string, string>();
  for (const [label, held] of Object.entries(value)) {
    const text = textOf(held);
    if (!new RegExp(LABEL_NAME_PATTERN).test(label))
      return { problem: 'a label is called by a letter, then letters, digits and _ . / -, at most 63' };
    if (text === undefined || text.length > MAX_LABEL || isTemplate(text) || !new RegExp(LABEL_PATTERN).test(text))
      return { problem: `a label is one line of text, at most ${MAX_LABEL} characters, and no template` };
    labels.set(`labels.${label}`, text);
  }
  return { values: labels };
}

/** @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ssh_connection.html */
export const HONOURED: readonly Honoured[] = [
  { names: ['ansible_host', 'ansible_ssh_host'], read: readAddress },
  { names: ['ansible_port', 'ansible_ssh_port'], read: readPort },
  { names: ['ansible_user', 'ansible_ssh_user'], read: readUser },
  { names: ['ansible_private_key_file', 'ansible_ssh_private_key_file'], read: readIdentity },
  { names: ['ansible_connection'], read: readConnection },
  { names: ['kernward_transport'], read: readTransport },
  { names: ['kernward_recording'], read: readRecording },
  { names: ['kernward_profile'], read: readProfile },
  { names: ['kernward_labels'], read: readLabels },
];

/**
 * Ansible puts them on the command line of ssh in this order, where the first value holds; port, user and key come
 * after the first of them.
 */
export const SSH_ARGS = ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'] as const;

export interface Ignored {
  readonly name: RegExp;
  /** Whether the value would change anything; otherwise it is passed over in silence. */
  readonly matters: (value: unknown) => boolean;
  readonly words: string;
  readonly help: string;
}

export function isOff(value: unknown): boolean {
  return (
    value === null ||
    value === '' ||
    value === false ||
    value === 0 ||
    (typeof value === 'string' && /^(?:false|no|off|n|f|0|none)$/i.test(value))
  );
}
const SSH_CONNECTIONS = new Set([
  'ssh',
  'smart',
  'paramiko',
  'paramiko_ssh',
  'libssh',
  'local',
  'ansible.builtin.ssh',
  'ansible.builtin.smart',
  'ansible.builtin.local',
  'ansible.builtin.paramiko_ssh',
  'ansible.netcommon.libssh',
]);
export function isSudo(value: unknown): boolean {
  return value === 'sudo' || value === 'ansible.builtin.sudo';
}

/** What would make Ansible reach a host otherwise than kernward does: said, never dropped in silence. */
export const IGNORED: readonly Ignored[] = [
  {
    name: new RegExp(`^(?:${SSH_ARGS.join('|')})$`),
    matters: isTemplate,
    words: 'is not used: it is a template, and only Ansible knows what comes of it',
    help: 'write the value, or hosts that are only reached by way of a jump host will be unreachable',
  },
  {
    name: /^ansible_ssh_executable$/,
    matters: (value) => !isOff(value),
    words: 'is not used',
    help: 'kernward speaks SSH itself',
  },
  {
    name: /^ansible_(?:ssh_)?host_key_checking$/,
    matters: isOff,
    words: 'is not used: kernward always checks host keys',
    help: 'hosts whose key is not known will be unreachable',
  },
  {
    name: /^ansible_become_method$/,
    matters: (value) => !isOff(value) && !isSudo(value),
    words: 'names a way that kernward does not have; it has sudo',
    help: 'facts that only root may read are unreadable for other users',
  },
  {
    name: /^ansible_become_user$/,
    matters: (value) => !isOff(value) && value !== 'root',
    words: 'is not used: kernward becomes root, or nobody',
    help: 'facts that only root may read are unreadable for other users',
  },
  {
    name: /^ansible_become_(?:flags|exe)$/,
    matters: (value) => !isOff(value),
    words: 'is not used: kernward runs sudo -n',
    help: 'allow that in sudoers, without a password',
  },
  {
    name: /^ansible_connection$/,
    matters: (value) => !isOff(value) && !(typeof value === 'string' && SSH_CONNECTIONS.has(value)),
    words: 'names a way that kernward does not have; it uses SSH',
    help: 'kernward has ssh and local; leave such hosts out with --limit',
  },
];

const SECRET = /^ansible_(?:[a-z0-9_]+_)?(?:pass|password|passphrase)$/i;
const KEY = /^ansible_(?:ssh_)?private_key$/i;
export function isSecretName(name: string): boolean {
  return SECRET.test(name) || KEY.test(name);
}

/** As YAML has it (`!vault |`), and as `ansible-inventory --list` prints it. */
export function isVaulted(value: unknown): boolean {
  return (
    (typeof value === 'string' && /^\s*\$ANSIBLE_VAULT/.test(value)) || (isMapping(value) && '__ansible_vault' in value)
  );
}
