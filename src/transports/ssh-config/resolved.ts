import type { Doubt } from './doubt.js';
import type { JumpHop } from './jump.js';

/**
 * A list of algorithms as written: `a,b` replaces the defaults, `+a` adds to them, `^a` goes before them, `-a*`
 * removes.
 */
export type AlgorithmSpec = string;

/** How the host is reached. */
export type ConfiguredRoute =
  | { readonly by: 'direct' }
  /** Over these hosts, the first of them connected to from here. Each has its own configuration. */
  | { readonly by: 'jump'; readonly hops: readonly JumpHop[] }
  /** Over the standard input and output of a shell command; tokens are expanded. */
  | { readonly by: 'command'; readonly command: string };

/** The agent to ask for keys. */
export type AgentChoice =
  /** The one of SSH_AUTH_SOCK. */
  { readonly agent: 'default' } | { readonly agent: 'none' } | { readonly agent: 'socket'; readonly path: string };

/**
 * What ssh_config says of one host. Every path is expanded; times are in seconds; an option that nothing sets has ssh's
 * default.
 */
export interface ResolvedSshConfig {
  /** The name that was asked for. */
  readonly host: string;
  /** Where to connect to. */
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly addressFamily: 'any' | 'inet' | 'inet6';
  readonly bindAddress?: string;
  readonly bindInterface?: string;
  readonly route: ConfiguredRoute;
  /** Private keys, in order; undefined where nothing names one, and ssh tries its default names. */
  readonly identityFiles?: readonly string[];
  readonly certificateFiles: readonly string[];
  /** Offer only the keys of identityFiles, those in the agent included. */
  readonly identitiesOnly: boolean;
  readonly identityAgent: AgentChoice;
  readonly pkcs11Provider?: string;
  /** Undefined: ssh's own support for FIDO keys. */
  readonly securityKeyProvider?: string;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  /** What the host's key is looked up under instead of its name; lower case. */
  readonly hostKeyAlias?: string;
  readonly strictHostKeyChecking: 'yes' | 'no' | 'ask' | 'accept-new';
  readonly checkHostIp: boolean;
  readonly noHostAuthenticationForLocalhost: boolean;
  readonly verifyHostKeyDns: 'yes' | 'no' | 'ask';
  readonly revokedHostKeys: readonly string[];
  readonly knownHostsCommand?: string;
  readonly pubkeyAuthentication: boolean;
  readonly passwordAuthentication: boolean;
  readonly kbdInteractiveAuthentication: boolean;
  readonly hostbasedAuthentication: boolean;
  readonly gssapiAuthentication: boolean;
  readonly gssapiDelegateCredentials: boolean;
  readonly preferredAuthentications?: readonly string[];
  /** Undefined: no limit but the system's. */
  readonly connectTimeoutSeconds?: number;
  readonly connectionAttempts: number;
  /** 0: never. */
  readonly serverAliveIntervalSeconds: number;
  readonly serverAliveCountMax: number;
  readonly canonicalizeHostname: 'no' | 'yes' | 'always';
  /** Algorithm lists; undefined where nothing sets one. expandAlgorithms applies one to a program's own defaults. */
  readonly ciphers?: AlgorithmSpec;
  readonly macs?: AlgorithmSpec;
  readonly kexAlgorithms?: AlgorithmSpec;
  readonly hostKeyAlgorithms?: AlgorithmSpec;
  readonly pubkeyAcceptedAlgorithms?: AlgorithmSpec;
  readonly caSignatureAlgorithms?: AlgorithmSpec;
  /** Not empty: only ssh itself can say, and everything above is a guess. Ask it (ssh-g.ts). */
  readonly undecidable: readonly Doubt[];
}
