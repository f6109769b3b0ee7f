import type { Diagnostic } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { createMatchesHash } from './hashed-name.js';
import { namesHost } from './host-name-pattern.js';
import { parseKnownHostsLine, type KnownHostsEntry, type LinePosition } from './known-hosts-line.js';

/** A host as known_hosts may name it. */
export interface KnownAs {
  /** The address that is connected to, and the inventory's name for it: either may be written down. */
  readonly names: readonly string[];
  readonly port: number;
}

export type HostKeyLookup =
  | { readonly known: 'trusted'; readonly at: LinePosition }
  | { readonly known: 'revoked'; readonly at: LinePosition }
  /** Other keys are written down for this host; `at` is one of them, of the same type where there is one. */
  | { readonly known: 'changed'; readonly at: LinePosition; readonly types: readonly string[] }
  | { readonly known: 'unknown'; readonly certAuthority?: LinePosition };

export interface KnownHosts {
  /**
   * By key, so that a file of 10,000 hashed names costs a few HMACs and not 10,000: a revocation under any name, or
   * trust under the first name with its port, which nothing can contradict. Everything else is for `lookupByName`.
   */
  readonly lookupByKey: (
    host: KnownAs,
    key: Buffer,
  ) => Extract<HostKeyLookup, { known: 'trusted' | 'revoked' }> | undefined;
  /**
   * By name, for a key that `lookupByKey` does not know: walks every hashed name (2 µs each), yielding often so that a
   * caller may breathe. The names are asked one after the other, those with the port first; one that another key of the
   * type is written down for ends the search, whatever the names after it say.
   */
  readonly lookupByName: (
    host: KnownAs,
    keyType: string,
    key: Buffer,
  ) => Generator<undefined, Exclude<HostKeyLookup, { known: 'revoked' }>>;
  /** Key types of the plain names that match; where there are none, those of all hashed names. */
  readonly likelyTypes: (host: KnownAs) => readonly string[];
  /** A certificate authority for a host of which no key is written down under a plain name. */
  readonly authorityFor: (host: KnownAs) => LinePosition | undefined;
  /** A key that is written down for exactly this name, as `knownHostsName` gives it. */
  readonly writtenFor: (name: string) => LinePosition | undefined;
  /** A key that was accepted in this run. */
  readonly add: (entry: KnownHostsEntry) => void;
}

const SSH_PORT = 22;
const BREATH = 256;

/** As OpenSSH writes a host: the bare name on port 22, `[name]:port` elsewhere. */
export function knownHostsName(name: string, port: number): string {
  return port === SSH_PORT ? name.toLowerCase() : `[${name.toLowerCase()}]:${port}`;
}

function strictForms({ names, port }: KnownAs): readonly string[] {
  return [...new Set(names.map((name) => knownHostsName(name, port)))];
}

/**
 * OpenSSH also takes a key that is known for the bare name where the name with the port is not known (`check_host_key`,
 * sshconnect.c).
 */
function lenientForms(host: KnownAs): readonly string[] {
  return [...new Set([...strictForms(host), ...strictForms({ ...host, port: SSH_PORT })])];
}

/** Which of the names a hashed one is. */
function finder(names: readonly string[]): (hashed: NonNullable<KnownHostsEntry['hashed']>) => string | undefined {
  const each = names.map((name) => ({ name, matches: createMatchesHash(name) }));
  return (hashed) => each.find(({ matches }) => matches(hashed))?.name;
}

function placeOf({ file, line }: KnownHostsEntry): LinePosition {
  return { file, line };
}
function isLiteral(pattern: string): boolean {
  return !/[*?!]/u.test(pattern);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

export function createKnownHosts(entries: Iterable<KnownHostsEntry>): KnownHosts {
  const exact = new Map<string, KnownHostsEntry[]>();
  const patterned: KnownHostsEntry[] = [];
  const hashedByKey = new Map<string, KnownHostsEntry[]>();
  const hashedTypes = new Set<string>();

  const add = (entry: KnownHostsEntry): void => {
    if (entry.hashed !== undefined) {
      push(hashedByKey, entry.key, entry);
      if (entry.marker === 'none') hashedTypes.add(entry.keyType);
    } else if (entry.patterns.every(isLiteral)) for (const name of new Set(entry.patterns)) push(exact, name, entry);
    else patterned.push(entry);
  };
  for (const entry of entries) add(entry);

  const plain = (forms: readonly string[]): readonly KnownHostsEntry[] => [
    ...forms.flatMap((form) => exact.get(form) ?? []),
    ...patterned.filter(({ patterns }) => forms.some((form) => namesHost(patterns, form))),
  ];
  /**
   * A hashed name that was found out becomes a plain one: it names one host only, and need never be hashed against
   * again.
   */
  const reveal = (list: KnownHostsEntry[], index: number, name: string): void => {
    for (const entry of list.splice(index, 1)) push(exact, name, entry);
  };
  const revealHashed = (forms: readonly string[], key: string): void => {
    const list = hashedByKey.get(key) ?? [];
    const nameOf = finder(forms);
    for (let i = list.length - 1; i >= 0; i--) {
      const hashed = list[i]?.hashed;
      const name = hashed && nameOf(hashed);
      if (name !== undefined) reveal(list, i, name);
    }
  };

  return {
    add,
    writtenFor: (name) => {
      const entry = exact.get(name)?.find(({ marker }) => marker === 'none');
      return entry && placeOf(entry);
    },
    lookupByKey: (host, blob) => {
      const forms = lenientForms(host);
      const key = blob.toString('base64');
      const matching = (): readonly KnownHostsEntry[] => plain(forms).filter((entry) => entry.key === key);
      const hashedOnes = hashedByKey.get(key) ?? [];
      let found = matching();
      // A revocation must be seen wherever it is written, so a hit among the plain names ends the search only where no
      // hashed line revokes this key.
      if (hashedOnes.length > 0 && (found.length === 0 || hashedOnes.some(({ marker }) => marker === 'revoked'))) {
        revealHashed(forms, key);
        found = matching();
      }
      const revoked = found.find(({ marker }) => marker === 'revoked');
      if (revoked !== undefined) return { known: 'revoked', at: placeOf(revoked) };
      const first = strictForms(host).slice(0, 1);
      const trusted = plain(first).find((entry) => entry.marker === 'none' && entry.key === key);
      return trusted && { known: 'trusted', at: placeOf(trusted) };
    },
    *lookupByName(host, keyType, blob) {
      const forms = lenientForms(host);
      const key = blob.toString('base64');
      const keysOf = (form: string): readonly KnownHostsEntry[] =>
        plain([form]).filter(({ marker }) => marker === 'none');
      const isTrusted = (form: string): boolean => keysOf(form).some((entry) => entry.key === key);
      const strict = strictForms(host);
      // What stands before a name that is known to have the key can contradict it, and nothing after it.
      const trustedAt = strict.findIndex(isTrusted);
      const nameOf = finder(trustedAt === -1 ? forms : strict.slice(0, trustedAt));
      let seen = 0;
      for (const list of hashedByKey.values())
        for (let i = list.length - 1; i >= 0; i--) {
          if (++seen % BREATH === 0) yield undefined;
          const hashed = list[i]?.hashed;
          const name = hashed && nameOf(hashed);
          if (name !== undefined) reveal(list, i, name);
        }
      const isWritten = strict.some((form) => keysOf(form).length > 0);
      // The bare name is asked only where nothing is written down for the port.
      for (const form of isWritten ? strict : forms) {
        const trusted = keysOf(form).find((entry) => entry.key === key);
        if (trusted !== undefined) return { known: 'trusted', at: placeOf(trusted) };
        if (isWritten && keysOf(form).some((entry) => entry.keyType === keyType)) break;
      }
      const keys = strict.flatMap(keysOf);
      const shown = keys.find((entry) => entry.keyType === keyType) ?? keys[0];
      if (shown !== undefined)
        return { known: 'changed', at: placeOf(shown), types: [...new Set(keys.map((entry) => entry.keyType))] };
      const authority = plain(lenientForms(host)).find(({ marker }) => marker === 'cert-authority');
      return authority === undefined ? { known: 'unknown' } : { known: 'unknown', certAuthority: placeOf(authority) };
    },
    authorityFor: (host) => {
      const lines = plain(lenientForms(host));
      const authority = lines.some(({ marker }) => marker === 'none')
        ? undefined
        : lines.find(({ marker }) => marker === 'cert-authority');
      return authority && placeOf(authority);
    },
    likelyTypes: (host) => {
      const types = plain(lenientForms(host))
        .filter(({ marker }) => marker === 'none')
        .map((entry) => entry.keyType);
      return [...new Set(types.length > 0 ? types : hashedTypes)];
    },
  };
}

/** The whole answer at once: what the two look-ups together say. */
export function lookupHostKey(known: KnownHosts, host: KnownAs, keyType: string, blob: Buffer): HostKeyLookup {
  const byKey = known.lookupByKey(host, blob);
  if (byKey !== undefined) return byKey;
  const search = known.lookupByName(host, keyType, blob);
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Reads the text of known_hosts files. A line that cannot be read is a warning and trusts nobody; it is shown only where
 * it is a line of known_hosts: a path may lead to any file.
 */
export function parseKnownHosts(files: readonly { readonly file: string; readonly text: string }[]): {
  readonly entries: readonly KnownHostsEntry[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const entries: KnownHostsEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { file, text } of files)
    for (const [index, content] of text.split('\n').entries()) {
      const line = index + 1;
      const parsed = parseKnownHostsLine(content, { file, line });
      if (parsed.kind === 'entry') entries.push(parsed.entry);
      else if (parsed.kind === 'bad')
        diagnostics.push({
          code: 'known-hosts/bad-line',
          severity: 'warning',
          message: `this line is skipped: ${clean(parsed.problem, 200)}`,
          at: { file, line, column: 1 },
          ...(parsed.isShowable ? { excerpt: clean(content, 200) } : {}),
          help: 'correct or remove the line; a key on it is not trusted, and not revoked',
        });
    }
  return { entries, diagnostics };
}
