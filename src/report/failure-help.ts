import type { ConnectFailure, ConnectFailureCode } from '../model/outcome.js';
import { clean } from '../text/clean.js';

export interface WayOut {
  /** What it means, a phrase. */
  readonly means: string;
  /** What to do, in a sentence or two. */
  readonly toDo: string;
}

/** Each reason why a host was not reached, in short. docs/reference/failures.md says more. */
const BY_CODE = {
  'name-not-resolved': {
    means: 'its name has no address',
    toDo: 'Correct the inventory, or give the host an address; getent hosts NAME shows what this machine finds.',
  },
  refused: {
    means: 'nobody listens on that port',
    toDo: 'Look whether sshd runs (systemctl status ssh on the console), and on which port; a firewall may reject the connection.',
  },
  'network-unreachable': {
    means: 'there is no way to it through the network',
    toDo: 'Check routes, VPN and local firewall: ip route get ADDRESS.',
  },
  'connect-timed-out': {
    means: 'it did not answer in time',
    toDo: 'Look at its console: a machine starved of memory answers like this. Otherwise a firewall drops packets, or the machine is down; a slow link needs a longer --connect-timeout.',
  },
  'jump-host-failed': {
    means: 'the jump host on the way to it failed',
    toDo: 'The sentence names the jump host and what is wrong with it; every host behind it waits for that.',
  },
  'handshake-failed': {
    means: 'what answers does not speak SSH as kernward can',
    toDo: 'Compare with ssh -v. If ssh connects, give the host transport: openssh.',
  },
  'host-key-unknown': {
    means: 'its host key is not written down',
    toDo: 'Compare the fingerprint on its console and connect once with ssh, or give kernward the keys with --host-keys file:PATH.',
  },
  'host-key-changed': {
    means: 'it shows another host key than is written down',
    toDo: 'Find out on the console whether it was built anew. Only then remove the old line with ssh-keygen -R.',
  },
  'host-key-revoked': {
    means: 'its host key is revoked',
    toDo: 'Give the host a new key: the old one is known to be in wrong hands or weak.',
  },
  'authentication-failed': {
    means: 'it took none of the keys',
    toDo: 'Check user (-u) and key: ssh -i KEY USER@ADDRESS true. A certificate needs transport: openssh; a password, --ask-pass.',
  },
  'authentication-timed-out': {
    means: 'the login did not end in time',
    toDo: 'Look at its directory service (LDAP, SSSD) and PAM, and at the console: it may not be able to start processes any more. Where the sentence names your agent, look at that: ssh-add -l.',
  },
  'identity-unusable': {
    means: 'no private key for it can be used',
    toDo: 'The sentence says why: chmod 600, ssh-add, or the command that converts the key.',
  },
  disconnected: {
    means: 'the connection was lost',
    toDo: "Often sshd's MaxStartups or an intrusion blocker; a rebooting host too. If many have it at once, lower --forks.",
  },
  'probe-timed-out': {
    means: 'the probe did not end in time',
    toDo: "Look at the machine: it only reads small files, so one that does not answer is likely blocked on memory or a disk. Or the account's start files (.bashrc, /etc/profile.d) take that long: time ssh USER@ADDRESS true.",
  },
  'host-timed-out': {
    means: 'its time was over',
    toDo: 'Look at what the sentence names; a slow host needs a longer --host-timeout.',
  },
  'output-too-large': {
    means: 'it sent more than the limit',
    toDo: 'A login script floods every session: ssh USER@ADDRESS true | wc -c.',
  },
  'no-probe-output': {
    means: 'nothing that it sent came from the probe',
    toDo: "The account's shell may refuse commands, a start file (.bashrc) may end them, or a forced command runs something else: ssh USER@ADDRESS 'exec sh -c \"echo ok\"'.",
  },
  'collector-protocol': {
    means: 'the collector installed on it speaks another protocol',
    toDo: 'Install the one that kernward collector prints.',
  },
  'recording-unusable': { means: 'its recording cannot be used', toDo: 'Name a file that kernward collect wrote.' },
  interrupted: { means: 'the run was stopped before it answered', toDo: 'Run again.' },
  'run-deadline': {
    means: 'the time of the whole run was over',
    toDo: 'Run again with a longer --deadline, or with more --forks.',
  },
  'shard-missing': {
    means: 'the file that was to hold its readings did not come, or was cut',
    toDo: 'Collect that shard again and judge once more.',
  },
  'thread-lost': {
    means: 'the threads of kernward that asked it came to an end',
    toDo: 'Ask it alone: kernward scan -l HOST --workers 1. Where memory ran out, give the process more, or lower --forks.',
  },
  internal: { means: 'kernward itself failed', toDo: 'Please report it with the sentence.' },
} as const satisfies Record<ConnectFailureCode, WayOut>;

/** What to do about a file that the shell of the account runs before every command. */
export function mendStartFile(file: string): string {
  return `Mend ${file} on the host, or let it return at once where nobody sits at a terminal (case $- in *i*) ;; *) return ;; esac): it runs before every command that is sent over SSH. How long it takes: time ssh USER@ADDRESS true.`;
}

/** Where the sentence says more than the code; the transports and the probe write these words. */
const BY_SENTENCE: readonly (readonly [
  codes: readonly ConnectFailureCode[],
  says: RegExp,
  wayOut: (found: RegExpExecArray) => Partial<WayOut>,
])[] = [
  [
    ['no-probe-output', 'handshake-failed'],
    /\bthis is Windows\b/,
    () => ({
      means: 'it is a Windows machine',
      toDo: "Take it out of the run: -l '!HOST', or out of the inventory. kernward is about Linux kernels.",
    }),
  ],
  [
    ['authentication-failed'],
    /the host refused the password/,
    () => ({
      means: 'it refused the password',
      toDo: 'Check user (-u) and password by hand: ssh -o PubkeyAuthentication=no USER@ADDRESS true. A refused password is not offered again, so that no account is locked.',
    }),
  ],
  [
    ['authentication-failed', 'identity-unusable'],
    /--ask-pass/,
    () => ({
      means: 'it took none of the keys, and takes a password',
      toDo: 'Give --ask-pass: you are asked for the password once, for all hosts. Or bring a key: ssh-copy-id -i KEY USER@ADDRESS.',
    }),
  ],
  [
    ['no-probe-output', 'probe-timed-out', 'output-too-large'],
    /the account's start file (?<file>\S+) said: /,
    ({ groups }) => ({ toDo: mendStartFile(clean(groups?.['file'] ?? '', 200)) }),
  ],
];

/** What the failure of a host means, and the way out: the same words in every format, on the page and in doctor. */
export function wayOut({ code, detail }: ConnectFailure): WayOut {
  for (const [codes, says, more] of BY_SENTENCE) {
    const found = codes.includes(code) ? says.exec(detail) : null;
    if (found !== null) return { ...BY_CODE[code], ...more(found) };
  }
  return BY_CODE[code];
}

/** The way out by the code alone. */
export function wayOutOf(code: ConnectFailureCode): WayOut {
  return BY_CODE[code];
}
