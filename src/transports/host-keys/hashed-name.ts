import { createHmac } from 'node:crypto';
import { memoize } from '../../language/memoize.js';
import type { KnownHostsEntry } from './known-hosts-line.js';

type Hashed = NonNullable<KnownHostsEntry['hashed']>;

/** Whether a hashed name of known_hosts is this one: HMAC-SHA1 of it, keyed with the line's salt. */
export type MatchesHash = (hashed: Hashed) => boolean;

const BLOCK = 64;
/** More does not fit into one block beside its end mark and length. */
const MOST_IN_BLOCK = BLOCK - 9;
const START = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

/** The 80 words that a block is mixed in by (FIPS 180-4, 6.1.2); the first 16 are the block. */
function expand(words: Int32Array): void {
  for (let at = 16; at < 80; at += 1) {
    const mixed = (words[at - 3] ?? 0) ^ (words[at - 8] ?? 0) ^ (words[at - 14] ?? 0) ^ (words[at - 16] ?? 0);
    words[at] = (mixed << 1) | (mixed >>> 31);
  }
}

/** Mixes a block into the state at `from` of `states`, and puts what comes of it to `to` of `into`. */
function mix(states: Int32Array, from: number, words: Int32Array, into: Int32Array, to: number): void {
  let a = states[from] ?? 0;
  let b = states[from + 1] ?? 0;
  let c = states[from + 2] ?? 0;
  let d = states[from + 3] ?? 0;
  let e = states[from + 4] ?? 0;
  // Four loops: to ask in each round which of the four it belongs to takes as long as the round.
  for (let at = 0; at < 20; at += 1) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + (words[at] ?? 0) + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let at = 20; at < 40; at += 1) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + (words[at] ?? 0) + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let at = 40; at < 60; at += 1) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + (words[at] ?? 0) + 0x8f1bbcdc) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let at = 60; at < 80; at += 1) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + (words[at] ?? 0) + 0xca62c1d6) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  into[to] = ((states[from] ?? 0) + a) | 0;
  into[to + 1] = ((states[from + 1] ?? 0) + b) | 0;
  into[to + 2] = ((states[from + 2] ?? 0) + c) | 0;
  into[to + 3] = ((states[from + 3] ?? 0) + d) | 0;
  into[to + 4] = ((states[from + 4] ?? 0) + e) | 0;
}

/** A last block: so many bytes after one block of key, the end mark, the length in bits. */
function lastBlock(bytes: Uint8Array): Int32Array {
  const block = Buffer.alloc(BLOCK);
  block.set(bytes);
  block[bytes.length] = 0x80;
  block.writeUInt32BE(8 * (BLOCK + bytes.length), BLOCK - 4);
  return wordsOf(block);
}

function wordsOf(block: Buffer): Int32Array {
  const words = new Int32Array(80);
  for (let at = 0; at < 16; at += 1) words[at] = block.readInt32BE(4 * at);
  expand(words);
  return words;
}

function padded(salt: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK, pad);
  for (const [at, byte] of salt.entries()) block[at] = byte ^ pad;
  return block;
}

/** What is the same for every name: the states after the salt, inner and outer, and the five words that are to come out. */
const prepared = memoize(({ salt, hash }: Hashed): Int32Array => {
  const states = new Int32Array(15);
  mix(START, 0, wordsOf(padded(salt, 0x36)), states, 0);
  mix(START, 0, wordsOf(padded(salt, 0x5c)), states, 5);
  for (let at = 0; at < 5; at += 1) states[10 + at] = hash.readInt32BE(4 * at);
  return states;
});

/**
 * Looks for one name among many hashed ones. Debian and Ubuntu hash known_hosts, and every host is looked for in every line: 10,000
 * lines take 30 ms of node:crypto, as much of @noble/hashes with the states after the salt kept, and 6 here, where what is the same
 * for all names of a line, and for all lines of a name, is worked out once. What is found here is found again by the library.
 */
export function createMatchesHash(name: string): MatchesHash {
  const bytes = Buffer.from(name);
  const byLibrary: MatchesHash = ({ salt, hash }) => createHmac('sha1', salt).update(bytes).digest().equals(hash);
  if (bytes.length > MOST_IN_BLOCK) return byLibrary;
  const inner = lastBlock(bytes);
  const outer = lastBlock(Buffer.alloc(20));
  const came = new Int32Array(5);
  return (hashed) => {
    if (hashed.salt.length > BLOCK || hashed.hash.length !== 20) return byLibrary(hashed);
    const states = prepared(hashed);
    mix(states, 0, inner, outer, 0);
    expand(outer);
    mix(states, 5, outer, came, 0);
    return (
      came[0] === states[10] &&
      came[1] === states[11] &&
      came[2] === states[12] &&
      came[3] === states[13] &&
      came[4] === states[14] &&
      byLibrary(hashed)
    );
  };
}
