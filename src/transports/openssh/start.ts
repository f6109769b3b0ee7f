import { join, resolve } from 'node:path';
import { defined } from '../../language/defined.js';
import { createAskpass, passwordPrompt } from './askpass.js';
import { expandHome } from '../home.js';
import { opensshArguments, type HostKeyTerms } from './arguments.js';
import { startSsh, type SshProcess } from './process.js';
import type { Password } from '../keys/password.js';
import { formatTarget, type Target } from '../targets/target.js';

interface StartOptions {
  readonly terms: HostKeyTerms;
  readonly signal: AbortSignal;
  /** What makes the connection in place of ssh. */
  readonly proxyLine?: string;
  /** The connection is kept for others, which find it by this socket; a jump host is asked no password. */
  readonly masterSocket?: string;
}

interface Started {
  readonly process: SshProcess;
  readonly logFile: string;
}

/** Starts the system's ssh for a host, with everything given by options. */
export type StartOpenssh = (target: Target, options: StartOptions) => Promise<Started>;

/** @param directory only the user may look into it */
export function createOpensshStarter(program: string, directory: string, password: Password | undefined): StartOpenssh {
  const askpassFor = password === undefined ? undefined : createAskpass(directory, password);
  let logs = 0;
  return async (target, { terms, signal, proxyLine, masterSocket }) => {
    const { address, port, user, settings, connectTimeoutMs } = target;
    const logFile = join(directory, `${logs++}.log`);
    const isHost = masterSocket === undefined;
    const given = opensshArguments({
      address,
      port,
      user,
      identityFiles: settings.keys.files.map((file) => resolve(expandHome(file))),
      asksPassword: password !== undefined && isHost,
      configFile: 'none',
      hostKeys: terms,
      connectTimeoutMs,
      logFile,
      settings,
      ...defined({ proxyLine, masterSocket }),
    });
    // ssh_login() puts the name into lower case, and names the key's alias in its place.
    const askpass = isHost ? await askpassFor?.(passwordPrompt(user, terms.alias ?? address.toLowerCase())) : undefined;
    try {
      const process = startSsh({
        program,
        arguments: given,
        logFile,
        where: formatTarget(target),
        signal,
        ...(isHost ? {} : { command: [] }),
        ...defined({ askpass }),
      });
      return { process, logFile };
    } catch (thrown) {
      askpass?.close();
      throw thrown;
    }
  };
}
