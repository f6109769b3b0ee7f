import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { readProperty } from '../error-detail.js';
import type { ReadingTurns } from './reading-turns.js';

// The places where kernward knows more of ssh2 than its documentation says, besides raw-keys.ts, aes-gcm.ts and exec-at-once.ts. package.json pins the exact
// version, and a test holds that what is used here is still there.

function requestFailure(protocol: unknown): void {
  const decline = readProperty(protocol, 'requestFailure');
  if (typeof decline === 'function') Reflect.apply(decline, protocol, []);
}

/**
 * Declines every global request of the server. ssh2 1.17.0 answers OpenSSH's `hostkeys-00@openssh.com` by asking the
 * server to prove each of its keys (lib/client.js, hostKeysProve): a round trip, a signature on every host, a fifth of
 * our CPU time, and an error when the server holds a kind of key that ssh2 cannot parse. It has no option for that.
 *
 * @returns false where this ssh2 has no such table of handlers; then it behaves as it does by itself
 */
export function declineGlobalRequests(client: Client): boolean {
  const handlers = readProperty(readProperty(client, '_protocol'), '_handlers');
  if (
    typeof handlers !== 'object' ||
    handlers === null ||
    typeof readProperty(handlers, 'GLOBAL_REQUEST') !== 'function'
  )
    return false;
  return Reflect.set(handlers, 'GLOBAL_REQUEST', (protocol: unknown, _name: string, wantsReply: boolean): void => {
    if (wantsReply) requestFailure(protocol);
  });
}

/** A global request (RFC 4254, section 4) that tells the keys of the host and asks for no answer (OpenSSH's PROTOCOL, section 2.5). */
const ANNOUNCED_KEYS = Buffer.from('\x50\0\0\0\x17hostkeys-00@openssh.com\0', 'latin1');

/**
 * Passes over the keys that OpenSSH announces after each login. ssh2 reads each of them, and makes texts for OpenSSL of it
 * (lib/protocol/handlers.misc.js), before anybody can decline. To be called when keys were exchanged.
 *
 * @returns false where this ssh2 hears of packets otherwise: then it reads the keys
 */
export function passOverAnnouncedKeys(client: Client): boolean {
  const protocol = readProperty(client, '_protocol');
  const decipher = readProperty(protocol, '_decipher');
  const hear = readProperty(decipher, '_onPayload');
  const count = readProperty(protocol, '_onPacket');
  if (
    typeof decipher !== 'object' ||
    decipher === null ||
    typeof hear !== 'function' ||
    hear.length !== 1 ||
    typeof count !== 'function'
  )
    return false;
  return Reflect.set(decipher, '_onPayload', (payload: Buffer): unknown => {
    const isAnnouncement =
      payload[0] === ANNOUNCED_KEYS[0] && ANNOUNCED_KEYS.equals(payload.subarray(0, ANNOUNCED_KEYS.length));
    return isAnnouncement ? void Reflect.apply(count, protocol, []) : Reflect.apply(hear, decipher, [payload]);
  });
}

/**
 * Has a channel end once. When all has been read Node destroys a stream, and ssh2 (lib/Channel.js, destroy) ends it whether it has
 * ended or not: Node then makes an error, with a stack, that nobody is told of.
 */
export function endOnce(channel: ClientChannel): void {
  Reflect.set(channel, 'destroy', () => {
    if (!channel.writableEnded) channel.end();
    channel.close();
    return channel;
  });
}

/**
 * Makes ssh2 write nothing more for a channel (lib/Channel.js looks at `outgoing.state` before each write). After the
 * socket has ended each of its writes throws, and some are made from ticks of the stream, where nobody can catch.
 *
 * @returns false where this ssh2 keeps no such state
 */
export function muteChannel(channel: ClientChannel): boolean {
  const outgoing = readProperty(channel, 'outgoing');
  return (
    typeof outgoing === 'object' && outgoing !== null && 'state' in outgoing && Reflect.set(outgoing, 'state', 'closed')
  );
}

/** SSH_DISCONNECT_BY_APPLICATION (RFC 4253, section 11.1). */
const BY_APPLICATION = 11;

/**
 * Tells the host that the connection is left, and does not end the stream, as `client.end()` does.
 *
 * @returns false where this ssh2 says it otherwise, or the connection takes nothing more
 */
export function sayGoodbye(client: Client): boolean {
  const protocol = readProperty(client, '_protocol');
  const say = readProperty(protocol, 'disconnect');
  if (typeof say !== 'function' || say.length !== 1 || readProperty(readProperty(client, '_sock'), 'writable') !== true)
    return false;
  Reflect.apply(say, protocol, [BY_APPLICATION]);
  return true;
}

/**
 * The largest packet that the host said it takes on a channel, in bytes; undefined where this ssh2 keeps no such
 * number.
 */
export function getPacketSize(channel: ClientChannel): number | undefined {
  const size = readProperty(readProperty(channel, 'outgoing'), 'packetSize');
  return typeof size === 'number' ? size : undefined;
}

/** What is signed over, by the algorithm that the key is offered for; of the others by the key itself. */
const HASH_OF_ALGORITHM: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
  ['ssh-rsa', 'sha1'],
]);

function signWith(key: object, data: Buffer, algorithm: unknown): unknown {
  const sign = readProperty(key, 'sign');
  return typeof sign === 'function'
    ? Reflect.apply(sign, key, [data, HASH_OF_ALGORITHM.get(String(algorithm))])
    : undefined;
}

function isPrivateKey(key: unknown): key is object {
  const isPrivate = readProperty(key, 'isPrivateKey');
  return (
    typeof key === 'object' &&
    key !== null &&
    typeof isPrivate === 'function' &&
    Reflect.apply(isPrivate, key, []) === true
  );
}

/**
 * Offers a private key with its signature at once. ssh2 (lib/protocol/Protocol.js, authPK) asks first whether the host would
 * take it: a round trip, which is worth it where there are several. Keys of an agent are asked about as before: a signature
 * may ask somebody.
 *
 * @returns false where this ssh2 offers keys otherwise
 */
export function signAtOnce(client: Client): boolean {
  const protocol = readProperty(client, '_protocol');
  const offer = readProperty(protocol, 'authPK');
  if (typeof protocol !== 'object' || protocol === null || typeof offer !== 'function' || offer.length !== 4)
    return false;
  return Reflect.set(
    protocol,
    'authPK',
    (username: string, key: unknown, algorithm: unknown, answered: unknown): void => {
      if (answered !== undefined || !isPrivateKey(key)) {
        Reflect.apply(offer, protocol, [username, key, algorithm, answered]);
        return;
      }
      const signed = (data: Buffer, send: (signature: Buffer) => void): void => {
        const signature = signWith(key, data, algorithm);
        if (Buffer.isBuffer(signature)) send(signature);
        // Then ssh2 asks first, meets the same error, and says it.
        else Reflect.apply(offer, protocol, [username, key, algorithm]);
      };
      Reflect.apply(offer, protocol, [username, key, algorithm, signed]);
    },
  );
}

/** Keys that sign in one way: which hash an RSA key may use the host says just before it takes the login. */
const SIGNS_IN_ONE_WAY = /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521))$/;

/** Whether a method of logging in is a key that signs in one way. */
export function signsInOneWay(method: unknown): boolean {
  const key = readProperty(method, 'key');
  return isPrivateKey(key) && SIGNS_IN_ONE_WAY.test(String(readProperty(key, 'type')));
}

/**
 * Sends the first login together with the question whether the host takes logins, a round trip earlier. RFC 4253 (section 10) has a
 * client wait for that answer only where the host has not signed the key exchange, and here it has. A host that takes none ends the
 * connection, as it does where it is asked first.
 *
 * @returns false where this ssh2 asks otherwise
 */
export function logInAtOnce(client: Client): boolean {
  const protocol = readProperty(client, '_protocol');
  const handlers = readProperty(protocol, '_handlers');
  const ask = readProperty(protocol, 'service');
  const accepted = readProperty(handlers, 'SERVICE_ACCEPT');
  if (
    typeof protocol !== 'object' ||
    protocol === null ||
    typeof handlers !== 'object' ||
    handlers === null ||
    typeof ask !== 'function' ||
    typeof accepted !== 'function'
  )
    return false;
  return (
    Reflect.set(handlers, 'SERVICE_ACCEPT', (): void => undefined) &&
    Reflect.set(protocol, 'service', (name: unknown): void => {
      Reflect.apply(ask, protocol, [name]);
      Reflect.apply(accepted, handlers, [protocol, name]);
    })
  );
}

/** Whether the host says that it is OpenSSH. */
export function isOpenSsh(client: Client): boolean {
  return String(readProperty(client, '_remoteVer')).startsWith('OpenSSH_');
}

/**
 * Has packets read when it is this connection's turn. What came stays in order: while something of it waits nothing further is taken
 * from the socket, and where it ends or breaks, what came before is read first.
 *
 * @returns false where this ssh2 reads them otherwise: then each is read as it comes
 */
export function readInTurns(client: Client, socket: Duplex, turns: ReadingTurns): boolean {
  const protocol = readProperty(client, '_protocol');
  const parse = readProperty(protocol, 'parse');
  if (typeof protocol !== 'object' || protocol === null || typeof parse !== 'function' || parse.length !== 3)
    return false;
  let held: (() => void) | undefined;
  const readHeld = (): void => {
    const read = held;
    held = undefined;
    read?.();
  };
  // Before anybody hears of it. A stream that has ended already says so right behind its last piece, paused or not.
  for (const event of ['error', 'end']) socket.prependListener(event, readHeld);
  socket.once('close', () => {
    held = undefined;
  });
  return Reflect.set(protocol, 'parse', (data: Buffer, from: number, end: number): void => {
    if (turns.isFree()) {
      Reflect.apply(parse, protocol, [data, from, end]);
      return;
    }
    socket.pause();
    held = () => {
      try {
        Reflect.apply(parse, protocol, [data, from, end]);
      } catch (thrown) {
        // As ssh2 does it (lib/client.js), which would have called.
        client.emit('error', thrown);
        if (socket.writable) socket.end();
      }
    };
    turns.later(() => {
      if (!socket.destroyed) readHeld();
      socket.resume();
    });
  });
}
