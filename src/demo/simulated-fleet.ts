import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { overLine } from '../probe/shell.js';
import { parseKey } from '../transports/keys/parse-key.js';

/** What a simulated host does with a script, when it has read all of it. Where that reads on, as a shell does, so does the host after status 0. */
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

/** What `callOf` gives, as people read it and as it is sent, where names are short. */
const LAST_LINE = /\n\w+ && echo "kw \$\w+ over"\n$/;

/** What a shell says that has run a script and reads on; undefined: the script is not whole, or ends its shell. */
export function overOf(script: Buffer): string | undefined {
  if (!LAST_LINE.test(script.toString('latin1', Math.max(0, script.length - 64)))) return undefined;
  const nonce = /^kw='kernward \d+ ([0-9a-f]{32})/.exec(script.toString('latin1', 0, 80))?.[1];
  return nonce === undefined ? undefined : `${overLine(nonce)}\n`;
}

/** A shell that runs nothing: it answers script by script as it is told to, and ends with its input or with any status but 0. */
function serveShell(
  channel: ServerChannel,
  connection: Connection,
  respond: (script: Buffer) => SimulatedAnswer,
): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let answers = 0;
  let isBusy = false;
  let isAll = false;
  const end = (status: number | undefined): void => {
    if (status !== undefined) channel.exit(status);
    channel.end();
  };
  /** @param over what a shell says that reads on; undefined: the script is the last */
  const answer = (over?: string): void => {
    const given = respond(Buffer.concat(chunks));
    chunks = [];
    size = 0;
    answers += 1;
    isBusy = true;
    if (given === 'silence') return;
    if (given === 'disconnect') {
      connection.end();
      return;
    }
    const { stdout, stderr, status, delayMs } =
      given instanceof Uint8Array ? { stdout: given, stderr: undefined, status: 0, delayMs: undefined } : given;
    const say = (): void => {
      if (stderr !== undefined) channel.stderr.write(stderr);
      isBusy = over === undefined || status !== 0;
      // In one piece, as sshd reads it of a shell that writes one behind the other.
      const said = Buffer.concat([stdout ?? Buffer.of(), Buffer.from(isBusy ? '' : (over ?? ''))]);
      if (said.length > 0) channel.write(said);
      if (isBusy) end(status);
      else if (isAll) end(0);
    };
    if (delayMs === undefined) say();
    else setTimeout(say, delayMs).unref();
  };
  channel.on('error', () => undefined);
  channel.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_SCRIPT_BYTES) chunks.push(chunk);
    const over = isBusy ? undefined : overOf(Buffer.concat(chunks));
    if (over !== undefined) answer(over);
  });
  channel.on('end', () => {
    isAll = true;
    if (isBusy) return;
    if (answers === 0 || size > 0) answer();
    else end(0);
  });
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
      serveShell(acceptExec(), connection, (script) => respond(script, command));
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
