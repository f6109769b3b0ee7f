import type { Position } from './diagnostic.js';

export type HostId = string;

export const TRANSPORT_NAMES = ['ssh2', 'openssh', 'local', 'recorded'] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];

/** One machine of the inventory, with everything that was inherited already resolved. */
export interface Host {
  /** The name in the inventory; unique. */
  readonly name: HostId;
  /** Where to connect to; the name where the inventory does not say. */
  readonly address: string;
  readonly port: number;
  /** Undefined: the user who runs kernward. */
  readonly user?: string;
  /** Private key files to offer, in order; empty: the agent and the default identities. */
  readonly identityFiles: readonly string[];
  /** Name of the profile that the inventory gives the host; undefined: the run's default. */
  readonly profile?: string;
  /** Every group the host is in, inherited ones too, sorted. `all` is not among them. */
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly transport: TransportName;
  /** For the `recorded` transport: the file with the saved probe output. */
  readonly recording?: string;
  /** Where the inventory defines it. */
  readonly at: Position;
}
