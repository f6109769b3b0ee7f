import { CONNECT_FAILURES, type ConnectFailureCode } from '../model/outcome.js';
import { wayOutOf } from '../report/failure-help.js';

/** The checks, each after those that it needs. */
export const CHECKS = ['config', 'name', 'port', 'ssh', 'host-key', 'login', 'shell', 'clock', 'sudo'] as const;
export type Check = (typeof CHECKS)[number];

/** Something of every check. */
export function perCheck<T>(make: (check: Check) => T): Readonly<Record<Check, T>> {
  return {
    config: make('config'),
    name: make('name'),
    port: make('port'),
    ssh: make('ssh'),
    'host-key': make('host-key'),
    login: make('login'),
    shell: make('shell'),
    clock: make('clock'),
    sudo: make('sudo'),
  };
}

/** The check at which each failure of a host is met; undefined: it says nothing of any. */
const CHECK_OF: Readonly<Record<ConnectFailureCode, Check | undefined>> = {
  'name-not-resolved': 'name',
  refused: 'port',
  'network-unreachable': 'port',
  'connect-timed-out': 'port',
  'jump-host-failed': 'port',
  'handshake-failed': 'ssh',
  disconnected: 'ssh',
  'host-key-unknown': 'host-key',
  'host-key-changed': 'host-key',
  'host-key-revoked': 'host-key',
  'authentication-failed': 'login',
  'authentication-timed-out': 'login',
  'identity-unusable': 'login',
  'probe-timed-out': 'shell',
  'output-too-large': 'shell',
  'no-probe-output': 'shell',
  'collector-protocol': 'shell',
  'recording-unusable': 'shell',
  'host-timed-out': undefined,
  interrupted: undefined,
  'run-deadline': undefined,
  'shard-missing': undefined,
  'thread-lost': undefined,
  internal: undefined,
};

/** Problems that doctor alone sees. */
export const OWN_CODES = ['ssh-config', 'start-file', 'clock-skew', 'clock-unreadable', 'sudo-refused'] as const;
export type ProblemCode = ConnectFailureCode | (typeof OWN_CODES)[number];

interface Sign {
  readonly check: Check | undefined;
  /** What to do, in a line; docs/reference/failures.md has the whole of it. */
  readonly fix: string;
}

const OWN: Readonly<Record<(typeof OWN_CODES)[number], Sign>> = {
  'ssh-config': { check: 'config', fix: 'Correct it: ssh -G HOST says what ssh makes of it.' },
  'start-file': {
    check: 'shell',
    fix: 'Mend the files that the shell runs before every command (.bashrc, .profile, /etc/profile.d): time ssh USER@ADDRESS true.',
  },
  'clock-skew': { check: 'clock', fix: 'Set the clock, and let it be kept: timedatectl, chronyc tracking.' },
  'clock-unreadable': {
    check: 'clock',
    fix: 'A collector as a forced command does not tell the time, and a host without date cannot: look with ssh.',
  },
  'sudo-refused': {
    check: 'sudo',
    fix: 'Install what kernward collector --root and --sudoers print, or take become out of the inventory.',
  },
};

const OF_FAILURES = new Map<string, Sign>(
  CONNECT_FAILURES.map((code) => [code, { check: CHECK_OF[code], fix: wayOutOf(code).toDo }]),
);

/**
 * What a problem means for the checks, and how to solve it.
 *
 * @throws Error for a code without an entry, which is a bug of ours
 */
export function getSign(code: ProblemCode): Sign {
  const sign = OF_FAILURES.get(code) ?? new Map<string, Sign>(Object.entries(OWN)).get(code);
  if (sign === undefined) throw new Error(`nothing is said of ${code}`);
  return sign;
}
