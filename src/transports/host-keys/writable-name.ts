/**
 * Whether a name may be written to known_hosts, a file that ssh trusts and that others read: nothing in it may be a
 * pattern, a list, a marker, a comment or a second line.
 *
 * @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export function isWritableName(name: string): boolean {
  return /^[\w.:%[\]-]+$/u.test(name);
}
