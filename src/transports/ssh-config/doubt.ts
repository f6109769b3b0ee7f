import type { Position } from '../../model/diagnostic.js';

/**
 * Why only ssh itself can say what a host's configuration is: it runs something, asks DNS, or differs between releases
 * of OpenSSH. docs/reference/ssh-config.md has a line for each.
 */
export const DOUBTS = [
  'match-exec',
  'match-criterion',
  'match-syntax',
  'match-not-final',
  'canonicalize-hostname',
  'unknown-keyword',
  'service-name',
  'token',
  'include-token',
  'home-of-another',
  'proxy-jump-syntax',
  'proxy-command-after-jump-none',
  'revoked-host-keys',
  'address-form',
] as const;

type DoubtReason = (typeof DOUBTS)[number];

export interface Doubt {
  readonly reason: DoubtReason;
  /** What was met, for a message. */
  readonly detail: string;
  readonly at?: Position;
}
