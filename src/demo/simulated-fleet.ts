import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { parseKey } from '../transports/keys/parse-key.js';

/** What a simulated host does with a script, when it has read all of it. */
export type SimulatedAnswer =
  | Uint8Array
  | {
      readonly stdout?: Uint8Array;
      readonly stderr?: Uint8Array;
      /** undefined: it closes without saying one */ readonly status?: number | undefined;
      readonly delayMs?: number;
    }
  /** It never answers. */
  | 'silence'
  /** It drops the connection. */
  | 'disconnect';

export interface SimulatedHostOptions {
  /** 0 or not given: any free port of the loopback interface. */
  readonly port?: number;
  /** Private key in a format of ssh2's, PEM. */
  readonly hostKey: string;
  /** The one public key that may log in, as in authorized_keys. */
  readonly authorizedKey: string;
  readonly respond: (script: Buffer, command: string) => SimulatedAnswer;
  /** Called with each connection before anything is said on it. */
  readonly onConnection?: (connection: Connection) => void;
}

export interface SimulatedHost {
  readonly port: number;
  close(): Promise<void>;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const MAX_SCRIPT_BYTES = 1024 * 1024;

function answerWith(channel: ServerChannel, connection: Connection, answer: SimulatedAnswer): void {
  if (answer === 'silence') return;
  if (answer === 'disconnect') {
    connection.end();
    return;
  }
  const { stdout, stderr, status, delayMs } =
    answer instanceof Uint8Array ? { stdout: answer, stderr: undefined, status: 0, delayMs: undefined } : answer;
  const debug = (): void => {
    if (stdout !== undefined) channel.write(stdout);
    if (stderr !== undefined) channel.stderr.write(stderr);
    if (status !== undefined) channel.exit(status);
    channel.end();
  };
  if (delayMs === undefined) debug();
  else setTimeout(debug, delayMs).unref();
}

/** What a simulated host does with a connection, over whatever it came. */
export function serveSimulated(connection: Connection, { authorizedKey, respond }: SimulatedHostOptions): void {
  const [, allowed = ''] = authorizedKey.trim().split(/\s+/u);
  const allowedBlob = Buffer.from(allowed, 'base64');
  const verifier = parseKey(authorizedKey);
  connection.on('error', () => undefined); // what a client does to its connection is not the server's end
  connection.on('authentication', (attempt) => {
    if (attempt.method !== 'publickey' || !attempt.key.data.equals(allowedBlob) || verifier instanceof Error) {
      attempt.reject(['publickey']);
      return;
    }
    const isProven =
      attempt.signature === undefined ||
      (attempt.blob !== undefined && verifier.verify(attempt.blob, attempt.signature, attempt.hashAlgo));
    if (isProven) attempt.accept();
    else attempt.reject(['publickey']);
  });
  connection.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      const channel = acceptExec();
      const chunks: Buffer[] = [];
      let size = 0;
      channel.on('error', () => undefined);
      channel.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_SCRIPT_BYTES) chunks.push(chunk);
      });
      channel.on('end', () => answerWith(channel, connection, respond(Buffer.concat(chunks), command)));
    });
  });
}

/**
 * An SSH server on the loopback interface that answers one command a connection with bytes of the caller's choice. It
 * runs nothing. `kernward demo` scans a fleet of these, and the bench measures against them.
 */
export function startSimulatedHost(options: SimulatedHostOptions): Promise<SimulatedHost> {
  return new Promise((resolve, reject) => {
    const connections = new Set<Connection>();
    const server = new ssh2.Server(
      { hostKeys: [options.hostKey], ident: 'OpenSSH_9.2 simulated-by-kernward' },
      (connection) => {
        connections.add(connection);
        connection.on('close', () => connections.delete(connection));
        options.onConnection?.(connection);
        serveSimulated(connection, options);
      },
    );
    server.on('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      resolve({
        port: portOf(server.address()),
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const connection of connections) connection.end();
          }),
      });
    });
  });
}
