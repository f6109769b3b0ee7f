import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { clean } from '../text/clean.js';

/** Where a message is posted to, and how. */
export interface PostTo {
  /** https, or http to this machine. */
  readonly url: URL;
  /** That takes CONNECT. */
  readonly proxy: URL | undefined;
  /** PEM: authorities that are trusted besides those of Node. */
  readonly ca: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Of an answer that refuses: what is said of it. More is not read. */
const MAX_ANSWER = 16 * 1024;
const MAX_TOLD = 200;

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** As a name in a certificate and in an address of Node: without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Always strict, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
function tlsTerms(ca: string | undefined) {
  return { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) };
}

/** A way through a proxy to the server, on which TLS begins. */
function tunnel(proxy: URL, url: URL, signal: AbortSignal): Promise<Socket> {
  const to = `${url.hostname}:${portOf(url)}`;
  return new Promise((resolve, reject) => {
    const asked = httpRequest({
      host: hostOf(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: to,
      headers: { host: to },
      agent: false,
      signal,
    });
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answered ${statusCode}`));
      }
    });
    asked.once('response', (answer) => {
      answer.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode}`));
    });
    asked.once('error', (error) => reject(new Error(`the proxy ${proxy.host}: ${error.message}`)));
    asked.end();
  });
}

/** TLS begun on a connection, which ends with the signal: who says nothing here holds nobody. */
function secured(socket: Socket, url: URL, ca: string | undefined, signal: AbortSignal): Promise<TLSSocket> {
  const servername = hostOf(url);
  return new Promise((resolve, reject) => {
    const made = connectTls({ socket, servername, ...tlsTerms(ca) });
    const giveUp = (): void => {
      made.destroy(new Error('it was given up while TLS began'));
      socket.destroy();
    };
    made.once('error', reject);
    made.once('close', () => {
      signal.removeEventListener('abort', giveUp);
      reject(new Error('the connection was closed while TLS began'));
    });
    made.once('secureConnect', () => {
      signal.removeEventListener('abort', giveUp);
      resolve(made);
    });
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

async function opened({ url, proxy, ca, headers }: PostTo, body: Buffer, signal: AbortSignal): Promise<ClientRequest> {
  const all = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'user-agent': 'kernward',
    ...headers,
  };
  const common = { method: 'POST', headers: all, signal };
  if (url.protocol === 'http:') return httpRequest(url, { ...common, agent: false });
  if (proxy === undefined) return httpsRequest(url, { ...common, agent: false, ...tlsTerms(ca) });
  const socket = await secured(await tunnel(proxy, url, signal), url, ca, signal);
  // Not with `agent: false`: an agent makes a connection of its own.
  return httpsRequest(url, { ...common, createConnection: () => socket });
}

/** The beginning of what a server says, in one line. */
async function saidBy(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(Buffer.from(chunk));
      bytes += chunks.at(-1)?.length ?? 0;
      if (bytes > MAX_ANSWER) break;
    }
  } catch {
    // It was cut off: its status is known all the same.
  }
  const text = Buffer.concat(chunks).toString('utf8').trim();
  return text === '' ? '' : `: ${clean(text, MAX_TOLD)}`;
}

function answered(request: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

/**
 * Posts JSON. Delivered is what a server answers with 2xx, and nothing else; what it answers beyond that is not read.
 *
 * @throws a sentence, which may hold what the server said
 */
export async function post(to: PostTo, json: string, signal: AbortSignal): Promise<void> {
  const body = Buffer.from(json);
  const deadline = AbortSignal.timeout(to.timeoutMs);
  const either = AbortSignal.any([signal, deadline]);
  try {
    const answer = await answered(await opened(to, body, either), body);
    answer.on('error', () => undefined);
    const { statusCode = 0, statusMessage = '' } = answer;
    if (statusCode >= 200 && statusCode < 300) {
      answer.destroy();
      return;
    }
    if (statusCode >= 300 && statusCode < 400) {
      answer.destroy();
      throw new Error(
        `${to.url.host} answered ${statusCode}: no redirect is followed, since it may take the token elsewhere; write the address that it leads to`,
      );
    }
    throw new Error(`${to.url.host} answered ${statusCode} ${clean(statusMessage, 80)}${await saidBy(answer)}`);
  } catch (thrown) {
    if (deadline.aborted)
      throw new Error(`${to.url.host} did not answer within ${to.timeoutMs / 1000} s`, { cause: thrown });
    if (signal.aborted) throw new Error('the run was interrupted meanwhile', { cause: thrown });
    throw thrown;
  }
}
