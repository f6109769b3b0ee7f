/**
 * Each hop: `[user@]host[:port]`, an IPv6 address in brackets, with or without `ssh://`. Nothing begins with a hyphen.
 */
const HOP =
  '(?:ssh://)?(?:[A-Za-z0-9_][A-Za-z0-9_.@+\\\\$-]{0,255}@)?(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9_.-]{1,64})?\\])(?::[0-9]{1,5})?';

export const PROXY_JUMP_PATTERN = `^${HOP}(?:,${HOP})*$`;

/** Words that mean the same to every shell: nothing to quote, nothing to expand but ssh's tokens and a leading `~/`. */
export const PROXY_COMMAND_PATTERN = '^(?!-)[A-Za-z0-9_@%+=:,./~-]+(?: +[A-Za-z0-9_@%+=:,./~-]+)*$';

export const SSH_OPTION_PATTERN = '^[A-Za-z][A-Za-z0-9]*(?: *= *| +)[^\\x00-\\x1f\\x7f]+$';

/** What would run or load a program that the inventory names, with the way out. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['proxycommand', 'it has a field of its own: proxyCommand'],
  ['proxyjump', 'it has a field of its own: proxyJump'],
  ['knownhostscommand', 'it runs a program: put it into your ssh_config'],
  ['pkcs11provider', 'it loads a library: put it into your ssh_config'],
  ['smartcarddevice', 'it loads a library: put it into your ssh_config'],
  ['securitykeyprovider', 'it loads a library: put it into your ssh_config'],
  ['host', 'it begins a block of ssh_config, and is no option'],
  ['match', 'it begins a block of ssh_config, and is no option'],
  ['include', 'it belongs into an ssh_config file'],
]);

/** Why an option of ssh cannot stand in an inventory, `Keyword=value`; undefined where it can. */
export function sshOptionProblem(option: string): string | undefined {
  return REFUSED.get(option.split(/[ =]/)[0]?.toLowerCase() ?? '');
}
