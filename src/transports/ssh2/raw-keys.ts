import { createPrivateKey, createPublicKey, diffieHellman, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Client, Connection, ParsedKey } from 'ssh2';
import { memoize } from '../../language/memoize.js';
import { readProperty } from '../error-detail.js';
import { parseKey } from '../keys/parse-key.js';
import { makeExchangeKeys } from './exchange-keys.js';

// ssh2 1.17.0 writes every key as DER or PEM and has OpenSSL read it again: its own half of each Curve25519 exchange, the
// host's half, the host's key for each signature, the user's key for each. In OpenSSL 3 looking up what reads them takes
// longer than the mathematics. Here the 32 bytes go to OpenSSL as they are (JWK), and the user's key is read once. What is
// computed, checked and refused is the same; what is not as ssh2 1.17.0 has it is left to ssh2. package.json pins that
// version, and a test holds that what is used here is still there.

/** Leaves ssh2 as it is: for whoever looks for the cause of a trouble. */
export const IS_PLAIN = process.env['KERNWARD_PLAIN_SSH2'] === '1';

const RAW_BYTES = 32;

function rawPublicKey(curve: 'X25519' | 'Ed25519', bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: curve, x: bytes.toString('base64url') }, format: 'jwk' });
}

/** SSH's mpint (RFC 4251, section 5): no zeros in front but one that keeps it positive. */
function toMpint(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
  return (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits;
}

/** One exchange of ssh2's (lib/protocol/kex.js, Curve25519Exchange), before it has made its keys. */
function useRawExchange(exchange: unknown): boolean {
  const computeByItself = readProperty(exchange, 'computeSecret');
  if (
    typeof exchange !== 'object' ||
    exchange === null ||
    readProperty(exchange, 'type') !== '25519' ||
    readProperty(exchange, '_keys') !== null ||
    typeof readProperty(exchange, 'getPublicKey') !== 'function' ||
    typeof computeByItself !== 'function'
  )
    return false;
  const keys = memoize(() => {
    const made = makeExchangeKeys();
    const { privateKey } = made;
    // Where ssh2 would keep them, for whatever of it looks there.
    Reflect.set(exchange, '_keys', {
      privateKey,
      get publicKey() {
        return createPublicKey(privateKey);
      },
    });
    return made;
  });
  return (
    Reflect.set(exchange, 'generateKeys', () => void keys()) &&
    Reflect.set(exchange, 'getPublicKey', (): Buffer => keys().publicBytes) &&
    Reflect.set(exchange, 'computeSecret', (others: Buffer): unknown => {
      if (others.length !== RAW_BYTES) return Reflect.apply(computeByItself, exchange, [others]);
      try {
        return toMpint(diffieHellman({ privateKey: keys().privateKey, publicKey: rawPublicKey('X25519', others) }));
      } catch (thrown) {
        return thrown; // as ssh2 does, which then ends the connection
      }
    })
  );
}

/**
 * Makes every Curve25519 exchange of this side of a connection work on raw keys, from the first on.
 *
 * @returns false where this ssh2 is not as it is known; then it behaves as it does by itself
 */
export function useRawExchanges(side: Client | Connection): boolean {
  const protocol = readProperty(side, '_protocol');
  if (typeof protocol !== 'object' || protocol === null || !Object.hasOwn(protocol, '_kex')) return false;
  let exchange = readProperty(protocol, '_kex');
  if (exchange !== undefined) return false;
  return Reflect.defineProperty(protocol, '_kex', {
    configurable: true,
    enumerable: true,
    get: () => exchange,
    set: (next: unknown) => {
      exchange = next;
      useRawExchange(next);
    },
  });
}

const ED25519 = 'ssh-ed25519';
/** The key's blob (RFC 8709, section 4): its name and its 32 bytes, each after its length. */
const ED25519_BLOB_BYTES = 4 + ED25519.length + 4 + RAW_BYTES;

function ed25519KeyOf(key: object): KeyObject | undefined {
  if (readProperty(key, 'type') !== ED25519) return undefined;
  const getPublicSSH = readProperty(key, 'getPublicSSH');
  const blob: unknown = typeof getPublicSSH === 'function' ? Reflect.apply(getPublicSSH, key, []) : undefined;
  return Buffer.isBuffer(blob) && blob.length === ED25519_BLOB_BYTES
    ? rawPublicKey('Ed25519', blob.subarray(-RAW_BYTES))
    : undefined;
}

function blobPart(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A key of ssh2's, of whatever value: what all of its keys share hangs on it. */
function anyKey(): ParsedKey | Error {
  const blob = Buffer.concat([blobPart(Buffer.from(ED25519)), blobPart(Buffer.alloc(RAW_BYTES))]);
  return parseKey(`${ED25519} ${blob.toString('base64')}`);
}

/**
 * Makes ssh2 check signatures of Ed25519 keys against their raw bytes, from now on and for all of its keys. Other keys are
 * checked as before.
 *
 * @returns false where this ssh2 is not as it is known
 */
export const useRawVerification = memoize((): boolean => {
  const shared: unknown = Object.getPrototypeOf(anyKey());
  const byItself = readProperty(shared, 'verify');
  if (typeof shared !== 'object' || shared === null || typeof byItself !== 'function') return false;
  return Reflect.set(
    shared,
    'verify',
    function verifyRaw(this: object, data: Buffer, signature: Buffer, hash?: string): unknown {
      try {
        const raw = ed25519KeyOf(this);
        return raw === undefined
          ? Reflect.apply(byItself, this, [data, signature, hash])
          : verify(null, data, raw, signature);
      } catch (thrown) {
        return thrown; // as ssh2 does, which takes it for a signature that does not fit
      }
    },
  );
});

/** What a signature is made over, by the type of the key (RFC 8709, RFC 5656); null: over the data itself. */
const HASHES: ReadonlyMap<string, string | null> = new Map([
  [ED25519, null],
  ['ecdsa-sha2-nistp256', 'sha256'],
  ['ecdsa-sha2-nistp384', 'sha384'],
  ['ecdsa-sha2-nistp521', 'sha512'],
]);

/** Makes a user's key sign with what OpenSSL has read once. The key itself is changed, and given back. */
export function keepRead(key: ParsedKey): ParsedKey {
  const read = memoize(() => createPrivateKey(key.getPrivatePEM()));
  const byItself = readProperty(key, 'sign');
  if (typeof byItself !== 'function') return key;
  Reflect.set(key, 'sign', (data: Buffer, asked?: string): Buffer | Error => {
    const hash = asked ?? HASHES.get(key.type);
    if (hash === undefined) return Reflect.apply(byItself, key, [data]);
    try {
      return sign(hash, data, read());
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error(String(thrown));
    }
  });
  return key;
}
