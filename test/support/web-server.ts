import { createServer as createPlain, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Certificate } from './certificates.js';

export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A web server on this machine that notes what it is sent, and answers as it is told to. */
export interface WebServer {
  readonly port: number;
  readonly got: Got[];
  /** Names of hosts that a proxy was asked for. */
  readonly asked: string[];
  /** Until it is said otherwise: 200 and ok. */
  answer: RequestListener;
  readonly close: () => Promise<void>;
}

const ok: RequestListener = (_, response) => void response.end('ok');

/** @param certificate without one it speaks HTTP, and is a proxy for CONNECT too */
export async function startWebServer(certificate?: Certificate): Promise<WebServer> {
  const sockets = new Set<Socket>();
  const heard: RequestListener = (request, response) => {
    void text(request).then(
      (body) => {
        server.got.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
        server.answer(request, response);
      },
      () => undefined,
    );
  };
  const listening: Server =
    certificate === undefined
      ? createPlain(heard)
      : createSecure({ key: certificate.key, cert: certificate.cert }, heard);
  listening.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  listening.on('connect', (request: IncomingMessage, socket: Socket) => {
    const to = request.url ?? '';
    server.asked.push(to);
    const onward = connect(Number(to.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const server: WebServer = {
    port,
    got: [],
    asked: [],
    answer: ok,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => listening.close(() => resolve()));
    },
  };
  return server;
}
