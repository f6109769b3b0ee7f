import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { extract, fillOnce, unpackedFolder } from './debian-packages.js';
import { aptOf } from './debian-suites.js';
import { isHere } from './debian-tool.js';
import { freePort } from './free-port.js';
import { until } from './until.js';
import { within } from './within.js';

/** Debian's package: unpacked, since an installed one would start a server. */
export const NATS_PACKAGE = 'nats-server';
/** Debian 12 has one that kernward refuses unless told, and the release after it one that it takes. */
export type NatsAge = 'old' | 'new';
const RELEASE_WITH_NEW = 'trixie';
const FOLDERS: Readonly<Record<NatsAge, string>> = { old: NATS_PACKAGE, new: `${NATS_PACKAGE}-${RELEASE_WITH_NEW}` };
const PROGRAM = join('usr', 'sbin', 'nats-server');

function program(age: NatsAge): string | undefined {
  const folder = unpackedFolder(FOLDERS[age]);
  const file = folder === undefined ? undefined : join(folder, PROGRAM);
  return file !== undefined && existsSync(file) ? file : undefined;
}

export function hasNats(age: NatsAge): boolean {
  return program(age) !== undefined;
}

/** For the set-up of the tests. @throws where it cannot be had */
export function fetchNewNats(): void {
  fillOnce(
    FOLDERS.new,
    (folder) => existsSync(join(folder, PROGRAM)),
    (folder) => extract([NATS_PACKAGE], folder, aptOf(RELEASE_WITH_NEW)),
  );
}

/** For what cannot be tested without one; in CI that is a failure. */
export function needsNats(age: NatsAge = 'new'): { readonly skip: string | false } {
  const found = isHere(hasNats(age), `nats-server (${FOLDERS[age]})`, NATS_PACKAGE);
  return { skip: found ? false : 'nats-server is not here' };
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
  /** What commands must be told of it beside its address. */
  readonly told: readonly string[];
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

export interface NatsProcess {
  readonly start: () => Promise<void>;
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** What it has said since it was started. @throws where it has ended by itself */
  readonly log: () => string;
}

/** A server that is not started yet. @param port where it listens, by its configuration */
export function natsProcess(age: NatsAge, config: string, port: number): NatsProcess {
  const file = program(age);
  if (file === undefined) throw new Error(`the Debian package ${FOLDERS[age]} is not unpacked`);
  let child: ChildProcess | undefined;
  let said = '';
  const log = (): string => {
    if (child !== undefined && child.exitCode !== null) throw new Error(`nats-server has ended: ${said}`);
    return said;
  };
  // Its own words first: that something answers does not say who.
  const isReady = async (): Promise<boolean> => log().includes('Server is ready') && (await answers(port));
  return {
    log,
    start: async () => {
      said = '';
      child = spawn(file, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'], env: { GOMAXPROCS: '1' } });
      child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
      await until(isReady, () => `nats-server has not started: ${said}`, within(10_000));
    },
    end: async (signal) => {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const gone = once(ending, 'exit');
      ending.kill(signal);
      await gone;
    },
    signal: (signal) => void child?.kill(signal),
  };
}

/** What a command is told to take a server of that age. */
export function toldOf(age: NatsAge): readonly string[] {
  return age === 'old' ? ['--allow-old-server'] : [];
}

/** A real server with JetStream on a port of its own. @param more of its configuration */
export async function startNats(more = '', age: NatsAge = hasNats('new') ? 'new' : 'old'): Promise<NatsServer> {
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
  const { start, end, signal } = natsProcess(age, config, port);
  await start();
  return {
    port,
    url: `nats://127.0.0.1:${port}`,
    told: toldOf(age),
    store,
    start,
    kill: () => end('SIGKILL'),
    signal,
    traffic: async () => {
      const said: unknown = await (await fetch(`http://127.0.0.1:${monitor}/varz`)).json();
      return { in: Number(Reflect.get(Object(said), 'in_bytes')), out: Number(Reflect.get(Object(said), 'out_bytes')) };
    },
    configure: async (text) => {
      write(text);
      signal('SIGHUP');
      await sleep(200);
    },
    close: async () => {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
