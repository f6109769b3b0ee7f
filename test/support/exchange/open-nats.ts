import assert from 'node:assert/strict';
import type { Exchange } from '../../../src/exchange/exchange.js';
import { connectNats, type NatsAccess } from '../../../src/exchange/nats/connect.js';
import { createNatsExchange } from '../../../src/exchange/nats/nats-exchange.js';
import { parseServers } from '../../../src/exchange/nats/server-address.js';

/** The exchange on a server, by a connection of its own. */
export async function openNats(
  url: string,
  more: Partial<NatsAccess> = {},
  warn: (sentence: string) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Exchange> {
  const address = parseServers(url);
  assert.ok(typeof address !== 'string');
  const connection = await connectNats(
    { address, creds: undefined, ca: undefined, name: 'test', ...more },
    { signal, warn },
  );
  assert.ok(connection !== undefined);
  return createNatsExchange(connection, warn);
}
