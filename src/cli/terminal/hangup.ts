const NAME = 'KERNWARD_NOHUP';

let isIgnored = false;

/** Was this process started so that it outlives its terminal (`nohup`)? */
export function isHangupIgnored(): boolean {
  return isIgnored;
}

/**
 * Node takes back what `nohup` did: SIGHUP would end this process as any other. The first lines of the command, which
 * sh reads (bin/kernward.cjs), say so in the environment.
 */
export function keepIgnoringHangup(): void {
  isIgnored = process.env[NAME] === '1';
  delete process.env[NAME];
  if (isIgnored) process.on('SIGHUP', () => undefined);
}
