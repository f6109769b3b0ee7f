import type { ConnectFailureCode } from '../../model/outcome.js';

/** What is looked at, in the order in which one needs the other. */
export const CHECKS = ['name', 'port', 'ssh', 'host-key', 'login', 'shell', 'clock'] as const;
export type Check = (typeof CHECKS)[number];

/** Something of every check. */
export const perCheck = <T>(make: (check: Check) => T): Readonly<Record<Check, T>> => ({
  name: make('name'),
  port: make('port'),
  ssh: make('ssh'),
  'host-key': make('host-key'),
  login: make('login'),
  shell: make('shell'),
  clock: make('clock'),
});

/** Problems that doctor alone sees: none of them keeps a scan from reading the host. */
export const WARNINGS = ['clock-skew', 'clock-unreadable'] as const;
export type ProblemCode = ConnectFailureCode | (typeof WARNINGS)[number];

interface Sign {
  /** The check that failed; undefined: it says nothing of any. */
  readonly check: Check | undefined;
  /** What to do, in a line; docs/reference/failures.md has the whole of it. */
  readonly fix: string;
}

/** What each failure of a host means for the checks, and the way out. */
export const SIGNS: Readonly<Record<ProblemCode, Sign>> = {
  'name-not-resolved': { check: 'name', fix: 'try getent hosts ADDRESS here; correct the inventory, or give the host an address' },
  refused: { check: 'port', fix: 'is sshd running, and on that port (port in the inventory)? look with systemctl status ssh on its console' },
  'network-unreachable': { check: 'port', fix: 'check routes, VPN and firewall: ip route get ADDRESS' },
  'connect-timed-out': { check: 'port', fix: 'a firewall that drops packets, or a machine that is down or starved: look at its console; a slow link needs --connect-timeout' },
  'jump-host-failed': { check: 'port', fix: 'the jump host is in the way: mend it first, its own failure stands in the sentence' },
  'handshake-failed': { check: 'ssh', fix: 'compare with ssh -v -p PORT ADDRESS; if that connects, give the host transport: openssh' },
  disconnected: { check: 'ssh', fix: "sshd's MaxStartups, an intrusion blocker, or a machine that reboots: lower --forks, look at its log" },
  'host-key-unknown': { check: 'host-key', fix: "compare the fingerprint on the host's console, then connect once with ssh, or use --host-keys accept-new" },
  'host-key-changed': { check: 'host-key', fix: 'find out on the console whether the host was built anew; only then remove the old key with ssh-keygen -R' },
  'host-key-revoked': { check: 'host-key', fix: 'the key is known to be bad: give the host a new one' },
  'authentication-failed': { check: 'login', fix: 'check user and key: ssh -i KEY -p PORT USER@ADDRESS true' },
  'authentication-timed-out': { check: 'login', fix: 'look for a slow directory service (LDAP, SSSD) or PAM module on the host, or a host that starts no process any more' },
  'identity-unusable': { check: 'login', fix: 'the sentence says what is wrong with each key: chmod 600, ssh-add, or a conversion' },
  'probe-timed-out': { check: 'shell', fix: 'the host does not get to run a shell in time: look at its memory and disks; if it is only slow, raise --probe-timeout' },
  'output-too-large': { check: 'shell', fix: 'a login script floods every session: ssh USER@ADDRESS true | wc -c' },
  'no-probe-output': { check: 'shell', fix: "the account needs a POSIX shell: ssh USER@ADDRESS 'exec sh -c \"echo ok\"'" },
  'recording-unusable': { check: 'shell', fix: 'name a file with saved output of the probe: recording' },
  'host-timed-out': { check: undefined, fix: 'give the host more time (--host-timeout), or see what it was doing' },
  interrupted: { check: undefined, fix: 'run doctor again' },
  'run-deadline': { check: undefined, fix: 'give doctor more time (--deadline) or more --forks' },
  internal: { check: undefined, fix: 'a limit of this machine (then the sentence says which), or a bug of kernward: please report it' },
  'clock-skew': { check: 'clock', fix: 'set the clock, and let it be kept: timedatectl, chronyc tracking' },
  'clock-unreadable': { check: 'clock', fix: 'the host did not say its time: a forced command that is the collector does not, a host without date cannot' },
};
