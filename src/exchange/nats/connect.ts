import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  errors,
  type NatsConnection,
  nkeyAuthenticator,
  type TlsOptions,
} from '@nats-io/transport-node';
import { defined } from '../../language/defined.js';
import { clean } from '../../text/clean.js';
import { ExchangeRefused } from '../exchange.js';
import { createSayer, pause, pauseMs, type Sayer } from '../patience.js';
import type { ServerAddress } from './server-address.js';

/** How to come to a NATS server, with the texts of the files that say so. */
export interface NatsAccess {
  readonly address: ServerAddress;
  /** A `.creds` file, or the seed of an nkey; undefined: the server asks for none. */
  readonly creds: string | undefined;
  /** Authorities that are trusted in place of those of Node, PEM. */
  readonly ca: string | undefined;
  /** What the server calls this connection. */
  readonly name: string;
  readonly inboxPrefix?: string;
}

function authenticator(creds: string): NonNullable<ConnectionOptions['authenticator']> {
  const bytes = Buffer.from(creds);
  if (/BEGIN NATS USER JWT/u.test(creds)) return credsAuthenticator(bytes);
  const [seed] = /^S[A-Z2-7]{57}$/mu.exec(creds) ?? [];
  if (seed === undefined) throw new ExchangeRefused('it is neither a .creds file nor the seed of an nkey (SU…)');
  return nkeyAuthenticator(Buffer.from(seed));
}

/**
 * What the client is given of TLS. It compares the certificate with the name of the server, and with `localhost` where that is
 * an address: here with what the user wrote, whichever of the servers it is.
 */
function tlsOptions({ address, ca }: NatsAccess): TlsOptions {
  const options = {
    ...defined({ ca }),
    checkServerIdentity: (_: string, certificate: PeerCertificate): Error | undefined => {
      const found = address.hosts.map((host) => checkServerIdentity(host, certificate));
      return found.includes(undefined) ? undefined : found[0];
    },
  };
  return options;
}

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof errors.AuthorizationError || thrown instanceof errors.UserAuthenticationExpiredError;
}

function wordsOf(thrown: unknown): string {
  return clean(thrown instanceof Error ? thrown.message : String(thrown), 200);
}

/** Says what becomes of the connection, until it is closed. */
async function follow(connection: NatsConnection, sayer: Sayer, where: string): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') sayer.say(`${where}: the connection was lost; it is made again`);
    else if (status.type === 'reconnect') sayer.over(`${where}: connected again`);
    else if (status.type === 'error') sayer.say(`${where}: ${wordsOf(status.error)}`);
  }
}

/**
 * Connects, and stays connected: a server that is not up yet, or goes away, is waited for.
 *
 * @throws ExchangeRefused where the server refuses the credential, or has no TLS
 */
export async function connectNats(
  access: NatsAccess,
  { signal, warn }: { readonly signal: AbortSignal; readonly warn: (sentence: string) => void },
): Promise<NatsConnection | undefined> {
  const { address, creds, name, inboxPrefix } = access;
  const where = address.servers.join(',');
  const sayer = createSayer(warn);
  const options: ConnectionOptions = {
    servers: [...address.servers],
    name,
    ...(address.tls ? { tls: tlsOptions(access) } : {}),
    // A server on this machine may know of others, and nothing would be encrypted on the way to them.
    ignoreClusterUpdates: !address.tls,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    timeout: 10_000,
    pingInterval: 20_000,
    ...(creds === undefined ? {} : { authenticator: authenticator(creds) }),
    ...defined({ inboxPrefix }),
  };
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const connection = await connect(options);
      sayer.over(`${where}: connected`);
      void follow(connection, sayer, where);
      return connection;
    } catch (thrown) {
      if (isRefusal(thrown)) throw new ExchangeRefused(`${where} refuses the credential: ${wordsOf(thrown)}`);
      if (thrown instanceof Error && /server does not support 'tls'/u.test(thrown.message))
        throw new ExchangeRefused(`${where} has no TLS, and without it nothing is said to it`);
      sayer.say(`${where}: ${wordsOf(thrown)}; it is waited for`);
      await pause(pauseMs(tries), signal);
    }
  }
  return undefined;
}
