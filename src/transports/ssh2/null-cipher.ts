import type { Client } from 'ssh2';
import { readProperty } from '../error-detail.js';
import { newPacket, type Layout } from './new-packet.js';

// Before the keys are exchanged ssh2 1.17.0 asks OpenSSL for the padding of each packet by itself, three times a connection. package.json
// pins that version, and a test holds that what is used here is still there.

/** All that ssh2's (lib/protocol/crypto.js, NullCipher) has; each cipher has keys besides. */
const FIELDS = ['_dead', '_onWrite', 'outSeqno'];

function isNullCipher(cipher: unknown): cipher is object {
  return typeof cipher === 'object' && cipher !== null && Object.keys(cipher).toSorted().join() === FIELDS.join();
}

const LAYOUT: Layout = { block: 8, padsLength: true, behind: 0 };

function allocPacket(payloadBytes: number): Buffer {
  return newPacket(payloadBytes, LAYOUT);
}

/**
 * Has all connections of ssh2's pad what they send before the keys are exchanged with bytes of our pool, from now on, if this client
 * has exchanged none.
 *
 * @returns false where this ssh2 makes packets otherwise, or has exchanged keys: then it stays as it is
 */
export function padFromPool(client: Client): boolean {
  const cipher = readProperty(readProperty(client, '_protocol'), '_cipher');
  if (!isNullCipher(cipher)) return false;
  const shared: unknown = Object.getPrototypeOf(cipher);
  if (readProperty(shared, 'allocPacket') === allocPacket) return true;
  return (
    typeof shared === 'object' &&
    shared !== null &&
    Object.hasOwn(shared, 'allocPacket') &&
    Reflect.set(shared, 'allocPacket', allocPacket)
  );
}
