import { existsSync } from 'node:fs';

/**
 * What the machine that kernward runs on has, and others have not. Nothing else asks which system it is; what is looked for
 * and not found, such as /proc, needs no question. Hosts that are asked are Linux, wherever they are asked from.
 */
function isWindows(): boolean {
  return process.platform === 'win32';
}

/** Has it sh, and groups of processes that one signal reaches? Windows ends a process alone. */
export function hasProcessGroups(): boolean {
  return !isWindows();
}

/** Where the agent of OpenSSH for Windows listens; its ssh looks there without a variable that says so. */
const WINDOWS_AGENT = String.raw`\\.\pipe\openssh-ssh-agent`;

/** Where the agent that holds keys listens; undefined: there is none. */
export function agentSocket(): string | undefined {
  const socket = process.env['SSH_AUTH_SOCK'] ?? '';
  if (socket !== '') return socket;
  return isWindows() && existsSync(WINDOWS_AGENT) ? WINDOWS_AGENT : undefined;
}

/** Does its terminal know more than text, although no TERM says which it is? */
export function hasTerminalWithoutTerm(): boolean {
  return isWindows();
}

/** Does its terminal show UTF-8? One of which nobody says so gets ASCII; Windows' has known it for long, and has no such variables. */
export function showsUtf8(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return isWindows() || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
