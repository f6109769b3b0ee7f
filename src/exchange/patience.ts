import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 100;
const MOST_MS = 5000;

/** How long to wait before the same is tried once more. */
export function pauseMs(tries: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
}

/** Waits; ends at once, and without an error, where the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Says a sentence when it is new, and once more when something else was said or it was over in between. */
export interface Sayer {
  readonly say: (sentence: string) => void;
  /** It works again. @param sentence said where something was said before */
  readonly over: (sentence?: string) => void;
}

export function createSayer(warn: (sentence: string) => void): Sayer {
  let last: string | undefined;
  return {
    say: (sentence) => {
      if (sentence === last) return;
      last = sentence;
      warn(sentence);
    },
    over: (sentence) => {
      if (last !== undefined && sentence !== undefined) warn(sentence);
      last = undefined;
    },
  };
}
