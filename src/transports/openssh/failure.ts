import type { ConnectFailure, ConnectFailureCode } from '../../model/outcome.js';
import { failure } from '../failure.js';
import type { SshLog } from './log.js';

/** The first that any line matches counts. @see sshconnect.c, sshconnect2.c, packet.c, kex.c and ssherr.c of OpenSSH */
const BY_WORDS: readonly (readonly [ConnectFailureCode, RegExp])[] = [
  [
    'host-key-revoked',
    /REVOKED HOST KEY DETECTED|is marked as revoked|^Host key .* revoked by file|was revoked and you have requested/u,
  ],
  ['host-key-changed', /REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key for .* has changed/u],
  [
    'host-key-unknown',
    /host key is known for .* requested strict checking|^Failed to add the host to the list of known hosts|^Host key verification failed/u,
  ],
  ['name-not-resolved', /Could not resolve hostname/u],
  ['refused', /connect to (?:host|address) .*: Connection refused/u],
  [
    'connect-timed-out',
    /connect to (?:host|address) .*: (?:Connection|Operation) timed out|timed out during banner exchange|^Connection to .* timed out/u,
  ],
  [
    'network-unreachable',
    /connect to (?:host|address) .*: (?:No route to host|Network is (?:unreachable|down)|Host is down|Permission denied|Operation not permitted|Cannot assign requested address)/u,
  ],
  ['authentication-failed', /Permission denied \(|Too many authentication failures|^Received disconnect from .*:14:/u],
  [
    'handshake-failed',
    /Unable to negotiate|Protocol major versions differ|Bad remote protocol|Invalid SSH identification|banner line contains invalid characters|incorrect signature|Corrupted MAC|[Bb]ad packet length|invalid format|line too long/u,
  ],
  [
    'internal',
    /Bad configuration option|bad configuration options|Bad owner or permissions|Can't open user config file|Couldn't open logfile|unsupported option|missing argument/iu,
  ],
];

/** Why a private key was left out, in ssh's words. */
const UNUSABLE_KEY =
  /^Load key |^Permissions \S+ for |no such identity: |bad permissions|^sign_and_send_pubkey: |^Identity file .* not accessible/u;

/** Of the last `Permission denied (publickey,password).` */
function methodsLeft(lines: readonly string[]): readonly string[] {
  return lines.flatMap(
    (line) => /Permission denied \((?<methods>[a-z,-]+)\)/u.exec(line)?.groups?.['methods']?.split(',') ?? [],
  );
}

/** What is to be said of a host that wants something typed. */
function ofTyping({ lines, gavePassword }: SshLog): readonly string[] {
  const methods = methodsLeft(lines);
  const broken = lines.find((line) => line.startsWith('ssh_askpass: '));
  if (broken !== undefined)
    return [
      `ssh cannot run the helper that has the password (${broken}): set TMPDIR to a directory from which programs may be run`,
    ];
  if (gavePassword) return ['the host refused the password'];
  if (methods.includes('password')) return ['the host takes a password, too: --ask-pass asks you for one'];
  return methods.includes('keyboard-interactive')
    ? [
        'the host asks by keyboard-interactive, which ssh does not let kernward answer safely (it does not say how many questions there are, nor which are hidden): use transport: ssh2 with --ask-pass',
      ]
    : [];
}

/** What of the log belongs in a sentence: its last line, and what was wrong with keys before it. */
function words(lines: readonly string[], more: readonly string[]): string {
  return [...new Set([...more, ...lines.slice(-1)])].join('; ');
}

interface Seen {
  readonly log: SshLog;
  readonly where: string;
  /** `user@host:port offers ssh-ed25519 SHA256:…` */
  readonly offers: string;
  /** File and line of the key that was found instead. */
  readonly place: string;
}

/** Codes whose sentence is not just what ssh said last. */
const SENTENCES: { readonly [K in ConnectFailureCode]?: (seen: Seen) => ConnectFailure } = {
  'host-key-revoked': ({ offers, place }) =>
    failure('host-key-revoked', `${offers}, which ${place} revokes; do not connect before you know why`),
  'host-key-changed': ({ offers, place, log }) => {
    const remove = log.lines.find((line) => line.trim().startsWith('ssh-keygen -f'))?.trim();
    return failure(
      'host-key-changed',
      `${offers}, but ${place} holds another key; if the host was rebuilt, compare the fingerprint on its console, then remove the old key${remove === undefined ? '' : `: ${remove}`}`,
    );
  },
  'host-key-unknown': ({ offers, log }) => {
    const unwritten = log.lines.find((line) => line.startsWith('Failed to add'));
    return failure(
      'host-key-unknown',
      unwritten === undefined
        ? `${offers}, which no known_hosts file holds; compare it on the host's console, then connect once with ssh, or use --host-keys accept-new`
        : `${offers}, and it cannot be written down: ${unwritten}`,
    );
  },
  'authentication-failed': ({ where, log }) => {
    const unusable = log.lines.filter((line) => UNUSABLE_KEY.test(line));
    const unsigned =
      log.accepted === undefined || unusable.length > 0
        ? []
        : [
            `the host accepts ${log.accepted}, and ssh cannot sign with it: if it is encrypted, add it to an agent (ssh-add)`,
          ];
    const problems = [...unusable, ...unsigned];
    const typing = ofTyping(log);
    return failure(
      problems.length > 0 && !log.hasRefused && !log.gavePassword ? 'identity-unusable' : 'authentication-failed',
      `${where}: ${words(log.lines, [...problems, ...typing])}`,
    );
  },
};

/**
 * What ssh's own words mean, when it ended without a session.
 *
 * @param stderr what came there: a ProxyCommand's words, and a banner
 */
export function failureOfSsh(log: SshLog, where: string, stderr: string): ConnectFailure {
  const { lines, hostKey } = log;
  const code = BY_WORDS.find(([, sign]) => lines.some((line) => sign.test(line)))?.[0] ?? 'disconnected';
  const place =
    lines
      .flatMap((line) => /^Offending .* key (?:for \S+ )?in (?<place>.+:\d+)$/u.exec(line)?.groups?.['place'] ?? [])
      .at(0) ?? 'a known_hosts file';
  const sentence = SENTENCES[code];
  if (sentence !== undefined) return sentence({ log, where, offers: `${where} offers ${hostKey ?? 'a key'}`, place });
  const said = words(
    lines,
    stderr
      .split(/\r?\n/u)
      .filter((line) => line.trim() !== '')
      .slice(-1),
  );
  return failure(code, `${where}: ${said === '' ? `ssh ended during ${log.stage} and did not say why` : said}`);
}
