import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readProperty } from '../error-detail.js';

/** One side's keys of a Curve25519 exchange. */
export interface ExchangeKeys {
  readonly privateKey: KeyObject;
  /** The public one, as it is sent: 32 bytes (RFC 8731, section 3). */
  readonly publicBytes: Buffer;
}

/**
 * New keys, for one exchange.
 *
 * The public one is asked for with them, never by `export`. Node 20 has `export` hold the lock of the pair while it makes texts; where
 * garbage is collected just then, and with it the job that made the pair, that job waits for the same lock, and the process stands still
 * for ever, deadlines and signals included.
 */
export function makeExchangeKeys(): ExchangeKeys {
  const { publicKey, privateKey }: { readonly publicKey: unknown; readonly privateKey: KeyObject } =
    generateKeyPairSync('x25519', { publicKeyEncoding: { format: 'jwk' } });
  const x = readProperty(publicKey, 'x');
  if (typeof x !== 'string') throw new Error('Node has made a key of X25519 without a public part');
  return { privateKey, publicBytes: Buffer.from(x, 'base64url') };
}
