import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import type { HostKeyPolicy } from './policy.js';
import { loadHostKeyPolicy, loadHostKeyPolicyOf } from './load.js';

/** What ssh_config says of a host's known_hosts files. */
interface KnownHostsChoice {
  /** Undefined: the usual files. */
  readonly files: readonly string[] | undefined;
  /** Known hosts only, whatever --host-keys says. */
  readonly isStrict: boolean;
}

/**
 * Can a new key be kept in the first of the user's own files? Where it cannot, every key would be new at every run; and
 * without a file of the user's own the next one to write to would be the whole machine's.
 */
export function keepsNewKeys([file]: readonly string[]): boolean {
  return file !== undefined && canBeKept(file);
}

/** What the file is, not what it is called: a link to /dev/null keeps nothing either. */
function canBeKept(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
  } catch {
    return false; // the folder lets nobody look
  }
}

export interface HostKeyPolicies {
  readonly of: (choice: KnownHostsChoice) => HostKeyPolicy | undefined;
  /** Everything that is wrong with the files so far. */
  readonly diagnostics: () => readonly Diagnostic[];
}

/**
 * Policies by the files that they look keys up in: hosts with the same files share one, and each file is read once for
 * each set.
 *
 * @param option `--host-keys`; `file:PATH` stands above everything that ssh_config says
 */
export function createHostKeyPolicies(option: string, home: string = homedir()): HostKeyPolicies {
  const policies = new Map<string, Loaded<HostKeyPolicy>>();
  const load = ({ files, isStrict }: KnownHostsChoice): Loaded<HostKeyPolicy> => {
    if (option.startsWith('file:') || (files === undefined && !isStrict)) return loadHostKeyPolicy(option, home);
    if (files === undefined) return loadHostKeyPolicy('strict', home);
    return loadHostKeyPolicyOf(files, isStrict ? 'strict' : option === 'accept-new' ? 'accept-new' : 'strict');
  };
  return {
    of: (choice) => {
      const key = option.startsWith('file:')
        ? ''
        : JSON.stringify([choice.files, choice.isStrict && option === 'accept-new']);
      const known = policies.get(key) ?? load(choice);
      policies.set(key, known);
      return known.value;
    },
    diagnostics: () => [...policies.values()].flatMap(({ diagnostics }) => diagnostics),
  };
}
