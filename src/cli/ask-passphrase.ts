/**
 * Asks on the terminal for the passphrase of a key file, without echo.
 *
 * @returns undefined where there is no terminal to ask on, or the person gave up (Ctrl-C, Ctrl-D)
 */
export const askPassphrase = async (file: string): Promise<string | undefined> => {
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
          if (character === '\r' || character === '\n' || character === '\u0003' || character === '\u0004') {
            stdin.off('data', take);
            resolve(character === '\r' || character === '\n' ? typed : undefined);
            return;
          }
          typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
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
