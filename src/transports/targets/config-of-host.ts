import pLimit from 'p-limit';
import type { Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import type { SshConfig } from '../ssh-config/parse/directive.js';
import type { LocalUser } from '../ssh-config/expand.js';
import { readHops, type JumpHop } from '../ssh-config/jump.js';
import { parseSshOptions } from '../ssh-config/parse/parse.js';
import type { ResolvedSshConfig } from '../ssh-config/resolved.js';
import { resolveSshConfig, type SshQuery } from '../ssh-config/resolve.js';
import type { AskSsh, SshGQuery } from '../ssh-config/ssh-g/ssh-g.js';
import { defined } from '../../language/defined.js';
import { memoize } from '../../language/memoize.js';

/** ssh -G at the same time: each is a process. */
const ASKED_AT_ONCE = 8;

export interface ConfigSource {
  readonly config: SshConfig;
  readonly local: LocalUser;
  /** For what only ssh itself can say. */
  readonly ask: AskSsh;
}

export interface ConfigOf {
  readonly host: (host: Host, user: string | undefined) => Promise<Loaded<ResolvedSshConfig>>;
  /** @param before the hosts before it in the same ProxyJump, which are its own jump hosts */
  readonly hop: (hop: JumpHop, before: readonly JumpHop[]) => Promise<Loaded<ResolvedSshConfig>>;
}

function hopText({ user, host, port }: JumpHop): string {
  return `${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`;
}

function isEmpty({ files }: SshConfig): boolean {
  return files.every(({ directives }) => directives.length === 0);
}

/** The jump hosts of the inventory, which has checked their form. */
function hopsOf(proxyJump: string | undefined): readonly JumpHop[] | undefined {
  if (proxyJump === undefined || proxyJump.toLowerCase() === 'none') return undefined;
  const read = readHops(proxyJump);
  return read.jump === 'hops' ? read.hops : undefined;
}

/**
 * What ssh_config says of hosts, as if `ssh ADDRESS` were called with what the inventory says. Our own resolver
 * answers; where it cannot, ssh is asked, a few at a time, and the same question only once.
 */
export function createConfigOf({ config, local, ask }: ConfigSource): ConfigOf {
  const limit = pLimit(ASKED_AT_ONCE);
  const nothing = isEmpty(config);

  const askOnce = memoize(
    (query: SshGQuery): Promise<Loaded<ResolvedSshConfig>> => limit(() => ask(query)),
    JSON.stringify,
  );

  const resolved = (
    query: SshQuery,
    toSsh: SshGQuery,
  ): Loaded<ResolvedSshConfig> | Promise<Loaded<ResolvedSshConfig>> => {
    const own = resolveSshConfig(config, query, local);
    const doubts = own.value?.undecidable ?? [];
    // How an address is spelt decides nothing where no file asks for it.
    const isDecided = doubts.length === 0 || (nothing && doubts.every(({ reason }) => reason === 'address-form'));
    return isDecided ? own : askOnce(toSsh);
  };

  return {
    host: async (host, user) => {
      const { address, port, sshOptions = [], proxyJump } = host;
      const options = sshOptions.length === 0 ? undefined : parseSshOptions(sshOptions, host.at.file, local);
      if (options !== undefined && options.value === undefined)
        return {
          value: undefined,
          diagnostics: options.diagnostics.map(({ code, severity, message }) => ({
            code,
            severity,
            message: `${host.name}: ${message}`,
            at: host.at,
          })),
        };
      const jump = hopsOf(proxyJump);
      const common = {
        host: address,
        ...defined({ user, port }),
      };
      const query: SshQuery = {
        ...common,
        ...defined({ jump, options: options?.value }),
      };
      const toSsh: SshGQuery = {
        ...common,
        ...defined({ jump: jump?.map(hopText).join(',') }),
        ...(sshOptions.length === 0 ? {} : { options: sshOptions }),
      };
      return resolved(query, toSsh);
    },
    hop: async ({ host, user, port }, before) => {
      const common = { host, ...defined({ user, port }) };
      const query: SshQuery = { ...common, ...(before.length === 0 ? {} : { jump: before }) };
      return resolved(query, { ...common, ...(before.length === 0 ? {} : { jump: before.map(hopText).join(',') }) });
    },
  };
}
