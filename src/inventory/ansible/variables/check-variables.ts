import type { Diagnostic } from '../../../model/diagnostic.js';
import { clean } from '../../../text/clean.js';
import { count } from '../../../text/count.js';
import { memoize } from '../../../language/memoize.js';
import { suggest } from '../../../text/suggest.js';
import { problemAt } from '../../diagnostics.js';
import type { InventoryCode } from '../../diagnostics.js';
import type { Setting } from '../../settings.js';
import type { Variable } from '../model.js';
import { readSshArgs } from '../ssh/ssh-args.js';
import { HONOURED, IGNORED, isOff, isSecretName, isTemplate, isVaulted, SSH_ARGS } from './variables.js';
import type { Honoured } from './variables.js';

/** What variables set: pairs of the name of a setting and its value. */
export type SettingsOf = ReadonlyMap<Variable, readonly (readonly [string, Setting])[]>;

interface Complaint {
  readonly code: InventoryCode;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly help: string;
}

const BY_NAME: ReadonlyMap<string, Honoured> = new Map([
  ...HONOURED.flatMap((honoured) => honoured.names.map((name) => [name, honoured] as const)),
  ...SSH_ARGS.map((name) => [name, { names: [name], read: readSshArgs }] as const),
]);
const OURS = [...BY_NAME.keys()].filter((name) => name.startsWith('kernward_'));

/** What a name alone says; a fleet uses few of them. */
const wordsOf = memoize((name: string) => ({
  isSecret: isSecretName(name),
  ignored: IGNORED.filter((candidate) => candidate.name.test(name)),
}));

function error(code: InventoryCode, message: string, help: string): Complaint {
  return {
    code,
    severity: 'error',
    message,
    help,
  };
}

function secretComplaint({ name, value }: Variable): Complaint | undefined {
  const { isSecret, ignored } = wordsOf(name);
  if (isSecret && value !== null && value !== '') {
    const shown = clean(name, 80);
    if (!isTemplate(value))
      return error(
        'inventory/secret',
        `${shown} is a secret, and an inventory holds none`,
        'log in with a key: ansible_ssh_private_key_file names its file, or the SSH agent holds it',
      );
    return {
      code: 'inventory/ansible-ignored',
      severity: 'warning',
      message: `${shown} is not used: kernward logs in with a key`,
      help: 'ansible_ssh_private_key_file names its file, or the SSH agent holds it',
    };
  }
  if (isVaulted(value) && (BY_NAME.has(name) || ignored.length > 0)) {
    return error(
      'inventory/vault',
      `the value of ${clean(name, 80)} is encrypted, and kernward opens no vault`,
      'write the plain value: where to connect to and as whom is no secret',
    );
  }
  return undefined;
}

function ignoredComplaint({ name, value }: Variable): Complaint | undefined {
  const ignored = wordsOf(name).ignored.find(({ matters }) => matters(value));
  return ignored === undefined
    ? undefined
    : {
        code: 'inventory/ansible-ignored',
        severity: 'warning',
        message: `${clean(name, 80)} ${ignored.words}`,
        help: ignored.help,
      };
}

function unknownComplaint({ name }: Variable): Complaint | undefined {
  if (!name.startsWith('kernward_') || BY_NAME.has(name)) return undefined;
  const near = suggest(name, OURS);
  return error(
    'inventory/ansible-value',
    `there is no variable ${clean(name, 80)}`,
    near === undefined ? `there are ${OURS.join(' and ')}` : `did you mean ${near}?`,
  );
}

/**
 * One for each kind of problem, variable and file, however many hosts have it: an exported inventory repeats itself.
 */
function reported(complaints: readonly (readonly [Variable, Complaint])[]): readonly Diagnostic[] {
  const groups = new Map<string, { readonly variable: Variable; readonly complaint: Complaint; more: number }>();
  for (const [variable, complaint] of complaints) {
    const key = [complaint.code, complaint.message, variable.where.source.file].join('\n');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { variable, complaint, more: 0 });
    else known.more++;
  }
  return [...groups.values()].map(({ variable, complaint: { code, severity, message, help }, more }) => ({
    ...problemAt(
      variable.where,
      'value',
      code,
      more === 0 ? message : `${message} (and at ${count(more, 'more place')})`,
      help,
    ),
    severity,
  }));
}

/**
 * What each variable sets, and everything that is wrong with one, or not used although it says how a host is reached.
 */
export function checkVariables(variables: readonly Variable[]): {
  readonly settings: SettingsOf;
  readonly diagnostics: readonly Diagnostic[];
} {
  const settings = new Map<Variable, readonly (readonly [string, Setting])[]>();
  const complaints: (readonly [Variable, Complaint])[] = [];
  for (const variable of variables) {
    const { name, value, where } = variable;
    const secret = secretComplaint(variable);
    const complaint = secret ?? unknownComplaint(variable) ?? ignoredComplaint(variable);
    if (complaint !== undefined) complaints.push([variable, complaint]);
    const honoured = BY_NAME.get(name);
    if (secret !== undefined || honoured === undefined || value === null) continue;
    if (honoured.read === readSshArgs && (isTemplate(value) || isOff(value))) continue;
    const read = honoured.read(value);
    if ('values' in read)
      for (const { words, help } of read.notes ?? [])
        complaints.push([
          variable,
          { code: 'inventory/ansible-ignored', severity: 'warning', message: `${name}: ${words}`, help },
        ]);
    if ('values' in read)
      settings.set(
        variable,
        Array.from(read.values, ([setting, held]) => [setting, { value: held, where }] as const),
      );
    else if (isTemplate(value)) {
      complaints.push([
        variable,
        error(
          'inventory/ansible-value',
          `the value of ${name} is a template, and only {{ inventory_hostname }} in ansible_host is understood`,
          'write the value, or let an inventory script write it',
        ),
      ]);
    } else
      complaints.push([
        variable,
        error(read.code ?? 'inventory/ansible-value', `the value of ${name} cannot be used`, read.problem),
      ]);
  }
  return { settings, diagnostics: reported(complaints) };
}
