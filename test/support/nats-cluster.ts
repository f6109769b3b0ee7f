import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { type NatsAge, natsProcess, type NatsProcess, toldOf } from './nats-server.js';
import { until } from './until.js';
import { within } from './within.js';

/** Servers that keep what they have on each of them. */
export interface NatsCluster {
  /** Of all servers. */
  readonly url: string;
  readonly told: readonly string[];
  readonly servers: readonly NatsProcess[];
  /** The one that has the word in a stream. */
  readonly leaderOf: (stream: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

async function said(monitor: number, path: string): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${monitor}/${path}`)).json();
}

function field(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => Reflect.get(Object(value), name), json);
}

/** Three real servers on loopback, which have chosen who leads. */
export async function startNatsCluster(age: NatsAge): Promise<NatsCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-cluster-'));
  const all: { readonly port: number; readonly monitor: number; readonly route: number }[] = [];
  for (let server = 0; server < 3; server += 1)
    all.push({ port: await freePort(), monitor: await freePort(), route: await freePort() });
  const routes = all.map(({ route }) => `"nats://127.0.0.1:${route}"`).join(', ');
  const servers = all.map(({ port, monitor, route }, index) => {
    const config = join(folder, `${index}.conf`);
    const store = join(folder, `store${index}`);
    mkdirSync(store);
    writeFileSync(
      config,
      `server_name: s${index}
listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitor}"
jetstream: { store_dir: ${JSON.stringify(store)}, max_mem: 64MB, max_file: 256MB }
cluster: { name: kw, listen: "127.0.0.1:${route}", routes: [${routes}] }
`,
    );
    return natsProcess(age, config, port);
  });
  const end = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
    rmSync(folder, { recursive: true, force: true });
  };
  const [first] = all;
  try {
    await Promise.all(servers.map(({ start }) => start()));
    const logs = (): readonly string[] => servers.map((server) => server.log());
    await until(
      async () => {
        const of = field(await said(first?.monitor ?? 0, 'jsz'), 'meta_cluster');
        return logs().length === 3 && typeof field(of, 'leader') === 'string' && field(of, 'cluster_size') === 3;
      },
      () => `no cluster came of three servers, which say\n${logs().join('\n')}`,
      within(60_000),
    );
  } catch (thrown) {
    await end();
    throw thrown;
  }
  return {
    url: all.map(({ port }) => `nats://127.0.0.1:${port}`).join(','),
    told: toldOf(age),
    servers,
    leaderOf: async (stream) => {
      const json = await said(first?.monitor ?? 0, 'jsz?streams=true');
      const accounts = field(json, 'account_details');
      const streams: readonly unknown[] = Array.isArray(accounts)
        ? accounts.flatMap((account) => field(account, 'stream_detail') ?? [])
        : [];
      const found = streams.find((each) => field(each, 'name') === stream);
      return Number(String(field(found, 'cluster', 'leader')).slice(1));
    },
    close: end,
  };
}
