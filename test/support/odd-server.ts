/**
 * A TCP server that is not as it should be, as a process of its own, so that it can run in a network namespace. Says on stdout
 * each connection that it takes.
 *
 *   odd-server late PORT TO_ADDRESS TO_PORT MS    passes on to another server, after a while
 *   odd-server dead PORT                          takes the connection and closes it
 *   odd-server silent PORT                        takes the connection and says nothing
 */
import { connect, createServer, type Socket } from 'node:net';

const [mode = '', port = '0', toAddress = '', toPort = '0', wait = '0'] = process.argv.slice(2);

const serve: Readonly<Record<string, (socket: Socket) => void>> = {
  dead: (socket) => socket.destroy(),
  silent: () => undefined,
  late: (socket) => {
    setTimeout(() => {
      const server = connect(Number(toPort), toAddress);
      server.on('error', () => socket.destroy());
      socket.on('error', () => server.destroy());
      socket.pipe(server).pipe(socket);
    }, Number(wait));
  },
};

createServer((socket) => {
  socket.on('error', () => undefined);
  process.stdout.write('connection\n');
  serve[mode]?.(socket);
}).listen(Number(port), '0.0.0.0', () => process.stdout.write('listening\n'));
