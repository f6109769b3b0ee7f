/** Where a key is written down. */
export interface LinePosition {
  readonly file: string;
  readonly line: number;
}

export interface KnownHostsEntry extends LinePosition {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** Lower case patterns; empty for a hashed name. */
  readonly patterns: readonly string[];
  readonly hashed?: { readonly salt: Buffer; readonly hash: Buffer };
  readonly keyType: string;
  /** The key blob in canonical base64. */
  readonly key: string;
}

export type KnownHostsLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'entry'; readonly entry: KnownHostsEntry }
  /** `isShowable`: a type of key stands where it belongs, so that the line is one of known_hosts and holds no secret. */
  | { readonly kind: 'bad'; readonly problem: string; readonly isShowable: boolean };

const MARKERS: ReadonlyMap<string, KnownHostsEntry['marker']> = new Map([
  ['@revoked', 'revoked'],
  ['@cert-authority', 'cert-authority'],
]);
const SHA1_BYTES = 20;

function bad(problem: string, isShowable = false): KnownHostsLine {
  return { kind: 'bad', problem, isShowable };
}

/** The key type that a key blob names itself, its first string; undefined where it is no key blob. */
export function getKeyType(blob: Buffer): string | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  return length > 0 && length <= blob.length - 4 && length < 100 ? blob.toString('latin1', 4, 4 + length) : undefined;
}

/** Signatures of RSA, by which some files name the key that makes them: ssh takes them for it (`keyimpls`, sshkey.c). */
const RSA_NAMES = new Set(['rsa-sha2-256', 'rsa-sha2-512']);

/** How many strings a key of this type is, its type among them. @see RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4; PROTOCOL.u2f */
const PARTS: ReadonlyMap<string, number> = new Map([
  ['ssh-rsa', 3],
  ['ssh-dss', 5],
  ['ssh-ed25519', 2],
  ['ecdsa-sha2-nistp256', 3],
  ['ecdsa-sha2-nistp384', 3],
  ['ecdsa-sha2-nistp521', 3],
  ['sk-ssh-ed25519@openssh.com', 3],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 4],
]);

function isKeyType(word: string): boolean {
  return PARTS.has(word) || RSA_NAMES.has(word);
}

/** Strictly, as ssh decodes it: Node passes over what is no base64, and ssh takes no key that has something behind it. */
function decodeKey(base64: string): Buffer | undefined {
  const text = base64.replace(/[\v\f\r]/gu, '');
  const isWhole = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/u.test(text);
  return isWhole ? Buffer.from(text, 'base64') : undefined;
}

function isWholeKey(blob: Buffer, type: string): boolean {
  const wanted = PARTS.get(type);
  if (wanted === undefined) return true;
  let parts = 0;
  let at = 0;
  for (; at + 4 <= blob.length; parts++) at += 4 + blob.readUInt32BE(at);
  return at === blob.length && parts === wanted;
}

function hashedName(field: string): KnownHostsEntry['hashed'] {
  const [, version, salt, hash, rest] = field.split('|');
  if (version !== '1' || salt === undefined || hash === undefined || rest !== undefined) return undefined;
  const decoded = { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  return decoded.salt.length === SHA1_BYTES && decoded.hash.length === SHA1_BYTES ? decoded : undefined;
}

/** One line of known_hosts. @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT */
export function parseKnownHostsLine(text: string, place: LinePosition): KnownHostsLine {
  const fields = text.trim().split(/[ \t]+/u);
  const first = fields[0] ?? '';
  if (first === '' || first.startsWith('#')) return { kind: 'blank' };
  const marker = first.startsWith('@') ? MARKERS.get(first) : 'none';
  if (marker === undefined) return bad('there is no such marker', fields.some(isKeyType));
  const [names = '', written, base64] = marker === 'none' ? fields : fields.slice(1);
  if (written === undefined || base64 === undefined)
    return bad('a host name, a key type and a key are needed', fields.some(isKeyType));
  const keyType = RSA_NAMES.has(written) ? 'ssh-rsa' : written;
  const blob = decodeKey(base64);
  const isShowable = isKeyType(written);
  if (blob === undefined) return bad('the key is no base64, or something stands behind it without a blank', isShowable);
  if (getKeyType(blob) !== keyType)
    return bad(`the key is not ${isShowable ? `a ${written} key` : 'of the type that stands before it'}`, isShowable);
  if (!isWholeKey(blob, keyType)) return bad(`the ${keyType} key is cut, or more than a key`, isShowable);
  const common = { ...place, marker, keyType, key: blob.toString('base64') };
  if (!names.startsWith('|'))
    return {
      kind: 'entry',
      entry: {
        ...common,
        patterns: names
          .toLowerCase()
          .split(',')
          .filter((name) => name !== ''),
      },
    };
  const hashed = hashedName(names);
  return hashed === undefined
    ? bad('the hashed host name is malformed', isShowable)
    : { kind: 'entry', entry: { ...common, patterns: [], hashed } };
}
