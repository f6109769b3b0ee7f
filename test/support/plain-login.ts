import ssh2, { type Client, type ConnectConfig, type Connection } from 'ssh2';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { startSimulatedHost, type SimulatedHostOptions } from '../../src/demo/simulated-fleet.js';

export interface PlainLogin {
  readonly client: Client;
  readonly end: () => Promise<void>;
}

export interface PlainLoginOptions extends Pick<SimulatedHostOptions, 'respond'> {
  readonly onConnection?: (connection: Connection) => void;
  readonly algorithms?: NonNullable<ConnectConfig['algorithms']>;
  /** What is done to the client before a word has come. */
  readonly prepare?: (client: Client) => void;
}

/** A client of ssh2 alone that has logged in to a simulated host. @throws why it could not */
export async function plainLogin({
  respond,
  onConnection = () => undefined,
  algorithms = {},
  prepare = () => undefined,
}: PlainLoginOptions): Promise<PlainLogin> {
  const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond,
    onConnection,
  });
  const client = new ssh2.Client();
  const end = async (): Promise<void> => {
    client.destroy();
    await host.close();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject).on('ready', resolve);
      client.connect({
        host: '127.0.0.1',
        port: host.port,
        username: 'audit',
        privateKey: key.private,
        hostVerifier: () => true,
        algorithms,
      });
      prepare(client);
    });
  } catch (thrown) {
    await end();
    throw thrown;
  }
  return { client, end };
}
