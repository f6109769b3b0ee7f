import ssh2, { type ParsedKey } from 'ssh2';

function isList(parsed: ParsedKey | Error | readonly ParsedKey[]): parsed is readonly ParsedKey[] {
  return Array.isArray(parsed);
}

/** ssh2's parser, which gives a list for OpenSSH's own format although its types do not say so. */
export function parseKey(text: string, passphrase?: string): ParsedKey | Error {
  const parsed: ParsedKey | Error | readonly ParsedKey[] = ssh2.utils.parseKey(text, passphrase);
  return isList(parsed) ? (parsed[0] ?? new Error('there is no key in it')) : parsed;
}
