/**
 * Every OpenSSH server since 6.8 tells a client its host keys when the login is done, and proves those that the client
 * asks about (PROTOCOL, section 2.5: hostkeys-00@openssh.com). ssh2's own server does not; a simulated host that is to
 * cost a client what a real one does must. Uses the insides of ssh2, like src/transports/ssh2/internals.ts.
 */
import { createRequire } from 'node:module';
import type { Connection, ParsedKey } from 'ssh2';
import { readProperty } from '../src/transports/error-detail.js';

const ANNOUNCE = 'hostkeys-00@openssh.com';
const PROVE = 'hostkeys-prove-00@openssh.com';
const GLOBAL_REQUEST = 80;

type Send = (protocol: unknown, packet: unknown) => void;
const { sendPacket }: { readonly sendPacket: Send } = createRequire(import.meta.url)('ssh2/lib/protocol/utils.js');

function word(bytes: Uint8Array | string): Buffer {
  const data = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}

function words(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    found.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

function send(protocol: unknown, payload: Buffer): void {
  const write = readProperty(readProperty(protocol, '_packetRW'), 'write');
  const start = Number(readProperty(write, 'allocStart'));
  const alloc = readProperty(write, 'alloc');
  const finalize = readProperty(write, 'finalize');
  if (typeof alloc !== 'function' || typeof finalize !== 'function') throw new Error('this ssh2 has other insides');
  const packet: Buffer = Reflect.apply(alloc, write, [payload.length]);
  payload.copy(packet, start);
  sendPacket(protocol, Reflect.apply(finalize, write, [packet]));
}

/** DER's SEQUENCE of two INTEGERs, as OpenSSL signs with ECDSA, to SSH's two numbers (RFC 5656, 3.1.2). */
function fromDer(der: Buffer): Buffer {
  const lengthOfR = der[3] ?? 0;
  return Buffer.concat([word(der.subarray(4, 4 + lengthOfR)), word(der.subarray(6 + lengthOfR))]);
}

function plain(signature: Buffer): Buffer {
  return signature;
}

const SIGNS: Readonly<
  Record<
    string,
    { readonly name: string; readonly hash: string | undefined; readonly toSsh: (signature: Buffer) => Buffer }
  >
> = {
  'ssh-ed25519': { name: 'ssh-ed25519', hash: undefined, toSsh: plain },
  'ssh-rsa': { name: 'rsa-sha2-512', hash: 'sha512', toSsh: plain },
  'ecdsa-sha2-nistp256': { name: 'ecdsa-sha2-nistp256', hash: 'sha256', toSsh: fromDer },
};

function proof(key: ParsedKey, sessionId: Buffer): Buffer {
  const how = SIGNS[key.type];
  if (how === undefined) throw new Error(`no simulated host has a key of type ${key.type}`);
  const signature: Buffer | Error = key.sign(
    Buffer.concat([word(PROVE), word(sessionId), word(key.getPublicSSH())]),
    how.hash,
  );
  if (signature instanceof Error) throw signature;
  return word(Buffer.concat([word(how.name), word(how.toSsh(signature))]));
}

/** Makes the server's side of this connection announce these private keys' public halves, and prove them when asked. */
export function announceHostKeys(connection: Connection, keys: readonly ParsedKey[]): void {
  connection.on('ready', () => {
    const protocol = readProperty(connection, '_protocol');
    const handlers = readProperty(protocol, '_handlers');
    if (typeof handlers !== 'object' || handlers === null) throw new Error('this ssh2 has other insides');
    const before = readProperty(handlers, 'GLOBAL_REQUEST');
    Reflect.set(handlers, 'GLOBAL_REQUEST', (self: unknown, name: string, wantsReply: boolean, data: unknown) => {
      if (name !== PROVE || !Buffer.isBuffer(data)) {
        if (typeof before === 'function') Reflect.apply(before, handlers, [self, name, wantsReply, data]);
        return;
      }
      const sessionId = readProperty(readProperty(protocol, '_kex'), 'sessionID');
      const asked = words(data);
      const proofs = asked.flatMap((blob) =>
        keys
          .filter((key) => key.getPublicSSH().equals(blob))
          .map((key) => proof(key, Buffer.isBuffer(sessionId) ? sessionId : Buffer.alloc(0))),
      );
      const succeed = readProperty(protocol, 'requestSuccess');
      if (typeof succeed === 'function') Reflect.apply(succeed, protocol, [Buffer.concat(proofs)]);
    });
    send(
      protocol,
      Buffer.concat([
        Buffer.from([GLOBAL_REQUEST]),
        word(ANNOUNCE),
        Buffer.from([0]),
        ...keys.map((key) => word(key.getPublicSSH())),
      ]),
    );
  });
}
