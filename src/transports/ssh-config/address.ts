import { isIPv4, isIPv6 } from 'node:net';
import { lowerAscii } from './parse/lexer.js';

export type HostForm =
  /** A name: ssh lowercases it. */
  | { readonly is: 'name' }
  /** An address, or what can only be one, in the form in which ssh connects to it. */
  | { readonly is: 'address'; readonly text: string }
  /** A form that the C library reads in its own way: `127.1`, `0x7f.1`, `fe80::1%eth0`, `::ffff:1.2.3.4`. */
  | { readonly is: 'unsure' };

const UNSURE: HostForm = { is: 'unsure' };

/** 1 to 4 numbers, octal and hexadecimal ones among them: inet_aton(3) may read it. */
const OLD_IPV4 = /^(?:0x[\da-f]*|\d+)(?:\.(?:0x[\da-f]*|\d+)){0,3}$/i;

function ipv6(host: string, family: string): HostForm {
  if (!isIPv6(host) || family === 'inet') return { is: 'address', text: host };
  if (host.includes('.') || /^(?:0*:)*:?(?:0*:)*(?:ffff:)?[\da-f]+:[\da-f]+$/i.test(host)) return UNSURE;
  const canonical = new URL(`http://[${host}]/`).hostname.slice(1, -1);
  // ssh keeps the spelling where only letters' case differs.
  return { is: 'address', text: lowerAscii(host) === canonical ? host : canonical };
}

/** @see is_addr and resolve_canonicalize, ssh.c, OpenSSH 9.2 */
export function formOfHost(host: string, family = 'any'): HostForm {
  if (host.includes(':')) return host.includes('%') ? UNSURE : ipv6(host, family);
  if (host.includes('%')) return { is: 'address', text: host };
  if (OLD_IPV4.test(host)) return isIPv4(host) ? { is: 'address', text: host } : UNSURE;
  return /^[\d.]*$/.test(host) ? { is: 'address', text: host } : { is: 'name' };
}
