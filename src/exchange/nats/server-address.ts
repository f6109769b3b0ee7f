import { clean } from '../../text/clean.js';

/** Servers of one cluster, and whether what is said to them is encrypted. */
export interface ServerAddress {
  /** `host:port` each. */
  readonly servers: readonly string[];
  /** What the certificate must be for: one of them. */
  readonly hosts: readonly string[];
  readonly tls: boolean;
}

const PORT = 4222;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** @returns a sentence where it is no address, or leads out of this machine without TLS */
export function parseServers(text: string): ServerAddress | string {
  const servers: string[] = [];
  const hosts: string[] = [];
  const schemes = new Set<string>();
  for (const one of text.split(',').map((each) => each.trim())) {
    const [, scheme, bracketed, bare, port] =
      /^(tls|nats):\/\/(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(one) ?? [];
    const host = bracketed ?? bare;
    if (scheme === undefined || host === undefined || Number(port ?? PORT) > 65_535)
      return `${JSON.stringify(clean(one, 100))} is no address of a NATS server: tls://HOST:${PORT}, several with commas; a credential stands in a file (--creds)`;
    if (scheme === 'nats' && !isLoopback(host))
      return `nats://${host} is without TLS, and names of hosts and their readings would be read on the way: tls://${host}; nats:// is for this machine alone`;
    schemes.add(scheme);
    hosts.push(host);
    servers.push(`${bracketed === undefined ? host : `[${host}]`}:${port ?? PORT}`);
  }
  if (schemes.size > 1) return 'one server with TLS and one without are not one cluster: say tls:// for each';
  return { servers, hosts, tls: schemes.has('tls') };
}
