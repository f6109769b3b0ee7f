/** `*` any run of characters, `?` any one; linear in practice, never exponential. */
function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/**
 * Does a comma list of patterns name this host? A negated pattern that matches (`!db1`) excludes it, whatever else does.
 *
 * @param patterns lower case, as in the first field of known_hosts
 * @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export function namesHost(patterns: readonly string[], name: string): boolean {
  const excluded = patterns.some((pattern) => pattern.startsWith('!') && globMatches(pattern.slice(1), name));
  return !excluded && patterns.some((pattern) => !pattern.startsWith('!') && globMatches(pattern, name));
}
