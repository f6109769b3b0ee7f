import { createHash } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import type { ConnectFailure } from '../../model/outcome.js';
import { failure } from '../failure.js';
import { getKeyType, type LinePosition } from './known-hosts-line.js';
import { knownHostsName, type HostKeyLookup, type KnownAs, type KnownHosts } from './known-hosts.js';
import { errorText } from '../error-detail.js';
import { isWritableName } from './writable-name.js';

export type HostKeyJudgement =
  | { readonly accept: true; readonly isNew: boolean }
  /** `types`: what is known of this host; offering only these may bring the known key out. */
  | { readonly accept: false; readonly failure: ConnectFailure; readonly types: readonly string[] };

/** Decides whether a host's key is to be trusted. There is no policy that accepts every key. */
export interface HostKeyPolicy {
  readonly mode: 'strict' | 'accept-new';
  /** Where keys are looked up. The first is written to. */
  readonly files: readonly string[];
  /** Is any key written down for the host, under exactly its name and port? */
  readonly holds: (host: KnownAs) => Promise<boolean>;
  /** Key types to ask the host for first. */
  readonly likelyTypes: (host: KnownAs) => readonly string[];
  /** A certificate authority that stands for the host, of which no key is written down. */
  readonly authorityFor: (host: KnownAs) => LinePosition | undefined;
  readonly judge: (host: KnownAs, key: Buffer) => HostKeyJudgement | Promise<HostKeyJudgement>;
  /**
   * Called when the host has proved that it holds a key that was accepted as new. A refusal: it changed meanwhile, or
   * cannot be written down.
   */
  readonly remember: (host: KnownAs, key: Buffer) => ConnectFailure | undefined | Promise<ConnectFailure | undefined>;
}

export interface HostKeyPolicyOptions {
  readonly known: KnownHosts;
  readonly mode: HostKeyPolicy['mode'];
  /** Where `known` is from. The first is written to and named in advice. */
  readonly files: readonly string[];
  /** Writes an accepted line; `appendKnownHost` outside of tests. */
  readonly append: (file: string, line: string) => void;
}

const SSH_PORT = 22;

/** As `ssh-keygen -l` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/u, '')}`;
}

function shown({ file, line }: LinePosition): string {
  return `${file}:${line}`;
}

function shortType(type: string): string {
  return type.replace(/^ssh-/u, '').replace(/^ecdsa-.*/u, 'ecdsa');
}

function nameOf({ names, port }: KnownAs): string {
  return knownHostsName(names[0] ?? '', port);
}

type Refused = Exclude<HostKeyLookup, { known: 'trusted' }>;

const REFUSAL: {
  readonly [K in Refused['known']]: (
    lookup: Extract<Refused, { known: K }>,
    offered: string,
    host: KnownAs,
  ) => ConnectFailure;
} = {
  revoked: ({ at }, offered) =>
    failure('host-key-revoked', `${offered}, which ${shown(at)} revokes; do not connect before you know why`),
  changed: ({ at, types }, offered, host) =>
    failure(
      'host-key-changed',
      `${offered}, but ${shown(at)} holds another key (${types.map(shortType).join(', ')}); if the host was rebuilt, compare ` +
        `the fingerprint on its console, then remove the old key: ssh-keygen -R '${nameOf(host)}' -f '${at.file}'`,
    ),
  unknown: ({ certAuthority }, offered, host) =>
    failure(
      'host-key-unknown',
      certAuthority === undefined
        ? `${offered}, which no known_hosts file holds; compare it on the host's console, then connect once with ssh -p ${host.port} ${host.names[0] ?? ''}, or use --host-keys accept-new`
        : `${offered}; ${shown(certAuthority)} trusts a certificate authority for it, but host certificates need another transport than ssh2: write the host's own key to a known_hosts file`,
    ),
};

function refuse<K extends Refused['known']>(
  host: KnownAs,
  key: Buffer,
  lookup: Extract<Refused, { known: K }>,
): ConnectFailure {
  return REFUSAL[lookup.known](
    lookup,
    `${nameOf(host)} offers ${getKeyType(key) ?? 'unknown'} ${fingerprint(key)}`,
    host,
  );
}

export function createHostKeyPolicy({ known, mode, files, append }: HostKeyPolicyOptions): HostKeyPolicy {
  const file = files[0] ?? '';
  const search = async (
    host: KnownAs,
    keyType: string,
    key: Buffer,
  ): Promise<Exclude<HostKeyLookup, { known: 'revoked' }>> => {
    const steps = known.lookupByName(host, keyType, key);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await breath();
    }
  };

  const judgeByName = async (host: KnownAs, key: Buffer): Promise<HostKeyJudgement> => {
    const lookup = await search(host, getKeyType(key) ?? '', key);
    if (lookup.known === 'trusted') return { accept: true, isNew: false };
    // Who has a certificate authority for the host expects a certificate: a plain key is not new, but strange.
    if (lookup.known === 'unknown' && mode === 'accept-new' && lookup.certAuthority === undefined) {
      // Nor is one new where another stands for the bare name, of which OpenSSH says nothing.
      const bare = await search({ ...host, port: SSH_PORT }, getKeyType(key) ?? '', key);
      if (bare.known !== 'changed') return { accept: true, isNew: true };
      return { accept: false, failure: refuse(host, key, bare), types: bare.types };
    }
    return { accept: false, failure: refuse(host, key, lookup), types: lookup.known === 'changed' ? lookup.types : [] };
  };

  return {
    mode,
    files,
    holds: async (host) => (await search(host, '', Buffer.alloc(0))).known === 'changed',
    likelyTypes: (host) => known.likelyTypes(host),
    authorityFor: (host) => known.authorityFor(host),
    judge: (host, key) => {
      const byKey = known.lookupByKey(host, key);
      if (byKey === undefined) return judgeByName(host, key);
      return byKey.known === 'trusted'
        ? { accept: true, isNew: false }
        : { accept: false, failure: refuse(host, key, byKey), types: [] };
    },
    remember: (host, key) => {
      // Another session may have met the same address meanwhile, and that one's key is known by now.
      const byKey = known.lookupByKey(host, key);
      if (byKey !== undefined) return byKey.known === 'trusted' ? undefined : refuse(host, key, byKey);
      const name = nameOf(host);
      const keyType = getKeyType(key) ?? '';
      const other = known.writtenFor(name);
      if (other !== undefined) return refuse(host, key, { known: 'changed', at: other, types: [keyType] });
      if (!isWritableName(name))
        return failure(
          'host-key-unknown',
          `${name} is not a name that can be written to ${file}: write its key there by hand`,
        );
      const base64 = key.toString('base64');
      try {
        append(file, `${name} ${keyType} ${base64}`);
      } catch (thrown) {
        return failure('host-key-unknown', `${name}: its key cannot be written to ${file}: ${errorText(thrown)}`);
      }
      known.add({ file, line: 0, marker: 'none', patterns: [name], keyType, key: base64 });
      return undefined;
    },
  };
}
