import { right, toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import type { Profile } from '../policy.js';

function claims({ labels }: Profile, host: Host): boolean {
  const wanted = Object.entries(labels);
  return (
    wanted.length > 0 &&
    wanted.every(([name, value]) => Object.hasOwn(host.labels, name) && host.labels[name] === value)
  );
}

function inWords({ id, labels }: Profile): string {
  return `${id} (${Object.entries(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')})`;
}

function conflict(host: Host, message: string): Diagnostic {
  return {
    code: 'profile/conflict',
    severity: 'error',
    message,
    at: host.at,
    help: 'give the host one of them with profile: in the inventory and take away the label, or change labels: in the profile',
  };
}

/**
 * Hosts with the profile that their labels give them, where the inventory gives them none. Two profiles that claim one
 * host, and a label that asks for another profile than the inventory gives, are errors: neither is the stronger one.
 */
export function withProfilesOfLabels(hosts: readonly Host[], profiles: Iterable<Profile>): Loaded<readonly Host[]> {
  const claiming = [...profiles].filter(({ labels }) => Object.keys(labels).length > 0);
  if (claiming.length === 0) return right(hosts);
  const diagnostics: Diagnostic[] = [];
  const value = hosts.map((host) => {
    const found = claiming.filter((profile) => claims(profile, host));
    const [first] = found;
    if (first === undefined) return host;
    if (host.profile !== undefined && found.some(({ id }) => id !== host.profile))
      diagnostics.push(
        conflict(
          host,
          `the inventory gives ${host.name} the profile ${host.profile}, and its labels ask for ${found.map(inWords).join(' and ')}`,
        ),
      );
    else if (found.length > 1)
      diagnostics.push(conflict(host, `the labels of ${host.name} ask for ${found.map(inWords).join(' and ')}`));
    return { ...host, profile: host.profile ?? first.id };
  });
  return toLoaded(value, diagnostics);
}
