import type { KeyObject } from 'node:crypto';
import type { ConnectFailure } from '../../model/outcome.js';
import type { LookedUp } from '../connect/resolve.js';
import type { HostKeyJudgement } from '../host-keys/policy.js';
import type { KnownAs } from '../host-keys/known-hosts.js';
import type { LinePosition } from '../host-keys/known-hosts-line.js';
import type { KeyChoice, Route, SshSettings, Target } from '../targets/target.js';

// What a run has once, however many threads ask its hosts: the keys that were unlocked, the agent, known_hosts, name look-ups. It
// stays in the thread that opened the transports; others ask it over messages. Everything here can be sent to a thread.

/** A key that may be offered to a host: itself, as OpenSSL holds it and never as text, or where to have it signed with. */
export type LentIdentity = { readonly label: string; readonly blob: Uint8Array } & (
  | { readonly by: 'file'; readonly key: KeyObject }
  | { readonly by: 'agent'; readonly agent: number }
);

type LentIdentities =
  | { readonly ok: true; readonly identities: readonly LentIdentity[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly failure: ConnectFailure };

/** How a host's key is judged: by whom, and what is known beforehand. */
export interface LentHostKeys {
  readonly policy: number;
  readonly mode: 'strict' | 'accept-new';
  readonly files: readonly string[];
  readonly likelyTypes: readonly string[];
  readonly authority?: LinePosition;
}

/** A jump host or a set of settings has a number: it is sent to each thread once, with the first host that needs it. */
export type LentTarget = Omit<Target, 'hostKeys' | 'route' | 'settings'> & {
  readonly hostKeys: LentHostKeys;
  readonly settings: number;
  readonly route: Exclude<Route, { readonly by: 'jump' }> | { readonly by: 'jump'; readonly over: number };
  /** Why it needs the system's ssh, as far as it shows before a connection. */
  readonly need?: string;
};

/** What a thread has to know before it can read a target. */
export interface Learned {
  readonly settings: readonly (readonly [number, SshSettings])[];
  readonly hops: readonly (readonly [number, LentTarget])[];
}

/** What is asked of the thread that has it. */
export interface Lender {
  readonly judge: (policy: number, host: KnownAs, key: Uint8Array) => Promise<HostKeyJudgement>;
  readonly remember: (policy: number, host: KnownAs, key: Uint8Array) => Promise<ConnectFailure | undefined>;
  readonly holds: (policy: number, host: KnownAs) => Promise<boolean>;
  readonly keysFor: (keys: KeyChoice) => Promise<LentIdentities>;
  readonly heldForOpenssh: (keys: KeyChoice) => Promise<string | undefined>;
  readonly sign: (agent: number, blob: Uint8Array, data: Uint8Array, hash: string | undefined) => Promise<Uint8Array>;
  readonly resolve: (name: string) => Promise<LookedUp>;
}
