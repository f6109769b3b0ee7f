import type { Running } from '../kernward.js';

/** Waits for a text on a stream of a process. */
export function says(
  { child }: Pick<Running, 'child'>,
  what: RegExp,
  stream: 'stdout' | 'stderr' = 'stderr',
): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child[stream]?.on('data', (bytes: Buffer | string) => {
      said += bytes.toString();
      if (what.test(said)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended, and said: ${said}`)));
  });
}
