import { matchesWildcard } from '../../text/wildcard.js';

/**
 * Does a comma list of patterns name this host? A negated pattern that matches (`!db1`) excludes it, whatever else
 * does.
 *
 * @param patterns lower case, as in the first field of known_hosts
 * @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export function namesHost(patterns: readonly string[], name: string): boolean {
  const excluded = patterns.some((pattern) => pattern.startsWith('!') && matchesWildcard(pattern.slice(1), name, '*?'));
  return !excluded && patterns.some((pattern) => !pattern.startsWith('!') && matchesWildcard(pattern, name, '*?'));
}
