/**
 * A bad network, as a process of its own: a port for each port that it is given, with a delay in both directions, and ports
 * behind which nobody ever says a word. Tells its parent the ports over IPC and ends when that channel closes.
 */
import { createServer, Socket, type AddressInfo } from 'node:net';

export interface LinksRequest {
  readonly to: readonly number[];
  /** In milliseconds, there and back together. */
  readonly roundTripMs: number;
  /** Ports that take a connection and say nothing. */
  readonly silent: number;
}

export interface LinksStarted {
  readonly ports: readonly number[];
  readonly silent: readonly number[];
}

/** Everything that one side says reaches the other so much later, in its order. */
function carry(from: Socket, to: Socket, delayMs: number): void {
  from.on('data', (chunk) => {
    setTimeout(() => to.write(chunk), delayMs);
  });
  from.on('end', () => setTimeout(() => to.end(), delayMs));
  from.on('close', () => setTimeout(() => to.destroy(), delayMs));
  from.on('error', () => undefined);
}

function listen(serve: (client: Socket) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, serve);
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog: 64 }, () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/**
 * A client is connected at once, since this machine says so, and nothing of it is read before the round trip that a connection takes has
 * passed; the host hears of the connection half of one later, and only then begins to speak.
 */
function slow(port: number, roundTripMs: number): (client: Socket) => void {
  return (client) => {
    const server = new Socket().setNoDelay(true);
    server.on('error', () => client.destroy());
    client.on('error', () => undefined);
    client.pause();
    setTimeout(() => {
      // Before the first word that is carried, which waits as long.
      setTimeout(() => server.connect({ port, host: '127.0.0.1' }), roundTripMs / 2);
      carry(client, server, roundTripMs / 2);
      carry(server, client, roundTripMs / 2);
      client.resume();
    }, roundTripMs);
  };
}

process.once('disconnect', () => process.exit(0));
process.once('message', ({ to, roundTripMs, silent }: LinksRequest) => {
  const start = async (): Promise<LinksStarted> => ({
    ports: await Promise.all(to.map((port) => listen(slow(port, roundTripMs)))),
    silent: await Promise.all(
      Array.from({ length: silent }, () => listen((client) => client.on('error', () => undefined).resume())),
    ),
  });
  void start().then(
    (started) => process.send?.(started),
    (thrown: unknown) => {
      console.error(thrown);
      process.exit(1);
    },
  );
});
