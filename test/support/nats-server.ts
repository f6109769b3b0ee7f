import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unpackedFolder } from './debian-packages.js';
import { isHere } from './debian-tool.js';
import { within } from './within.js';

/** Debian's package: unpacked, since an installed one would start a server. */
export const NATS_PACKAGE = 'nats-server';

function program(): string | undefined {
  const folder = unpackedFolder(NATS_PACKAGE);
  const file = folder === undefined ? undefined : join(folder, 'usr', 'sbin', 'nats-server');
  return file !== undefined && existsSync(file) ? file : undefined;
}

export function hasNats(): boolean {
  return program() !== undefined;
}

/** For what cannot be tested without one; in CI that is a failure. */
export function needsNats(): { readonly skip: string | false } {
  return { skip: isHere(hasNats(), 'nats-server', NATS_PACKAGE) ? false : 'nats-server is not here' };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export interface NatsServer {
  readonly port: number;
  readonly url: string;
  /** Of everything that it keeps. */
  readonly store: string;
  readonly start: () => Promise<void>;
  /** As a machine that loses its power, but for the page cache. */
  readonly kill: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Bytes of messages that came in and went out since it was started, from clients and to them. */
  readonly traffic: () => Promise<{ readonly in: number; readonly out: number }>;
  /** Reads its configuration anew. */
  readonly configure: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A real server with JetStream on a port of its own. @param more of its configuration */
export async function startNats(more = ''): Promise<NatsServer> {
  const file = program();
  if (file === undefined) throw new Error(`the Debian package ${NATS_PACKAGE} is not unpacked`);
  const folder = mkdtempSync(join(tmpdir(), 'kernward-nats-'));
  const store = join(folder, 'store');
  const port = await freePort();
  const monitor = await freePort();
  const config = join(folder, 'nats.conf');
  const write = (text: string): void =>
    writeFileSync(
      config,
      `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitor}"\njetstream: { store_dir: ${JSON.stringify(store)}, max_mem: 64MB, max_file: 256MB }\n${text}\n`,
    );
  mkdirSync(store);
  write(more);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(file, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'], env: { GOMAXPROCS: '1' } });
    let said = '';
    child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
    for (let left = within(10_000); !(await answers(port)); left -= 20) {
      if (child.exitCode !== null || left <= 0) throw new Error(`nats-server did not start: ${said}`);
      await sleep(20);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    await gone;
  };
  await start();
  return {
    port,
    url: `nats://127.0.0.1:${port}`,
    store,
    start,
    kill: () => end('SIGKILL'),
    signal: (signal) => void child?.kill(signal),
    traffic: async () => {
      const said: unknown = await (await fetch(`http://127.0.0.1:${monitor}/varz`)).json();
      return { in: Number(Reflect.get(Object(said), 'in_bytes')), out: Number(Reflect.get(Object(said), 'out_bytes')) };
    },
    configure: async (text) => {
      write(text);
      child?.kill('SIGHUP');
      await sleep(200);
    },
    close: async () => {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
