import type { ChildProcess } from 'node:child_process';
import { homedir } from 'node:os';
import { clean } from '../../text/clean.js';
import { expandHome } from '../home.js';
import { killGroup } from '../programs/kill-group.js';
import { startProgram } from '../programs/start-program.js';
import type { Target, Route } from '../targets/target.js';
import { errorText } from '../error-detail.js';
import { createStream, type Stream } from './stream.js';

/** A program that a host is reached by, in place of a connection of our own. */
export interface ProxyProgram {
  readonly stream: Stream;
  /** How it ended, in a sentence, as soon as it has; undefined where it still runs after a moment. */
  readonly ended: () => Promise<string | undefined>;
}

type ProxyWay = Extract<Route, { by: 'program' | 'command' }>;

const MOST_WORDS = 4096;
const A_MOMENT_MS = 500;

/** The tokens of ProxyCommand, and what they stand for. @see ssh_config(5), TOKENS */
function tokensOf({ address, port, user, name }: Target): Readonly<Record<string, string>> {
  return {
    '%': '%',
    h: address,
    n: name,
    p: String(port),
    r: user,
  };
}

/** A word of the inventory's program: tokens, and `~/` at its beginning. */
function expanded(word: string, target: Target): string {
  const tokens = tokensOf(target);
  return expandHome(word, homedir()).replace(/%(?<token>.)/gu, (whole, token: string) => tokens[token] ?? whole);
}

/** The words of the inventory's program for this host. */
export function programWords(words: readonly string[], target: Target): readonly string[] {
  return words.map((word) => expanded(word, target));
}

function endOf(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve) => {
    const tell = (how: string): void => {
      const last = said().trim().split(/\r?\n/u).at(-1) ?? '';
      resolve(clean(last === '' ? how : `${how}, and said: ${last}`, 300));
    };
    child.on('error', (error) => tell(`it cannot be started: ${errorText(error)}`));
    child.on('close', (status, signal) =>
      tell(status === null ? `it was ended by ${signal ?? 'a signal'}` : `it ended with status ${status}`),
    );
  });
}

/** A child process as a wire: what it reads is sent, what it prints has come. */
export function wireOfChild(child: ChildProcess): ProxyProgram {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < MOST_WORDS) said += chunk.toString('utf8').slice(0, MOST_WORDS);
  });
  const end = endOf(child, () => said);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a proxy program has no pipes');
  child.stderr?.on('error', () => undefined);
  const stream = createStream({ readable: stdout, writable: stdin, close: () => killGroup(child) });
  return {
    stream,
    ended: () =>
      Promise.race([
        end,
        new Promise<undefined>((resolve) => {
          setTimeout(() => resolve(undefined), A_MOMENT_MS).unref();
        }),
      ]),
  };
}

/**
 * Starts it. Words of an inventory are run as they are. A line of the user's own ssh_config is given to the user's
 * shell, as ssh does; the names that were put into it have none of the characters that mean something there
 * (host-name.ts).
 *
 * @throws what spawn throws: a zero byte, too many words
 */
export function startProxyProgram(route: ProxyWay, target: Target): ProxyProgram {
  const [program = '', ...words] =
    route.by === 'program'
      ? programWords(route.words, target)
      : [process.env['SHELL'] ?? '/bin/sh', '-c', `exec ${route.line}`];
  return wireOfChild(startProgram(program, words, { cwd: '/' }));
}

/** What a message calls it. */
export function formatProgram(route: ProxyWay): string {
  return route.by === 'program'
    ? `the proxyCommand ${route.words[0] ?? ''}`
    : `the ProxyCommand ${clean(route.line.split(' ')[0] ?? '', 80)}`;
}
