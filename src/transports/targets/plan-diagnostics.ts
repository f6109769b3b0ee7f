import type { Diagnostic } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { keepsNewKeys } from '../host-keys/policies-by-files.js';
import type { ResolvedSshConfig } from '../ssh-config/resolved.js';

export interface PlanNotes {
  /** Adds a problem of this host, and perhaps of others: it is reported once. */
  readonly problem: (diagnostic: Diagnostic, host: Host) => void;
  /** Remembers what ssh_config says of a host that kernward does not do. */
  readonly examine: (config: ResolvedSshConfig, name: string) => void;
  readonly diagnostics: () => readonly Diagnostic[];
}

interface Reported {
  readonly diagnostic: Diagnostic;
  hosts: number;
}

/** What is not done, reported once with the number of the hosts. */
interface Unsupported {
  readonly code: string;
  readonly option: (config: ResolvedSshConfig, acceptsNew: boolean) => string | undefined;
  readonly why: string;
  readonly help: string;
}

const UNHEEDED: readonly Unsupported[] = [
  {
    code: 'ssh-config/host-key-checking',
    option: ({ strictHostKeyChecking: checking }, acceptsNew) =>
      checking === 'no' || (checking === 'accept-new' && !acceptsNew) ? `StrictHostKeyChecking ${checking}` : undefined,
    why: 'is not followed: a host key that is not known is refused',
    help: 'write the keys of these hosts to a known_hosts file, or accept new ones for this run with --host-keys accept-new; a changed key is always refused',
  },
  {
    code: 'ssh-config/host-keys-not-kept',
    option: ({ userKnownHostsFiles: files }, acceptsNew) =>
      acceptsNew && !keepsNewKeys(files) ? `UserKnownHostsFile ${files[0] ?? 'none'}` : undefined,
    why: 'keeps no key: --host-keys accept-new does not hold there, and a host key that is not known is refused',
    help: 'name a file that can be written to, in which a key that changes is noticed',
  },
  {
    code: 'ssh-config/unheeded',
    option: ({ knownHostsCommand }) => (knownHostsCommand === undefined ? undefined : 'KnownHostsCommand'),
    why: 'is not followed: keys are looked up in files only',
    help: 'write the keys that the command prints to a file, and name it with UserKnownHostsFile',
  },
];

const MOST = 50;

export function createPlanNotes(acceptsNew: boolean): PlanNotes {
  const problems = new Map<string, Reported>();
  const unheeded = new Map<
    Unsupported,
    { readonly option: string; readonly first: string; readonly names: Set<string> }
  >();
  return {
    problem: (diagnostic, host) => {
      const placed: Diagnostic =
        diagnostic.at === undefined
          ? { ...diagnostic, at: host.at, message: clean(`${host.name}: ${diagnostic.message}`, 400) }
          : diagnostic;
      const key = JSON.stringify([diagnostic.code, diagnostic.message, diagnostic.at]);
      const known = problems.get(key);
      if (known === undefined) problems.set(key, { diagnostic: placed, hosts: 1 });
      else known.hosts += 1;
    },
    examine: (config, name) => {
      for (const rule of UNHEEDED) {
        const option = rule.option(config, acceptsNew);
        if (option === undefined) continue;
        const known = unheeded.get(rule) ?? { option, first: name, names: new Set<string>() };
        unheeded.set(rule, known);
        known.names.add(name);
      }
    },
    diagnostics: () => {
      const reported = [...problems.values()].map(({ diagnostic, hosts }) =>
        hosts === 1
          ? diagnostic
          : { ...diagnostic, message: `${diagnostic.message} (and for ${count(hosts - 1, 'more host')})` },
      );
      const rest: Diagnostic[] =
        reported.length <= MOST
          ? []
          : [
              {
                code: 'ssh-config/more',
                severity: 'error',
                message: `${reported.length - MOST} more mistakes like these are left out`,
              },
            ];
      const warnings = [...unheeded].map(([{ code, why, help }, { option, first, names }]): Diagnostic => ({
        code,
        severity: 'warning',
        message: clean(
          `${option} of ssh_config for ${first}${names.size === 1 ? '' : ` (and ${count(names.size - 1, 'more host')})`} ${why}`,
          400,
        ),
        help,
      }));
      return [...reported.slice(0, MOST), ...rest, ...warnings];
    },
  };
}
