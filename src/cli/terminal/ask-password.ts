import type { Host } from '../../model/host.js';
import { getPassword, type Password } from '../../transports/keys/password.js';
import { askHidden } from './ask-hidden.js';
import { EXIT, Stop, usage } from './exit.js';

const OVER_SSH: ReadonlySet<string> = new Set<Host['transport']>(['auto', 'ssh2', 'openssh']);

/**
 * The password of `--ask-pass`: asked for once, on the terminal, before any host is contacted; not where no host is
 * reached over SSH.
 */
export async function askPassword(hosts: readonly Host[]): Promise<Password | undefined> {
  const count = hosts.filter(({ transport }) => OVER_SSH.has(transport)).length;
  if (count === 0) return undefined;
  let isInterrupted = false;
  const text = await askHidden(`password for ${count} ${count === 1 ? 'host' : 'hosts'} that may ask for one`, () => {
    isInterrupted = true;
  });
  if (isInterrupted) throw new Stop(EXIT.interrupted);
  if (text === undefined || text === '')
    return usage(
      '--ask-pass: no password was given; it is asked for on the terminal (/dev/tty), and taken from nowhere else',
    );
  return getPassword(text);
}
