import { defined } from '../../language/defined.js';
import { type Exchange, ExchangeRefused } from '../../exchange/exchange.js';
import { parseServers } from '../../exchange/nats/server-address.js';
import { whyTooOld } from '../../exchange/nats/server-version.js';
import { readTextFile } from '../../transports/read-file.js';
import type { NatsOptions } from '../options/nats.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { warn } from './open-world.js';

const MAX_FILE_BYTES = 1024 * 1024;

function textOf(what: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readTextFile(file, MAX_FILE_BYTES);
  } catch (thrown) {
    return usage(`${what} ${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/**
 * Connects to the server that the options name, and waits until there is one.
 *
 * @throws Stop where it cannot be trusted, or does not trust us; and where the signal aborts before
 */
export async function openExchange(
  { nats, creds, natsCa, allowOldServer }: NatsOptions,
  { name, inboxPrefix, signal }: { readonly name: string; readonly inboxPrefix?: string; readonly signal: AbortSignal },
): Promise<Exchange> {
  if (nats === undefined) return usage('no server: --nats tls://HOST:4222');
  const address = parseServers(nats);
  if (typeof address === 'string') return usage(`--nats: ${address}`);
  const access = {
    address,
    creds: textOf('--creds', creds),
    ca: textOf('--nats-ca', natsCa),
    name,
    ...defined({ inboxPrefix }),
  };
  // Its client is loaded by those who need it alone.
  const { connectNats, createNatsExchange } = await import('../../exchange/nats/index.js');
  try {
    const connection = await connectNats(access, { signal, warn });
    if (connection === undefined) throw new Stop(EXIT.interrupted);
    const tooOld = whyTooOld(connection.info?.version ?? '');
    if (tooOld !== undefined && allowOldServer !== true) {
      await connection.close();
      return usage(tooOld);
    }
    return createNatsExchange(connection, warn);
  } catch (thrown) {
    if (thrown instanceof ExchangeRefused) return usage(`--nats: ${thrown.message}`);
    throw thrown;
  }
}
