import type { Client } from 'ssh2';
import { fillRandom } from '../random.js';
import { readProperty } from '../error-detail.js';

// Before the keys are exchanged ssh2 1.17.0 asks OpenSSL for the padding of each packet by itself, three times a connection. package.json
// pins that version, and a test holds that what is used here is still there.

const LENGTH_BYTES = 4;
/** RFC 4253, section 6: what is sent is a multiple of it, and at least `LEAST_PADDING` of that is padding. */
const BLOCK_BYTES = 8;
const LEAST_PADDING = 4;

/** All that ssh2's (lib/protocol/crypto.js, NullCipher) has; each cipher has keys besides. */
const FIELDS = ['_dead', '_onWrite', 'outSeqno'];

function isNullCipher(cipher: unknown): cipher is object {
  return typeof cipher === 'object' && cipher !== null && Object.keys(cipher).toSorted().join() === FIELDS.join();
}

/** A packet of ssh2's that is not encrypted, with room for its payload. */
function allocPacket(payloadBytes: number): Buffer {
  const before = LENGTH_BYTES + 1 + payloadBytes;
  const short = BLOCK_BYTES - (before % BLOCK_BYTES);
  const padding = short < LEAST_PADDING ? short + BLOCK_BYTES : short;
  const packet = Buffer.allocUnsafe(before + padding);
  packet.writeUInt32BE(packet.length - LENGTH_BYTES, 0);
  packet[LENGTH_BYTES] = padding;
  fillRandom(packet, before, packet.length);
  return packet;
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
