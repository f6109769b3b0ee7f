import { dirname } from 'node:path';
import type { ConnectFailure } from '../../model/outcome.js';
import { endLastLine } from '../host-keys/append-known-host.js';
import { keepsNewKeys } from '../host-keys/policies-by-files.js';
import { isWritableName } from '../host-keys/writable-name.js';
import { failure } from '../failure.js';
import { knownHostsName } from '../host-keys/known-hosts.js';
import { makeFolder } from '../make-folder.js';
import type { HostKeyTerms } from './arguments.js';
import type { Target } from '../targets/target.js';

/**
 * What ssh is told so that it judges a host's key as the policy does: by address, or by another of its names where only
 * that is written down; and a host of which a key is known is never taken for new, which ssh does where the key that it
 * shows is of another type.
 *
 * @returns a failure where no key is known by a name that ssh would write down as it is, whatever a line of known_hosts
 *   makes of it
 */
export async function termsFor({ hostKeys, knownAs, address, port }: Target): Promise<HostKeyTerms | ConnectFailure> {
  const { files } = hostKeys;
  const [first = address, ...others] = knownAs.names;
  const isAlias = first !== address || knownAs.port !== port;
  const alias = isAlias ? { alias: knownHostsName(first, knownAs.port) } : {};
  if (await hostKeys.holds({ names: [first], port: knownAs.port })) return { check: 'yes', files, ...alias };
  for (const name of [first, ...others])
    for (const named of new Set([port, 22]))
      if (await hostKeys.holds({ names: [name], port: named }))
        return { check: 'yes', files, alias: knownHostsName(name, named) };
  const name = knownHostsName(first, knownAs.port);
  if (!isWritableName(name) && hostKeys.authorityFor(knownAs) === undefined)
    return failure(
      'host-key-unknown',
      `no known_hosts file holds a key for ${name}, which is not a name that can be written there: write the HostKeyAlias or the HostName as a host is called`,
    );
  // Where nothing can be kept, every key would be new at every run; where a certificate authority stands, a plain key is strange.
  const takesNew =
    hostKeys.mode === 'accept-new' && keepsNewKeys(files) && hostKeys.authorityFor(knownAs) === undefined;
  const terms: HostKeyTerms = { check: takesNew ? 'accept-new' : 'yes', files, ...alias };
  // ssh makes only the directory of the user's own file, and goes on where it cannot write.
  const written = terms.check === 'accept-new' ? files[0] : undefined;
  if (written !== undefined) {
    makeFolder(dirname(written), 0o700);
    endLastLine(written);
  }
  return terms;
}
