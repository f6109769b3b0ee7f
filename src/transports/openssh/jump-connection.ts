import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectFailure, ConnectFailureCode } from '../../model/outcome.js';
import { failure } from '../failure.js';
import type { JumpConnection } from '../connect/jump-hosts.js';
import type { SshProcess } from './process.js';
import { formatAddress, formatTarget, type Target } from '../targets/target.js';

/** A connection to a jump host by the system's ssh, which others of its kind pass through by a socket. */
export interface OpensshLink extends JumpConnection {
  /** A program that connects to the host through it, by its standard input and output. */
  readonly words: (to: Target) => readonly string[];
  /** How much the jump host has refused so far: to be given to `refusal`. */
  readonly mark: () => number;
  /** What the jump host refused since the mark; undefined: nothing. */
  readonly refusal: (to: Target, mark: number) => ConnectFailure | undefined;
}

/** Its own name in `ssh -W`: the socket leads to the jump host, whatever stands there. */
const ANY_NAME = 'kernward-jump-host';

const SOCKET_MS = 2000;

const BY_WORDS: readonly (readonly [ConnectFailureCode, RegExp])[] = [
  ['jump-host-failed', /administratively prohibited|resource shortage/iu],
  ['refused', /refused/iu],
  ['connect-timed-out', /timed out/iu],
  ['name-not-resolved', /name or service|not known|temporary failure|no address|unknown host/iu],
];

/** ssh writes each channel that the jump host did not open; which host it was for it does not say. */
function refusals(logFile: string): readonly string[] {
  try {
    return [...readFileSync(logFile, 'utf8').matchAll(/^channel \d+: open failed: (?<words>.*)$/gmu)].map((found) =>
      (found.groups?.['words'] ?? '').trim(),
    );
  } catch {
    return []; // the log is gone with the connection
  }
}

/** Resolves when the socket is there; false where it does not come. */
export async function getSocket(socket: string): Promise<boolean> {
  const deadline = performance.now() + SOCKET_MS;
  while (!existsSync(socket)) {
    if (performance.now() > deadline) return false;
    await wait(20);
  }
  return true;
}

export interface OpensshLinkParts {
  readonly program: string;
  readonly process: SshProcess;
  readonly socket: string;
  readonly logFile: string;
  readonly over: Target;
}

export function createOpensshLink({ program, process: ssh, socket, logFile, over }: OpensshLinkParts): OpensshLink {
  let isOver = false;
  void ssh.gone.then(() => {
    isOver = true;
  });
  return {
    isOver: () => isOver,
    close: () => {
      isOver = true;
      ssh.end();
    },
    // Where the socket is gone, ssh would connect by itself: it finds no way then.
    words: ({ address, port }) => [
      program,
      '-F',
      'none',
      '-S',
      socket.replaceAll('%', '%%'),
      '-o',
      'ControlMaster=no',
      '-o',
      'BatchMode=yes',
      '-o',
      'ProxyCommand=false',
      '-W',
      `[${address}]:${port}`,
      '--',
      ANY_NAME,
    ],
    mark: () => refusals(logFile).length,
    refusal: (to, mark) => {
      const said = new Set(refusals(logFile).slice(mark));
      const [words, ...others] = said;
      if (words === undefined) return undefined;
      const detail = `${formatAddress(to)}, from the jump host ${over.name} (${formatTarget(over)}): ${others.length === 0 ? words : 'it does not connect'}`;
      return failure(
        others.length === 0
          ? (BY_WORDS.find(([, sign]) => sign.test(words))?.[0] ?? 'network-unreachable')
          : 'network-unreachable',
        detail,
      );
    },
  };
}
