import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Host } from '../../model/host.js';
import { clean } from '../../text/clean.js';
import type { Target, TargetOf } from './target.js';

/** Whether an address is in one of these networks: `10.0.0.0/8`, `fd00::/8`. */
export function networksOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Where hosts lead, all of them within the networks; or whom that leaves out, and why. */
export type Within =
  | { readonly ok: true; readonly targetOf: TargetOf }
  | { readonly ok: false; readonly outside: readonly string[] };

async function addressesOf(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

/**
 * Looks where hosts lead, and pins each name to the address that was looked at: who answers for the name could send the
 * connection somewhere else a moment later. What stands on the way, jump hosts, is the worker's own and may be anywhere.
 */
export async function withinNetworks(
  hosts: readonly Host[],
  targetOf: TargetOf,
  networks: readonly string[],
): Promise<Within> {
  const isWithin = networksOf(networks);
  const outside: string[] = [];
  const pinned = new Map<string, Target>();
  for (const host of hosts) {
    const target = targetOf(host);
    const isAddress = isIP(target.address) !== 0;
    const addresses = isAddress ? [target.address] : await addressesOf(target.address);
    const found = addresses.find(isWithin);
    if (found === undefined)
      outside.push(
        clean(
          `${host.name}: ${target.address}${isAddress ? '' : ` (${addresses.join(', ') || 'no address'})`} is in none of the networks`,
          300,
        ),
      );
    else pinned.set(host.name, isAddress ? target : { ...target, address: found });
  }
  return outside.length > 0
    ? { ok: false, outside }
    : { ok: true, targetOf: (host) => pinned.get(host.name) ?? targetOf(host) };
}
