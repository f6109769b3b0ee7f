/**
 * What the options of a run say of connecting over SSH. The inventory's word stands above it, and it above ssh_config.
 */
export interface ConnectTerms {
  /** Login where the inventory names none; undefined: as ssh_config says, or the user who runs kernward. */
  readonly user: string | undefined;
  /** Private keys where the inventory names none; none: those of ssh_config, the agent, `~/.ssh/id_*`. */
  readonly identityFiles: readonly string[];
  /** `strict`, `accept-new`, or `file:PATH` for another known_hosts. */
  readonly hostKeys: string;
  /** ssh_config to read, or `none`; undefined: `~/.ssh/config` and `/etc/ssh/ssh_config`. */
  readonly sshConfig: string | undefined;
  /** For the TCP connection and the key exchange; undefined: as ssh_config says, or CONNECT_TIMEOUT_MS. */
  readonly connectTimeoutMs: number | undefined;
  readonly authTimeoutMs: number;
  /** Nothing that the inventory or ssh_config names is run on the way: proxy commands and Match exec are errors. */
  readonly isExecRefused: boolean;
}

/** Where neither the options nor ssh_config say otherwise; in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Where the options say nothing. */
export const CONNECT_TERMS: ConnectTerms = {
  user: undefined,
  identityFiles: [],
  hostKeys: 'strict',
  sshConfig: undefined,
  connectTimeoutMs: undefined,
  authTimeoutMs: 15_000,
  isExecRefused: false,
};
