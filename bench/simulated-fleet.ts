/**
 * The servers of the bench, as a process of their own: N simulated hosts on loopback, each with its own port and its own
 * variation of a recorded answer. Tells its parent the ports over IPC and ends when that channel closes.
 */
import ssh2 from 'ssh2';
import { announceHostKeys } from './openssh-host-keys.js';
import { answerWith } from '../src/probe/recording.js';
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { readProperty } from '../src/transports/error-detail.js';
import { startSimulatedHost } from '../src/demo/simulated-fleet.js';
import { useRawExchanges } from '../src/transports/ssh2/raw-keys.js';
import { answerPackages } from './answer-packages.js';
import { kernelOf, varyRecording } from './vary-recording.js';

export interface FleetRequest {
  readonly hosts: number;
  readonly authorizedKey: string;
  readonly recording: string;
  /** What a host answers where it is asked for declared facts too. */
  readonly withDeclared: string;
  /** How long a host waits before it answers. */
  readonly delayMs?: number;
  /**
   * Each word leaves at once. sshd writes a packet as a whole and ssh2's server in up to three pieces, and all but the first wait
   * until that is acknowledged (Nagle's algorithm), which Linux may put off for 40 ms.
   */
  readonly isPrompt?: boolean;
}

export interface FleetStarted {
  readonly ports: readonly number[];
  /** One key for all: generating a thousand is no part of what is measured. */
  readonly hostKey: string;
}

function nonceOf(script: Buffer): string {
  return /^kw='kernward \d+ ([0-9a-f]{32})'/.exec(script.toString('latin1', 0, 64))?.[1] ?? '';
}

/** The types of ssh2 know of it at a client only. */
function sendAtOnce(connection: ssh2.Connection): void {
  const setNoDelay = readProperty(connection, 'setNoDelay');
  if (typeof setNoDelay !== 'function') throw new Error('this ssh2 has other insides');
  Reflect.apply(setNoDelay, connection, [true]);
}

process.once('disconnect', () => process.exit(0));
process.once('message', ({ hosts, authorizedKey, recording, withDeclared, delayMs, isPrompt }: FleetRequest) => {
  const keys = makeKeyPair();
  // The three keys that Debian's and Red Hat's openssh-server packages make.
  const others = [
    ssh2.utils.generateKeyPairSync('rsa', { bits: 3072 }),
    ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }),
  ];
  const parsed = [keys.private, ...others.map((other) => other.private)].flatMap((text) => {
    const key = ssh2.utils.parseKey(text);
    return key instanceof Error ? [] : [key];
  });
  const start = async (): Promise<FleetStarted> => {
    const ports: number[] = [];
    for (let index = 0; index < hosts; index += 1) {
      const bytes = Buffer.from(varyRecording(recording, index));
      const more = Buffer.from(varyRecording(withDeclared, index));
      const { release, packaged } = kernelOf(index);
      const host = await startSimulatedHost({
        hostKey: keys.private,
        authorizedKey,
        respond: (script) => {
          const stdout =
            answerPackages(script, release, packaged) ??
            answerWith(script.includes('kw_begin declared') ? more : bytes, nonceOf(script));
          return delayMs === undefined ? stdout : { stdout, status: 0, delayMs };
        },
        onConnection: (connection) => {
          useRawExchanges(connection);
          if (isPrompt === true) sendAtOnce(connection);
          announceHostKeys(connection, parsed);
        },
      });
      ports.push(host.port);
    }
    return { ports, hostKey: keys.public.trim().split(/\s+/).slice(0, 2).join(' ') };
  };
  void start().then(
    (started) => process.send?.(started),
    (thrown: unknown) => {
      console.error(thrown);
      process.exit(1);
    },
  );
});
