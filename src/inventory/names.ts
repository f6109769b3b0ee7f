/** Safe as a host name, as a file name and as an argument of ssh: no leading hyphen, no white space, no quoting. */
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$/;
const ZONE = /^[A-Za-z0-9_.-]{1,64}$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

export function isHostName(name: string): boolean {
  return HOST_NAME.test(name);
}

/** How many of the eight 16-bit parts a run of them fills, `undefined` where it is none; IPv4 at the end counts two. */
function partCount(run: string, mayEndInIpv4: boolean): number | undefined {
  if (run === '') return 0;
  const parts = run.split(':');
  let count = 0;
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) count += 1;
    else if (mayEndInIpv4 && index === parts.length - 1 && IPV4.test(part)) count += 2;
    else return undefined;
  }
  return count;
}

/**
 * An IPv6 address as RFC 4291 section 2.2 writes it, with a zone if need be (`fe80::1%eth0`), without brackets.
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2
 */
export function isIpv6(text: string): boolean {
  const [address = '', zone, ...more] = text.split('%');
  if (more.length > 0 || (zone !== undefined && !ZONE.test(zone)) || !address.includes(':')) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const [head = '', tail] = halves;
  const headCount = partCount(head, tail === undefined);
  const tailCount = tail === undefined ? 0 : partCount(tail, true);
  if (headCount === undefined || tailCount === undefined) return false;
  return tail === undefined ? headCount === 8 : headCount + tailCount <= 7;
}

/** A dot at the end says that a name is whole, and that no search domain is to be tried. */
export function isAddress(text: string): boolean {
  return isHostName(text.endsWith('.') ? text.slice(0, -1) : text) || isIpv6(text);
}

/** The way out for an address that is none. */
export function addressHelp(text: string): string {
  if (/^\[.*\]/.test(text)) return 'an IPv6 address stands without brackets, and the port in its own field: port';
  if (text.includes('@')) return 'the name to log in with stands in its own field: user';
  if (/^[^:]+:\d+$/.test(text)) return 'the port stands in its own field: port';
  if (text.includes('://')) return 'only the name or the address, without a scheme';
  return 'a name, an IPv4 or an IPv6 address: letters, digits and . - _ :';
}
