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
  | { readonly kind: 'bad'; readonly problem: string };

const MARKERS: ReadonlyMap<string, KnownHostsEntry['marker']> = new Map([
  ['@revoked', 'revoked'],
  ['@cert-authority', 'cert-authority'],
]);
const SHA1_BYTES = 20;

function bad(problem: string): KnownHostsLine {
  return { kind: 'bad', problem };
}

/** The key type that a key blob names itself, its first string; undefined where it is no key blob. */
export function getKeyType(blob: Buffer): string | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  return length > 0 && length <= blob.length - 4 && length < 100 ? blob.toString('latin1', 4, 4 + length) : undefined;
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
  if (marker === undefined) return bad(`there is no marker ${first}`);
  const [names = '', keyType, base64] = marker === 'none' ? fields : fields.slice(1);
  if (keyType === undefined || base64 === undefined) return bad('a host name, a key type and a key are needed');
  const blob = Buffer.from(base64, 'base64');
  if (getKeyType(blob) !== keyType) return bad(`the key is not a ${keyType} key`);
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
    ? bad('the hashed host name is malformed')
    : { kind: 'entry', entry: { ...common, patterns: [], hashed } };
}
