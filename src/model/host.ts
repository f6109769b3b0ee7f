import type { Position } from './diagnostic.js';

export type HostId = string;

/** `auto`: ssh2, or openssh where the host needs what ssh2 lacks. */
export const TRANSPORT_NAMES = ['auto', 'ssh2', 'openssh', 'local', 'recorded'] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];
/** What a host is really reached by. */
export type UsedTransport = Exclude<TransportName, 'auto'>;

/** One machine of the inventory, with everything that was inherited already resolved. */
export interface Host {
  /** The name in the inventory; unique. */
  readonly name: HostId;
  /** Where to connect to; the name where the inventory does not say. */
  readonly address: string;
  /** Undefined: the inventory does not say; then ssh_config does, or it is 22. */
  readonly port?: number;
  /** Undefined: the inventory does not say; then `-u`, ssh_config, or the user who runs kernward. */
  readonly user?: string;
  /** Private key files to offer, in order; empty: those of ssh_config, or the agent and the default identities. */
  readonly identityFiles: readonly string[];
  /** Name of the profile that the inventory gives the host; undefined: the run's default. */
  readonly profile?: string;
  /** Every group the host is in, inherited ones too, sorted. `all` is not among them. */
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly transport: TransportName;
  /**
   * Jump hosts as in ssh_config's ProxyJump, `none` for no jump whatever ssh_config says; undefined: as ssh_config
   * says.
   */
  readonly proxyJump?: string;
  /**
   * A program and its arguments in place of a connection, with ssh's tokens (`%h`, `%p`, `%r`, `%n`); no shell reads
   * it. `none`: no command whatever ssh_config says.
   */
  readonly proxyCommand?: string;
  /** Options as after ssh's `-o`, `Keyword=value`; they go before ssh_config. None of them runs or loads a program. */
  readonly sshOptions?: readonly string[];
  /** How the facts that only root may read are read; undefined: not at all, unless root logs in. */
  readonly become?: 'sudo';
  /** For the `recorded` transport: the file with the saved probe output. */
  readonly recording?: string;
  /** Where the inventory defines it. */
  readonly at: Position;
}
