/** How far ssh has come. */
export type SshStage = 'connecting' | 'key exchange' | 'authentication' | 'session';

/**
 * What `ssh -E FILE -o LogLevel=DEBUG1` wrote. A host can put lines of its own into it, about itself and nobody else.
 */
export interface SshLog {
  readonly stage: SshStage;
  /** How the host said that the command ended; undefined: it did not say. */
  readonly exit: 'status' | 'signal' | undefined;
  /** The key that the host showed: type and fingerprint. */
  readonly hostKey: string | undefined;
  /** The host said no to a key. */
  readonly hasRefused: boolean;
  /** The key that the host said yes to; that ssh could not sign with it, where there is no session. */
  readonly accepted: string | undefined;
  /**
   * What ssh waits for that is no word of the host: an agent that lists its keys, or whoever signs with the key that the
   * host said yes to (an agent, a token that is to be touched).
   */
  readonly waitsFor: 'keys' | 'signature' | undefined;
  /** ssh came to the method `password`, which it does only where it has one to give. */
  readonly gavePassword: boolean;
  /** What ssh says to a person: everything but its debug messages. */
  readonly lines: readonly string[];
}

/** The last that is found counts. Messages as in OpenSSH since 7.x (ssh.c, kex.c, sshconnect.c, clientloop.c). */
const STAGES: readonly (readonly [SshStage, RegExp])[] = [
  ['key exchange', /^debug1: Connection established/mu],
  ['authentication', /^debug1: SSH2_MSG_NEWKEYS received/mu],
  ['session', /^Authenticated to /mu],
];

/** What ssh (9.2) writes when it has the agent's keys and its own: before that it has not asked the host to log in. */
const HAS_KEYS = /^debug1: (?:Will attempt key: |SSH2_MSG_SERVICE_ACCEPT received|.*agent returned \d+ keys)/mu;

function waitsFor(text: string, stage: SshStage): SshLog['waitsFor'] {
  if (stage !== 'authentication') return undefined;
  if (!HAS_KEYS.test(text)) return 'keys';
  const whole = text.trimEnd();
  return whole.startsWith('debug1: Server accepts key: ', whole.lastIndexOf('\n') + 1) ? 'signature' : undefined;
}

function countOf(text: string, sign: RegExp): number {
  return text.match(sign)?.length ?? 0;
}

export function readSshLog(text: string): SshLog {
  const exit = /^debug1: client_input_channel_req: .*rtype exit-(?<how>status|signal)\b/mu.exec(text)?.groups?.['how'];
  const stage = STAGES.findLast(([, sign]) => sign.test(text))?.[0] ?? 'connecting';
  return {
    stage,
    waitsFor: waitsFor(text, stage),
    exit: exit === 'status' || exit === 'signal' ? exit : undefined,
    hostKey: /^debug1: Server host key: (?<key>\S+ \S+)/mu.exec(text)?.groups?.['key'],
    hasRefused: countOf(text, /^debug1: Offering public key: /gmu) > countOf(text, /^debug1: Server accepts key: /gmu),
    accepted: /with partial success/u.test(text)
      ? undefined
      : /^debug1: Server accepts key: (?<key>.+?) (?:\S+ SHA256:|pkalg)/mu.exec(text)?.groups?.['key'],
    gavePassword: /^debug1: Next authentication method: password/mu.test(text),
    lines: text
      .split(/\r?\n/u)
      .filter(
        (line) => line !== '' && !/^debug\d: |^(?:Authenticated to|Transferred: |Bytes per second: )/u.test(line),
      ),
  };
}
