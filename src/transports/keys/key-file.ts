import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { readTextFile } from '../read-file.js';
import type { ParsedKey } from 'ssh2';
import { getKeyType } from '../host-keys/known-hosts-line.js';
import { parseKey } from './parse-key.js';
import { errorCode, errorText } from '../error-detail.js';

/** What is in a file that was named as an identity. */
export type KeyFile =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  /** `blob`: the public key, which the OpenSSH format holds in clear. */
  | { readonly kind: 'encrypted'; readonly text: string; readonly blob?: Buffer }
  /** Only the public half: good for finding the key in an agent. */
  | { readonly kind: 'public'; readonly blob: Buffer }
  | { readonly kind: 'missing' }
  /** Good for the transport openssh alone. */
  | { readonly kind: 'openssh-only'; readonly holds: 'certificate' | 'token key'; readonly detail: string }
  | { readonly kind: 'unusable'; readonly detail: string };

const OPENSSH_MAGIC = 'openssh-key-v1\0';
const MAX_BYTES = 256 * 1024;

function unusable(detail: string): KeyFile {
  return { kind: 'unusable', detail };
}

const SIGN_WITH: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'ssh-rsa': 'sha1',
};

/**
 * The same key, signing with a key object that is made once. ssh2 hands its PEM text to OpenSSL at every signature, and
 * decoding it costs a fifth of a session's CPU time.
 *
 * @param key of ssh2's, or its public half: then the new one is the whole of it
 * @see ssh2 1.17.0, lib/protocol/keyParser.js, BaseKey.sign
 */
export function signingWith(key: ParsedKey, privateKey: KeyObject): ParsedKey {
  const quick = (data: Buffer | string, algorithm?: string): Buffer =>
    sign(algorithm ?? SIGN_WITH[key.type] ?? null, typeof data === 'string' ? Buffer.from(data) : data, privateKey);
  // ssh2 knows its own keys by a private symbol, which the new object has from the old one.
  const quicker: ParsedKey = Object.create(key, {
    sign: { value: quick, writable: true },
    isPrivateKey: { value: () => true },
    getPrivatePEM: { value: () => String(privateKey.export({ type: 'pkcs8', format: 'pem' })) },
  });
  return quicker;
}

/** Reads a private key; undefined where the passphrase is wrong or the text is damaged, with ssh2's words. */
export function parsePrivateKey(text: string, passphrase?: string): ParsedKey | Error {
  const key = parseKey(text, passphrase);
  if (key instanceof Error) return key;
  return key.isPrivateKey()
    ? signingWith(key, createPrivateKey(key.getPrivatePEM()))
    : new Error('it holds no private key');
}

interface OpenSshContainer {
  readonly cipher: string;
  readonly blob: Buffer;
}

/** The clear part of an OpenSSH private key. @see PROTOCOL.key in the OpenSSH source */
function openSshContainer(text: string): OpenSshContainer | undefined {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----(?<body>[^-]+)-----END/u.exec(text)?.groups?.['body'] ?? '';
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('latin1', 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) return undefined;
  let offset = OPENSSH_MAGIC.length;
  const next = (): Buffer | undefined => {
    if (offset + 4 > bytes.length) return undefined;
    const end = offset + 4 + bytes.readUInt32BE(offset);
    const field = bytes.subarray(offset + 4, end);
    offset = end;
    return end <= bytes.length ? field : undefined;
  };
  const cipher = next()?.toString('latin1');
  next(); // kdf
  next(); // its options
  offset += 4; // number of keys, always 1
  const blob = next();
  return cipher === undefined || blob === undefined ? undefined : { cipher, blob };
}

function tokenKey(type: string, file: string): KeyFile {
  return {
    kind: 'openssh-only',
    holds: 'token key',
    detail: `${file} is a key on a FIDO token (${type}), which ssh2 cannot use: give the host transport: openssh`,
  };
}

function openSshKey(text: string, file: string): KeyFile {
  const container = openSshContainer(text);
  if (container === undefined) return unusable(`${file} is a damaged OpenSSH private key`);
  const type = getKeyType(container.blob) ?? '';
  if (type.startsWith('sk-')) return tokenKey(type, file);
  return container.cipher === 'none' ? plainKey(text, file) : { kind: 'encrypted', text, blob: container.blob };
}

function plainKey(text: string, file: string): KeyFile {
  const key = parsePrivateKey(text);
  return key instanceof Error
    ? unusable(`${file} is not a key that ssh2 can read: ${key.message}`)
    : { kind: 'key', key };
}

function legacyKey(text: string, file: string): KeyFile {
  return /^Proc-Type: 4,ENCRYPTED/mu.test(text) ? { kind: 'encrypted', text } : plainKey(text, file);
}

function publicKey(text: string, file: string): KeyFile {
  const blob = Buffer.from(text.trim().split(/\s+/u)[1] ?? '', 'base64');
  const type = getKeyType(blob);
  if (type === undefined) return unusable(`${file} is not a private key`);
  if (type.includes('-cert-v01@'))
    return {
      kind: 'openssh-only',
      holds: 'certificate',
      detail: `${file} is a certificate, which ssh2 cannot use: give the host transport: openssh, and name the private key, beside which ssh finds the certificate`,
    };
  return type.startsWith('sk-') ? tokenKey(type, file) : { kind: 'public', blob };
}

function shellWord(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** The kind of a PKCS#8 key as Node names it; undefined where it is encrypted or damaged. */
function kindOfPkcs8(text: string): string | undefined {
  try {
    return createPrivateKey(text).asymmetricKeyType;
  } catch {
    return undefined;
  }
}

function pkcs8Key(text: string, file: string): KeyFile {
  const copy = shellWord(`${file}.openssh`);
  // Tried: ssh-keygen of OpenSSH 9.2 says `invalid format` to Ed25519, and rewrites RSA and ECDSA.
  return unusable(
    kindOfPkcs8(text) === 'ed25519'
      ? `${file} is an Ed25519 key in PKCS#8, which neither ssh2 nor the ssh-keygen of OpenSSH 9.2 reads: make another one with ssh-keygen -t ed25519 -f ${copy}`
      : `${file} is a PKCS#8 key, which ssh2 cannot read: rewrite a copy of it in OpenSSH's format with cp ${shellWord(file)} ${copy} && ssh-keygen -p -f ${copy}`,
  );
}

function puttyKey(_: string, file: string): KeyFile {
  return unusable(
    `${file} is a PuTTY key: convert it with puttygen ${shellWord(file)} -O private-openssh -o ${shellWord(`${file}.openssh`)}`,
  );
}

/** By how a file begins. The command is the way out for what ssh2 1.17.0 cannot read. */
const FORMATS: readonly (readonly [begins: RegExp, read: (text: string, file: string) => KeyFile])[] = [
  [/^-----BEGIN OPENSSH PRIVATE KEY-----/u, openSshKey],
  [/^-----BEGIN (?:RSA|EC|DSA) PRIVATE KEY-----/u, legacyKey],
  [/^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/u, pkcs8Key],
  [/^PuTTY-User-Key-File-/u, puttyKey],
  [/^(?:sk-)?(?:ssh|ecdsa)-/u, publicKey],
];

/** ssh refuses a key of the user's own that others may read (`sshkey_perm_ok`, authfile.c); so do we. */
function permissionProblem(file: string): string | undefined {
  const { uid, mode } = statSync(file);
  const isOpen = uid === process.getuid?.() && (mode & 0o077) !== 0;
  return isOpen
    ? `${file} may be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}): chmod 600 ${file}`
    : undefined;
}

/** Reads and recognises an identity file. Never throws. */
export function readKeyFile(file: string): KeyFile {
  try {
    if (!statSync(file).isFile()) return unusable(`${file} is not a file`);
    if (statSync(file).size > MAX_BYTES) return unusable(`${file} is too large for a key`);
    const text = readTextFile(file, MAX_BYTES).trimStart();
    const found =
      FORMATS.find(([begins]) => begins.test(text))?.[1](text, file) ?? unusable(`${file} is not a private key`);
    const problem = found.kind === 'public' || found.kind === 'openssh-only' ? undefined : permissionProblem(file);
    return problem === undefined ? found : unusable(problem);
  } catch (thrown) {
    return errorCode(thrown) === 'ENOENT'
      ? { kind: 'missing' }
      : unusable(`${file} cannot be read: ${errorText(thrown)}`);
  }
}

/**
 * What of an identity file is for the transport openssh alone: itself, or the certificate that ssh takes from beside it
 * (FILE-cert.pub). Undefined where ssh2 will do.
 */
export function forOpensshOnly(file: string): 'certificate' | 'token key' | undefined {
  const [own, beside] = [readKeyFile(file), readKeyFile(`${file}-cert.pub`)];
  if (own.kind === 'openssh-only') return own.holds;
  return beside.kind === 'openssh-only' ? beside.holds : undefined;
}
