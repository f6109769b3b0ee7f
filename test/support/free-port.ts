import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** From here on a user may listen, and few servers do by default. */
const LOWEST = 10_240;
const ENOUGH = 5000;
const RANGE = '/proc/sys/net/ipv4/ip_local_port_range';

const taken = new Set<number>();

/** Below the ports that the kernel gives to a connection, or to a server that asks for any (ip(7)), where that leaves room. */
function end(): number {
  const [first = ''] = readFileSync(RANGE, 'utf8').trim().split(/\s+/u);
  return Number(first) > LOWEST + ENOUGH ? Number(first) : 65_536;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/**
 * A port of the loopback interface where nobody listens and which the kernel gives to nobody else: one that it would give away
 * was free a moment ago, and in the next it is that of a connection of a test beside this one. Never the same twice.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, end());
    if (!taken.has(port) && (await isFree(port))) {
      taken.add(port);
      return port;
    }
  }
}
