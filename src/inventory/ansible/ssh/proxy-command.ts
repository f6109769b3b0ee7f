import { PROXY_COMMAND_PATTERN, PROXY_JUMP_PATTERN } from '../../ssh-options.js';
import { shellWords } from './shell-words.js';
import { sshWords } from './ssh-words.js';
import type { SshOption } from './ssh-words.js';

export type Proxy =
  | { readonly as: 'jump'; readonly jump: string; readonly weakened: readonly string[] }
  | { readonly as: 'command'; readonly command: string; readonly weakened: readonly string[] }
  | { readonly as: 'secret' }
  | { readonly as: 'mistake' };

/** What would check the host keys of a jump host less than the run does. */
export function weakens({ keyword, value }: SshOption): boolean {
  const name = keyword.toLowerCase();
  if (name === 'stricthostkeychecking') return !/^(?:yes|true)$/i.test(value);
  return (name === 'userknownhostsfile' || name === 'globalknownhostsfile') && /^(?:\/dev\/null|none)$/.test(value);
}

/** What has no meaning for a hop that kernward makes itself. */
const MEANINGLESS = new Set([
  'loglevel',
  'batchmode',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'compression',
  'forwardagent',
  'serveraliveinterval',
  'serveralivecountmax',
  'tcpkeepalive',
  'connecttimeout',
  'connectionattempts',
  'identitiesonly',
]);

function valueOf(options: readonly SshOption[], name: string): string | undefined {
  return options.find(({ keyword }) => keyword.toLowerCase() === name)?.value;
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** `ssh -W %h:%p user@bastion` as `user@bastion`; undefined where it says more than a ProxyJump can. */
function jumpOf(words: readonly string[]): string | undefined {
  const { options, others, rest } = sshWords(words);
  // Options may follow the destination.
  const behind = sshWords(rest.slice(1));
  const all = [...options, ...behind.options].filter(
    (option) => !weakens(option) && !MEANINGLESS.has(option.keyword.toLowerCase()),
  );
  const [destination] = rest;
  if (destination === undefined || behind.rest.length > 0 || others.length > 0 || behind.others.length > 0)
    return undefined;
  if (!/^(?:%h:%p|\[%h\]:%p)$/.test(valueOf(all, 'stdioforward') ?? '')) return undefined;
  if (all.some(({ keyword }) => !['stdioforward', 'port', 'user', 'proxyjump'].includes(keyword.toLowerCase())))
    return undefined;
  const [, user = valueOf(all, 'user'), host = destination] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(.+)$/.exec(destination) ?? [];
  const port = valueOf(all, 'port');
  const hop = `${user === undefined ? '' : `${user}@`}${bracketed(host)}${port === undefined ? '' : `:${port}`}`;
  const before = valueOf(all, 'proxyjump');
  const jump = before === undefined ? hop : `${before},${hop}`;
  return new RegExp(PROXY_JUMP_PATTERN).test(jump) ? jump : undefined;
}

/** The same words without those that weaken, and the options that were left out. */
function strict(words: readonly string[]): { readonly words: readonly string[]; readonly weakened: readonly string[] } {
  const kept: string[] = [];
  const weakened: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const isApart = word === '-o';
    const [option] = word.startsWith('-o') ? sshWords(isApart ? ['-o', words[at + 1] ?? ''] : [word]).options : [];
    if (option !== undefined && weakens(option)) {
      weakened.push(`${option.keyword}=${option.value}`);
      at += isApart ? 1 : 0;
    } else kept.push(word);
  }
  return { words: kept, weakened };
}

/**
 * A ProxyCommand as kernward can use it: one that only goes through a jump host by `ssh -W` as a ProxyJump, whose key
 * is then checked as every other; else the command, if it needs no shell to be understood.
 */
export function getProxy(command: string): Proxy {
  const read = shellWords(command, false)?.map(({ text }) => text);
  if (read === undefined) return { as: 'mistake' };
  if (read.some((word) => /(?:^|\/)sshpass$/.test(word))) return { as: 'secret' };
  const isSsh = /^(?:\S*\/)?ssh$/.test(read[0] ?? '');
  const { words, weakened } = isSsh ? strict(read) : { words: read, weakened: [] };
  const jump = isSsh ? jumpOf(words.slice(1)) : undefined;
  if (jump !== undefined) return { as: 'jump', jump, weakened };
  const line = words.join(' ');
  const isPlain =
    words.every((word) => word !== '' && !/\s/.test(word)) && new RegExp(PROXY_COMMAND_PATTERN).test(line);
  return isPlain ? { as: 'command', command: line, weakened } : { as: 'mistake' };
}
