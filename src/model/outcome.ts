import type { HostId, UsedTransport } from './host.js';
import type { Readings } from './reading.js';

/** Why no readings could be had from a host. Each has a paragraph in docs/reference/failures.md. */
export const CONNECT_FAILURES = [
  'name-not-resolved',
  'refused',
  'network-unreachable',
  'connect-timed-out',
  'jump-host-failed',
  'handshake-failed',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'authentication-failed',
  'authentication-timed-out',
  'identity-unusable',
  'disconnected',
  'probe-timed-out',
  'host-timed-out',
  'output-too-large',
  'no-probe-output',
  'collector-protocol',
  'recording-unusable',
  'interrupted',
  'run-deadline',
  'shard-missing',
  'thread-lost',
  'internal',
] as const;
export type ConnectFailureCode = (typeof CONNECT_FAILURES)[number];

export interface ConnectFailure {
  readonly code: ConnectFailureCode;
  /** One line for a person, free of control characters: what happened, where, and the way out if there is one. */
  readonly detail: string;
}

/** How a host was reached, or was to be: what the inventory, ssh_config and the options of the run come to. */
export interface Connection {
  readonly address: string;
  readonly port: number;
  readonly transport: UsedTransport;
  /** Why not ssh2, where the choice was kernward's. */
  readonly transportReason?: string;
  /** The jump hosts, `user@address:port` each, the first connected to from here; not there where there is none. */
  readonly via?: readonly string[];
}

/** The collector that is installed on a host and answered there as a forced command. */
export interface Collector {
  readonly protocol: number;
  /** The digest of its file; missing where the host has no sha256sum. */
  readonly sha256?: string;
  /** It is not the one that this kernward prints, or may not be: some facts may be `not-collected`. */
  readonly differs: boolean;
}

interface AttemptInfo {
  readonly host: HostId;
  readonly tookMs: number;
  /** How often the host was asked; not there where once was enough. */
  readonly attempts?: number;
  /** The run that asked, where it was an earlier one. */
  readonly fromRun?: string;
  /** Not there where nobody came so far as to know. */
  readonly reach?: Connection;
}

export type HostOutcome =
  | (AttemptInfo & { readonly reached: true; readonly readings: Readings; readonly collector?: Collector })
  | (AttemptInfo & { readonly reached: false; readonly failure: ConnectFailure });

/** How the one command on a host ended. `stdout` is bytes as they came, cut at the cap; decoding is the parser's. */
export type RunOutcome =
  /** `status` undefined: the server closed the channel without saying one. */
  | {
      readonly ended: 'exited';
      readonly status: number | undefined;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
    }
  | { readonly ended: 'timed-out'; readonly afterMs: number; readonly stdout: Uint8Array; readonly stderr: Uint8Array }
  | {
      readonly ended: 'output-too-large';
      readonly limitBytes: number;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
    }
  /** `code`: where it was not the host, but the way to it. */
  | {
      readonly ended: 'disconnected';
      readonly code?: 'jump-host-failed';
      readonly detail: string;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
    };
