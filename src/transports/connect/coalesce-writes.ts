import type { Socket } from 'node:net';

/**
 * Sends what is written within one tick in one system call. ssh2 writes each packet by itself, often several in a row
 * (the script, its end), and with `noDelay` each of them is a segment of its own and wakes the host by itself.
 */
export function coalesceWrites(socket: Socket): void {
  const write = socket.write.bind(socket);
  Reflect.set(socket, 'write', (...args: Parameters<Socket['write']>): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return write(...args);
  });
}
