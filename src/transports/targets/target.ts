import { userInfo } from 'node:os';
import type { Host } from '../../model/host.js';
import type { HostKeyPolicy } from '../host-keys/policy.js';
import type { KnownAs } from '../host-keys/known-hosts.js';
import type { AgentChoice, AlgorithmSpec } from '../ssh-config/resolved.js';

/** The keys that a host may be offered. */
export interface KeyChoice {
  /** In order; none: the agent's, and the default ones. */
  readonly files: readonly string[];
  /** Offer no key of the agent but those of the files. */
  readonly isOnly: boolean;
  readonly agent: AgentChoice;
}

/** What ssh_config says of a connection besides where it leads. Hosts that have the same share it. */
export interface SshSettings {
  readonly keys: KeyChoice;
  readonly addressFamily: 'any' | 'inet' | 'inet6';
  readonly bindAddress?: string;
  readonly bindInterface?: string;
  readonly certificateFiles: readonly string[];
  readonly pkcs11Provider?: string;
  readonly securityKeyProvider?: string;
  readonly revokedHostKeys: readonly string[];
  readonly gssapi: boolean;
  readonly gssapiDelegate: boolean;
  readonly hostbased: boolean;
  readonly pubkey: boolean;
  readonly preferredAuthentications?: readonly string[];
  readonly serverAliveIntervalSeconds: number;
  readonly serverAliveCountMax: number;
  /** Lists of algorithms as ssh_config writes them; only those that are set. */
  readonly algorithms: Readonly<Partial<Record<AlgorithmOption, AlgorithmSpec>>>;
}

/** ssh's own names of the lists. */
export const ALGORITHM_OPTIONS = [
  'Ciphers',
  'MACs',
  'KexAlgorithms',
  'HostKeyAlgorithms',
  'PubkeyAcceptedAlgorithms',
  'CASignatureAlgorithms',
] as const;
export type AlgorithmOption = (typeof ALGORITHM_OPTIONS)[number];

/** How the host is reached. */
export type Route =
  | { readonly by: 'direct' }
  /** Over another host, which may be reached over yet another. */
  | { readonly by: 'jump'; readonly over: Target }
  /** A program of the inventory: words, which no shell reads. */
  | { readonly by: 'program'; readonly words: readonly string[] }
  /** The ProxyCommand of an ssh_config, the user's own: a line for the user's shell, as in ssh. */
  | { readonly by: 'command'; readonly line: string };

/** One end of a connection, a host or a jump host, with everything decided that is needed to make it. */
export interface Target {
  /** For messages: what the inventory or a ProxyJump calls it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly knownAs: KnownAs;
  readonly hostKeys: HostKeyPolicy;
  /** TCP connection, banner and key exchange. */
  readonly connectTimeoutMs: number;
  readonly settings: SshSettings;
  readonly route: Route;
}

/** Gives a host's target; there is one for every host that a transport is asked to open. */
export type TargetOf = (host: Host) => Target;

export function formatAddress({ address, port }: Pick<Target, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `user@address:port`, as messages name it. */
export function formatTarget(target: Pick<Target, 'user' | 'address' | 'port'>): string {
  return `${target.user}@${formatAddress(target)}`;
}

/** The jump hosts on the way, the first of them connected to from here. */
export function jumpHosts({ route }: Target): readonly Target[] {
  return route.by === 'jump' ? [...jumpHosts(route.over), route.over] : [];
}

export const SSH_PORT = 22;

export const PLAIN_SETTINGS: SshSettings = {
  keys: { files: [], isOnly: false, agent: { agent: 'default' } },
  addressFamily: 'any',
  certificateFiles: [],
  revokedHostKeys: [],
  gssapi: false,
  gssapiDelegate: false,
  hostbased: false,
  pubkey: true,
  serverAliveIntervalSeconds: 0,
  serverAliveCountMax: 3,
  algorithms: {},
};

export interface PlainTargetOptions {
  readonly hostKeys: HostKeyPolicy;
  /** TCP connection, banner and key exchange. */
  readonly connectTimeoutMs: number;
  /** For hosts whose inventory names no user; the user who runs kernward where not given. */
  readonly user?: string;
  /** For hosts whose inventory names no identity file; none: the agent and the default ones. */
  readonly identityFiles?: readonly string[];
}

/** What the inventory alone says of its hosts: a direct connection, without a word of ssh_config. */
export function plainTargets({
  hostKeys,
  connectTimeoutMs,
  user = userInfo().username,
  identityFiles = [],
}: PlainTargetOptions): TargetOf {
  return (host) => {
    const { name, address, port = SSH_PORT } = host;
    const files = host.identityFiles.length > 0 ? host.identityFiles : identityFiles;
    return {
      name,
      address,
      port,
      user: host.user ?? user,
      knownAs: { names: [...new Set([address, name])], port },
      hostKeys,
      connectTimeoutMs,
      settings:
        files.length === 0
          ? PLAIN_SETTINGS
          : { ...PLAIN_SETTINGS, keys: { ...PLAIN_SETTINGS.keys, files, isOnly: true } },
      route: { by: 'direct' },
    };
  };
}
