import { connect, createServer, type Server, type Socket } from 'node:net';
import { overOf } from '../../src/demo/simulated-fleet.js';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';

export interface Running {
  readonly port: number;
  /** Connections that clients have not let go of. */
  readonly open: () => number;
  readonly stop: () => Promise<void>;
}

function listening(
  server: Server | InstanceType<typeof ssh2.Server>,
  sockets: Set<Socket | Connection>,
): Promise<Running> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: unknown = server.address();
      const port = typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
      resolve({
        port,
        open: () => sockets.size,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            for (const socket of sockets)
              if ('destroy' in socket) socket.destroy();
              else socket.end();
          }),
      });
    });
  });
}

/** A TCP server that is no SSH server. */
export function startTcp(serve: (socket: Socket) => void): Promise<Running> {
  const sockets = new Set<Socket | Connection>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', () => undefined); // a socket that is not read never sees its end
    serve(socket);
  });
  return listening(server, sockets);
}

/** Passes bytes on to another port until `cut` says what to do with the connection. */
export function startProxy(to: number, meddle: (client: Socket, server: Socket) => void): Promise<Running> {
  return startTcp((client) => {
    const server = connect(to, '127.0.0.1');
    server.on('error', () => client.destroy());
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    client.pipe(server);
    meddle(client, server);
  });
}

export type Stage = 'authentication' | 'session' | 'exec' | 'script';

export interface Meddling {
  /** Called at each stage; true: do nothing more, the stage was dealt with. */
  readonly at?: (stage: Stage, connection: Connection) => boolean;
  /** What to do on the channel when the script has been read, of which there is one. */
  readonly answer?: (channel: ServerChannel, connection: Connection, script: string) => void;
}

/** A real SSH server, in this process, that goes wrong where it is told to. Takes any key. */
export function startMeddler(hostKey: string, { at = () => false, answer }: Meddling): Promise<Running> {
  const connections = new Set<Socket | Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connections.add(connection);
    connection.on('error', () => undefined);
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (attempt) => {
      if (!at('authentication', connection)) attempt.accept();
    });
    connection.on('session', (accept) => {
      if (at('session', connection)) return;
      accept().on('exec', (acceptExec) => {
        if (at('exec', connection)) return;
        const channel = acceptExec();
        let script = '';
        channel.on('error', () => undefined);
        let isRead = false;
        const read = (): void => {
          if (isRead) return;
          isRead = true;
          if (!at('script', connection)) answer?.(channel, connection, script);
        };
        channel.on('data', (chunk: Buffer) => {
          script += chunk.toString();
          if (overOf(Buffer.from(script)) !== undefined) read();
        });
        channel.on('end', read);
      });
    });
  });
  return listening(server, connections);
}

/** Encrypts and sends one payload as the server of `connection`, whatever the protocol has to say of it. */
export function sendRaw(connection: Connection, payload: Buffer): void {
  const protocol: object = Reflect.get(connection, '_protocol');
  const { write }: { write: { allocStart: number; alloc: (n: number) => Buffer; finalize: (b: Buffer) => Buffer } } =
    Reflect.get(protocol, '_packetRW');
  const packet = write.alloc(payload.length);
  payload.copy(packet, write.allocStart);
  const cipher: { encrypt: (b: Buffer) => void } = Reflect.get(protocol, '_cipher');
  cipher.encrypt(write.finalize(packet));
}
