import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

const ENTER = new Set(['\r', '\n']);
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const ERASE = new Set(['\u007f', '\b']);

/** The terminal itself, so that an inventory may come on standard input; undefined where there is none. */
function openTerminal(): { readonly keys: ReadStream; readonly screen: number } | undefined {
  try {
    const screen = openSync('/dev/tty', 'w');
    try {
      return { keys: new ReadStream(openSync('/dev/tty', 'r')), screen };
    } catch {
      closeSync(screen);
      return undefined;
    }
  } catch {
    return undefined;
  }
}

/**
 * Asks on the terminal for something that is not shown while it is typed.
 *
 * @param interrupted called on Ctrl-C: in raw mode the terminal makes no SIGINT of it
 * @returns undefined where there is no terminal to ask on, or nothing was given (Ctrl-C, Ctrl-D)
 */
export async function askHidden(question: string, interrupted: () => void): Promise<string | undefined> {
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  const { keys, screen } = terminal;
  // Before the question: who answers it at once is not to see his password.
  keys.setRawMode(true);
  writeSync(screen, `${question}: `);
  keys.setEncoding('utf8');
  try {
    return await new Promise<string | undefined>((resolve) => {
      let typed: readonly string[] = [];
      keys.on('error', () => resolve(undefined));
      keys.on('end', () => resolve(undefined));
      keys.on('data', (chunk: string) => {
        for (const character of chunk) {
          if (character === CTRL_C) interrupted();
          if (character === CTRL_C || character === CTRL_D) resolve(undefined);
          else if (ENTER.has(character)) resolve(typed.join(''));
          else if (character === CTRL_U) typed = [];
          else typed = ERASE.has(character) ? typed.slice(0, -1) : [...typed, character];
        }
      });
    });
  } finally {
    keys.setRawMode(false);
    keys.destroy();
    writeSync(screen, '\n');
    closeSync(screen);
  }
}
