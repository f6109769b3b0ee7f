import { clean } from '../../../text/clean.js';
import { FILE_PATTERN, USER_PATTERN } from '../../native/schema.js';
import type { SettingValue } from '../../settings.js';
import { PROXY_JUMP_PATTERN, SSH_OPTION_PATTERN, isWithoutEffect, sshOptionProblem } from '../../ssh-options.js';
import { getProxy, weakens } from './proxy-command.js';
import { shellWords } from './shell-words.js';
import { sshWords } from './ssh-words.js';
import type { SshOption } from './ssh-words.js';
import type { VariableNote, VariableReading } from '../variables/variables.js';

/** In the options of Ansible, which ask for them by default, they are of no use to kernward, which waits and asks by its own rules. */
const DROPPED = new Set(['serveraliveinterval', 'serveralivecountmax', 'tcpkeepalive', 'connectionattempts']);

class Unusable extends Error {}

const WEAKER = 'a host key is never checked less than --host-keys says';

/** One line of options, growing: the first value of a setting holds, as in ssh. */
interface Growing {
  readonly values: Map<string, SettingValue>;
  readonly notes: VariableNote[];
}

function unused({ notes }: Growing, what: string, help: string): void {
  return void notes.push({ words: `${clean(what, 80)} is not used`, help });
}

function first({ values }: Growing, setting: string, value: SettingValue): void {
  if (!values.has(setting)) values.set(setting, value);
}

function more({ values }: Growing, setting: string, value: string): void {
  const before = values.get(setting);
  values.set(setting, [...(Array.isArray(before) ? before : []), value]);
}

/** A way through another host; the first that is named holds, of whichever kind. */
function proxy(growing: Growing, setting: 'proxyJump' | 'proxyCommand', value: string): void {
  if (!growing.values.has('proxyJump') && !growing.values.has('proxyCommand')) growing.values.set(setting, value);
}

function takeCommand(growing: Growing, command: string): void {
  if (command.toLowerCase() === 'none') return proxy(growing, 'proxyCommand', 'none');
  const found = getProxy(command);
  if (found.as === 'secret') throw new Unusable('secret');
  if (found.as === 'mistake')
    throw new Unusable(
      'a ProxyCommand is a program and its arguments, without quotes, pipes or variables: put what needs a shell into a script',
    );
  for (const option of found.weakened) unused(growing, `${option} of the ProxyCommand`, WEAKER);
  if (found.as === 'jump') proxy(growing, 'proxyJump', found.jump);
  else proxy(growing, 'proxyCommand', found.command);
}

/** What an option sets, by its keyword in small letters. */
const TAKE: Readonly<Record<string, (growing: Growing, value: string) => void>> = {
  port: (growing, value) => {
    if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65535)
      throw new Unusable('a port is a number from 1 to 65535');
    first(growing, 'port', Number(value));
  },
  user: (growing, value) => {
    if (!new RegExp(USER_PATTERN).test(value))
      throw new Unusable('a user is letters, digits and _ . @ + \\ $ -, not starting with a hyphen');
    first(growing, 'user', value);
  },
  identityfile: (growing, value) => {
    if (!new RegExp(FILE_PATTERN).test(value)) throw new Unusable('an identity is the path of a private key file');
    more(growing, 'identityFile', value);
  },
  proxyjump: (growing, value) => {
    if (!new RegExp(PROXY_JUMP_PATTERN).test(value))
      throw new Unusable('a jump host is [user@]host[:port], several with commas between them');
    proxy(growing, 'proxyJump', value);
  },
  proxycommand: takeCommand,
};

function takeOption(growing: Growing, { keyword, value }: SshOption): void {
  const name = keyword.toLowerCase();
  if (isWithoutEffect(name) || DROPPED.has(name)) return;
  const option = `${keyword}=${value}`;
  const take = TAKE[name];
  if (take !== undefined) return take(growing, value.trim().replace(/^"(.*)"$/, '$1'));
  if (weakens({ keyword, value })) return unused(growing, option, WEAKER);
  const problem =
    name === 'stdioforward'
      ? 'kernward asks the host itself'
      : (sshOptionProblem(option) ??
        (new RegExp(SSH_OPTION_PATTERN).test(option) ? undefined : 'an option is Keyword=value'));
  if (problem !== undefined) return unused(growing, keyword, problem);
  more(growing, 'sshOptions', option);
}

/**
 * The value of `ansible_ssh_args`, `ansible_ssh_common_args` or `ansible_ssh_extra_args`, as settings of a host. What
 * kernward cannot do, or must not, gives a note.
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ssh_connection.html
 */
export function readSshArgs(value: unknown): VariableReading {
  if (typeof value !== 'string') return { problem: 'it is one text of options, as on the command line of ssh' };
  const words = shellWords(value, false)?.map(({ text }) => text);
  if (words === undefined) return { problem: 'a quote is never closed' };
  const { options, others, rest } = sshWords(words);
  const growing: Growing = { values: new Map(), notes: [] };
  try {
    for (const option of options) takeOption(growing, option);
  } catch (thrown) {
    if (!(thrown instanceof Unusable)) throw thrown;
    return thrown.message === 'secret'
      ? { problem: 'sshpass gives a password away: log in with a key, or by --ask-pass', code: 'inventory/secret' }
      : { problem: thrown.message };
  }
  for (const letter of others)
    unused(
      growing,
      letter,
      letter === '-F'
        ? 'kernward reads your ssh_config; another file is named with --ssh-config'
        : 'kernward only opens a session to run its probe',
    );
  if (rest.length > 0) return { problem: 'it holds options of ssh alone, and a word stands here that is none' };
  return growing;
}
