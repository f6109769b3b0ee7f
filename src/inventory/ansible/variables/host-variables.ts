import { defined } from '../../../language/defined.js';
import type { Host } from '../../../model/host.js';

export type HostVariables = Readonly<Record<string, string | number | boolean | Readonly<Record<string, string>>>>;

/** One word for shlex and for ssh: what is not plainly a word stands in quotes. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

function sshArgs({ proxyJump, proxyCommand, sshOptions = [], identityFiles }: Host): string {
  return [
    ...(proxyJump === undefined ? [] : [`ProxyJump=${proxyJump}`]),
    ...(proxyCommand === undefined ? [] : [`ProxyCommand=${proxyCommand}`]),
    ...identityFiles.slice(1).map((file) => `IdentityFile=${file}`),
    ...sshOptions,
  ]
    .map((option) => `-o ${quoted(option)}`)
    .join(' ');
}

/**
 * A host in the variables by which Ansible, and kernward again, reach it. What the inventory does not say is not among
 * them.
 */
export function hostVariables(host: Host): HostVariables {
  const { name, address, port, user, identityFiles, transport, become, profile, labels, recording } = host;
  const args = sshArgs(host);
  return {
    ...(address === name ? {} : { ansible_host: address }),
    ...defined({ ansible_port: port, ansible_user: user, ansible_ssh_private_key_file: identityFiles[0] }),
    ...(args === '' ? {} : { ansible_ssh_common_args: args }),
    ...(transport === 'local' ? { ansible_connection: 'local' } : {}),
    ...(transport === 'auto' || transport === 'local' ? {} : { kernward_transport: transport }),
    ...(become === undefined ? {} : { ansible_become: true, ansible_become_method: become }),
    ...defined({ kernward_profile: profile }),
    ...(Object.keys(labels).length === 0 ? {} : { kernward_labels: labels }),
    ...defined({ kernward_recording: recording }),
  };
}
