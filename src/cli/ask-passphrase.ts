const ENTER = new Set(['\r', '\n']);
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const ERASE = new Set(['\u007f', '\b']);

/**
 * Asks on the terminal for the passphrase of a key file, without echo.
 *
 * @param interrupted called on Ctrl-C: in raw mode the terminal makes no SIGINT of it
 * @returns undefined where there is no terminal to ask on, or no passphrase was given (Ctrl-C, Ctrl-D)
 */
export const askPassphrase = async (file: string, interrupted: () => void): Promise<string | undefined> => {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  stderr.write(`passphrase of ${file}: `);
  stdin.setRawMode(true);
  stdin.resume();
  try {
    return await new Promise<string | undefined>((resolve) => {
      let typed = '';
      const take = (chunk: Buffer): void => {
        for (const character of chunk.toString()) {
          if (ENTER.has(character) || character === CTRL_C || character === CTRL_D) {
            stdin.off('data', take);
            if (character === CTRL_C) interrupted();
            resolve(ENTER.has(character) ? typed : undefined);
            return;
          }
          typed = ERASE.has(character) ? typed.slice(0, -1) : typed + character;
        }
      };
      stdin.on('data', take);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
};
