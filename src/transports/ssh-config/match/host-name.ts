// oxlint-disable-next-line no-control-regex -- control characters are what is asked for
const FORBIDDEN_IN_HOST = /['`"$\\;&<>|(){},\s\x00-\x1f\x7f]/;
// oxlint-disable-next-line no-control-regex -- control characters are what is asked for
const FORBIDDEN_IN_USER = /['`";&<>|(){}\x00-\x1f\x7f]|\s-|\\$/;

/**
 * Why a text cannot be a host name: ssh refuses it because it goes into commands (CVE-2023-51385), or would read a user
 * or an option out of it. Undefined where it can.
 *
 * @see valid_hostname, ssh.c, OpenSSH 9.6
 */
export function hostNameProblem(host: string): string | undefined {
  if (host === '') return 'a host name is empty';
  if (host.startsWith('-')) return `${host} begins with - and would be read as an option`;
  if (host.includes('@') || host.startsWith('ssh://')) return `${host} holds more than a host name`;
  return FORBIDDEN_IN_HOST.test(host) ? `${host} has a character that ssh refuses in a host name` : undefined;
}

/** Why a text cannot be a user given to ssh; undefined where it can. @see valid_ruser, ssh.c, OpenSSH 9.6 */
export function userProblem(user: string): string | undefined {
  if (user === '') return 'a user name is empty';
  if (user.startsWith('-')) return `${user} begins with - and would be read as an option`;
  return FORBIDDEN_IN_USER.test(user) ? `${user} has a character that ssh refuses in a user name` : undefined;
}
