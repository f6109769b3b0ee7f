import type { ReadFact } from '../../model/reading.js';
import type { ChangelogEvidence } from './status.js';
import type { Kernel } from '../release.js';
import { compareDeb } from '../versions/dpkg.js';

/** Debian signs linux 6.1.55-1 as linux-signed-amd64 6.1.55+1; the changelog is that of both. */
function debianSource(name: string, version: string): string {
  return name.startsWith('linux-signed-') ? version.replace('+', '-') : version;
}

/**
 * rpm's kernels run as their whole version, then the architecture or a flavour: 3.10.0-1160.el7.x86_64,
 * 5.14.0-70.13.1.el9_0.x86_64+rt.
 */
function beginsWith(release: string, version: string): boolean {
  return release.startsWith(version) && /^(?:$|[-+.][a-z])/.test(release.slice(version.length));
}

function isOfRunning({ vendor, release, package: running }: Kernel, name: string, version: string): boolean {
  if (vendor.id === 'debian' || vendor.id === 'ubuntu')
    return running !== undefined && compareDeb(debianSource(name, version), running.value) === 0;
  // SUSE's leave the rebuild count out: 4.12.14-122.37-default of 4.12.14-122.37.1.
  return beginsWith(release, version) || (vendor.id === 'suse' && beginsWith(release, version.replace(/\.\d+$/, '')));
}

/**
 * What the facts of the package script prove. The changelog counts only where it belongs to the kernel that runs: one
 * that was updated since is another's.
 *
 * @returns undefined where no changelog was asked for
 */
export function changelogOfHost(
  kernel: Kernel,
  read: ReadFact,
): ChangelogEvidence | { readonly unproven: string } | undefined {
  const [owner, said] = [read('kernel.package'), read('kernel.changelog')];
  if (said.state === 'unreadable' && said.cause === 'not-collected') return undefined;
  if (
    owner.state !== 'known' ||
    said.state !== 'known' ||
    typeof owner.value !== 'string' ||
    typeof said.value !== 'object' ||
    Array.isArray(said.value)
  ) {
    const why = said.state === 'unreadable' ? said : owner;
    return {
      unproven: `the changelog of its package was not searched: ${why.state === 'unreadable' ? why.detail : 'there is none'}`,
    };
  }
  const [name = '', version = ''] = owner.value.split(' ');
  if (!isOfRunning(kernel, name, version))
    return {
      unproven: `the changelog on the machine is that of ${owner.value}, and ${kernel.package?.value ?? kernel.release} runs`,
    };
  const found = new Map<string, string>();
  const notFound = new Map<string, string>();
  for (const [id, line] of Object.entries(said.value)) {
    if (line.startsWith('found: ')) found.set(id, line.slice('found: '.length));
    else if (line.startsWith('reverted: '))
      notFound.set(id, `the changelog of ${owner.value} takes the fix back: ${line.slice('reverted: '.length)}`);
    else
      notFound.set(
        id,
        `the changelog of ${owner.value} does not name the fix, which proves nothing${line.startsWith('not found, and older') ? ': older entries have been removed from it' : ''}`,
      );
  }
  return { package: owner.value, found, notFound };
}
