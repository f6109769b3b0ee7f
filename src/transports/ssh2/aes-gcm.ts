import { createCipheriv, type CipherGCMTypes } from 'node:crypto';
import type { Client } from 'ssh2';
import { readProperty } from '../error-detail.js';
import { newPacket, type Layout } from './new-packet.js';

// ssh2 1.17.0 asks OpenSSL for the padding of each packet by itself and hands a packet on in three pieces: its length, what is encrypted, the
// tag. Here padding is asked for some hundred packets at once, and a packet is one piece. What is on the wire is what RFC 5647 says, as
// before. package.json pins that version, and a test holds that what is used here is still there.

const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const IV_BYTES = 12;
/** The last bytes of an IV, which count packets (RFC 5647, section 7.1). */
const COUNTER_FROM = 4;

/** ssh2's (lib/protocol/crypto.js, AESGCMCipherNative). */
interface GcmCipher {
  outSeqno: number;
  readonly _dead: boolean;
  readonly _encSSLName: CipherGCMTypes;
  readonly _encKey: Buffer;
  readonly _encIV: Buffer;
  readonly _onWrite: (packet: Buffer) => void;
}

function isGcmCipher(cipher: unknown): cipher is GcmCipher {
  const iv = readProperty(cipher, '_encIV');
  return (
    /^aes-(?:128|256)-gcm$/u.test(String(readProperty(cipher, '_encSSLName'))) &&
    Buffer.isBuffer(iv) &&
    iv.length === IV_BYTES &&
    Buffer.isBuffer(readProperty(cipher, '_encKey')) &&
    typeof readProperty(cipher, '_onWrite') === 'function' &&
    typeof readProperty(cipher, 'outSeqno') === 'number' &&
    readProperty(cipher, '_dead') === false
  );
}

function countPacket(iv: Buffer): void {
  for (let at = IV_BYTES - 1; at >= COUNTER_FROM; at--) {
    iv[at] = ((iv[at] ?? 0) + 1) & 0xff;
    if (iv[at] !== 0) return;
  }
}

const LAYOUT: Layout = { block: 16, padsLength: false, behind: TAG_BYTES };

function allocPacket(payloadBytes: number): Buffer {
  return newPacket(payloadBytes, LAYOUT);
}

function encrypt(this: GcmCipher, packet: Buffer): void {
  if (this._dead) return;
  const end = packet.length - TAG_BYTES;
  const cipher = createCipheriv(this._encSSLName, this._encKey, this._encIV);
  cipher.setAAD(packet.subarray(0, LENGTH_BYTES));
  packet.set(cipher.update(packet.subarray(LENGTH_BYTES, end)), LENGTH_BYTES);
  cipher.final();
  packet.set(cipher.getAuthTag(), end);
  this._onWrite(packet);
  countPacket(this._encIV);
  this.outSeqno = (this.outSeqno + 1) >>> 0;
}

/**
 * Has all of ssh2's ciphers of this kind make packets so, from now on, if this client's is one. To be called when an exchange of keys is done, before
 * a packet is made.
 *
 * @returns false where the cipher is another, or this ssh2 has it otherwise: then it stays as it is
 */
export function makeWholePackets(client: Client): boolean {
  const cipher = readProperty(readProperty(client, '_protocol'), '_cipher');
  if (!isGcmCipher(cipher)) return false;
  const shared: unknown = Object.getPrototypeOf(cipher);
  if (readProperty(shared, 'encrypt') === encrypt) return true;
  return (
    typeof shared === 'object' &&
    shared !== null &&
    Object.hasOwn(shared, 'allocPacket') &&
    Object.hasOwn(shared, 'encrypt') &&
    Reflect.set(shared, 'allocPacket', allocPacket) &&
    Reflect.set(shared, 'encrypt', encrypt)
  );
}
