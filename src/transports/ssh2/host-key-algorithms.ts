import type { ServerHostKeyAlgorithm } from 'ssh2';

/** ssh2 1.17.0's own order (lib/protocol/constants.js), by the type of key that each algorithm uses. */
const ALGORITHMS: readonly (readonly [type: string, algorithms: readonly ServerHostKeyAlgorithm[]])[] = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
];

/**
 * Host-key algorithms to propose: those of the known types first, because the server answers with the first that it
 * has, and a key of a type that is not written down would look unknown. The others follow, so that a changed host is
 * still distinguished from one without a common algorithm.
 *
 * @param allowed by HostKeyAlgorithms of ssh_config; undefined: all
 */
export function hostKeyAlgorithms(
  knownTypes: readonly string[],
  allowed?: ReadonlySet<ServerHostKeyAlgorithm>,
): ServerHostKeyAlgorithm[] {
  const isKnown = ([type]: (typeof ALGORITHMS)[number]): boolean => knownTypes.includes(type);
  return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((entry) => !isKnown(entry))]
    .flatMap(([, algorithms]) => algorithms)
    .filter((name) => allowed?.has(name) ?? true);
}
