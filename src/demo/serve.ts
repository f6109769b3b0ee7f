/**
 * The demo's fleet as a process of its own: a real SSH server for every host, on loopback. It tells its parent the
 * ports and the host keys over the IPC channel, and ends when that channel closes.
 */
import { makeKeyPair } from './make-key-pair.js';
import { createServer } from 'node:net';
import { answerWith } from '../probe/recording.js';
import { useRawExchanges } from '../transports/ssh2/raw-keys.js';
import { startSimulatedHost, type SimulatedAnswer } from './simulated-fleet.js';
import { editRecording, packagesOutput } from './edit-recording.js';
import { type DemoHost, FLEET } from './fleet.js';

export interface ServedHost {
  readonly name: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…`: what its known_hosts line holds. */
  readonly hostKey: string;
}

export interface ServeRequest {
  readonly authorizedKey: string;
  /** The recorded host that all of them are edited from. */
  readonly recording: string;
}

const GARBAGE = Buffer.from(
  "\u001b]0;owned\u0007\u001b[2J%PDF-1.7 =cmd|' /C calc'!A0 \u202e\nnot a shell at all\n".repeat(20),
);

/** Protocol, 32 hexadecimal digits, and whether it is the second look: from the script's own first line. */
const FIRST_LINE = /^kw='kernward \d+ ([0-9a-f]{32})( packages [^']*)?'/;

function answerOf(host: DemoHost, recording: string): (script: Buffer) => SimulatedAnswer {
  if (host.behaviour === 'prints-garbage') return () => ({ stdout: GARBAGE, status: 127 });
  if (host.behaviour === 'never-answers') return () => 'silence';
  const output = Buffer.from(editRecording(recording, host.edit));
  return (script) => {
    const [, nonce = '', packages] = FIRST_LINE.exec(script.toString('latin1')) ?? [];
    return packages === undefined ? answerWith(output, nonce) : Buffer.from(packagesOutput(nonce, host.edit));
  };
}

/** A port that was free a moment ago and that nobody listens on. */
function closedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 1));
    });
  });
}

function publicPart(key: string): string {
  return key.trim().split(/\s+/).slice(0, 2).join(' ');
}

async function serve(host: DemoHost, { authorizedKey, recording }: ServeRequest): Promise<ServedHost> {
  const keys = makeKeyPair();
  // What the fleet's known_hosts file says of a host whose key has changed is the key it had before.
  const known = host.behaviour === 'changed-host-key' ? makeKeyPair() : keys;
  const { port } =
    host.behaviour === 'nobody-listens'
      ? { port: await closedPort() }
      : await startSimulatedHost({
          hostKey: keys.private,
          authorizedKey,
          respond: answerOf(host, recording),
          onConnection: useRawExchanges,
        });
  return { name: host.name, port, hostKey: publicPart(known.public) };
}

process.once('disconnect', () => process.exit(0));
// Its parent may have gone while it was still starting.
if (!process.connected) process.exit(0);
process.once('message', (request: ServeRequest) => {
  void Promise.all(FLEET.map((host) => serve(host, request))).then(
    (hosts) => process.send?.(hosts),
    (thrown: unknown) => {
      process.stderr.write(`the demo's fleet could not be started: ${String(thrown)}\n`);
      process.exit(1);
    },
  );
});
