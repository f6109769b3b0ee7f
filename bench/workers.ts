/** What several processes cost, beside one: `collect` of the whole fleet, a process a shard, and workers of a NATS server. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { startNats } from '../test/support/nats-server.js';
import type { Usage } from './usage-at-exit.js';
import { varyRecording } from './vary-recording.js';

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}
const HOSTS = option('hosts', 2000);
const SHARD = option('shard', 200);

const folder = mkdtempSync(join(tmpdir(), 'kernward-bench-'));
const COMMAND = join(PACKAGE_ROOT, 'dist', 'kernward.js');
const USAGE = join(PACKAGE_ROOT, 'dist', 'bench', 'usage-at-exit.js');
let measured = 0;

interface Measured {
  readonly child: ReturnType<typeof spawn>;
  /** CPU seconds of the whole process. */
  readonly cpu: Promise<number>;
}

function start(...args: readonly string[]): Measured {
  measured += 1;
  const usage = join(folder, `${measured}.usage`);
  const env = { ...process.env, BENCH_USAGE: usage, SSH_AUTH_SOCK: '', KERNWARD_SSH_CONFIG: 'none' };
  const child = spawn(process.execPath, ['--import', USAGE, COMMAND, ...args], { cwd: folder, env, stdio: 'ignore' });
  const cpu = once(child, 'exit').then(() => {
    const said: Usage = JSON.parse(readFileSync(usage, 'utf8'));
    return said.cpuMicros / 1_000_000;
  });
  return { child, cpu };
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function inventory(hosts: number, more: (host: number) => string): string {
  const line = (_: unknown, host: number): string => `  - { name: db${host}, ${more(host)} }\n`;
  return `hosts:\n${Array.from({ length: hosts }, line).join('')}`;
}

function tell(what: string, cpu: number, plain: number): void {
  const ofPlain = `${(((cpu - plain) / plain) * 100).toFixed(1)} % over plain`;
  console.log(
    `${what.padEnd(38)}${((cpu * 1000) / HOSTS).toFixed(2)} CPU-ms a host${cpu === plain ? '' : `   ${ofPlain}`}`,
  );
}

function sum(all: readonly number[]): number {
  return all.reduce((total, each) => total + each, 0);
}

const server = await startNats();
const nats = ['--nats', server.url, '--allow-old-server'];
try {
  const recording = readFileSync(join(PACKAGE_ROOT, 'policies', 'hosts', 'debian-12.probe'), 'utf8');
  mkdirSync(join(folder, 'probes'));
  for (let host = 0; host < HOSTS; host += 1) write(`probes/${host}.probe`, varyRecording(recording, host));
  write(
    'fleet.yaml',
    inventory(HOSTS, (host) => `address: 192.0.2.1, transport: recorded, recording: probes/${host}.probe`),
  );
  write('worker.yaml', 'acceptUnsigned: true\ninventory: [fleet.yaml]\n');
  const plain = await start('collect', '-i', 'fleet.yaml', '-o', 'plain.jsonl', '-q').cpu;
  const planning = await start(
    'plan',
    '-i',
    'fleet.yaml',
    '--shard-hosts',
    String(SHARD),
    '--not-after',
    '6h',
    '-o',
    'plan',
  ).cpu;
  let shards = 0;
  for (let shard = 1; shard <= Math.ceil(HOSTS / SHARD); shard += 1)
    shards += await start(
      'collect',
      '--plan',
      'plan',
      '--shard',
      String(shard),
      '-i',
      'fleet.yaml',
      '-o',
      'shards/',
      '-q',
    ).cpu;
  await start('dispatch', 'plan', '--setup', '--zone-size', '60', ...nats).cpu;
  const worker = start('worker', '--zone', 'default', ...nats);
  const dispatching = await start('dispatch', 'plan', '-o', 'results', ...nats).cpu;
  worker.child.kill('SIGTERM');
  const working = await worker.cpu;
  console.log(`${HOSTS} recorded hosts, ${SHARD} a shard, Node ${process.versions.node}, whole processes`);
  tell('collect, one process', plain, plain);
  tell('plan, and a process a shard', planning + shards, plain);
  tell('a worker', working, plain);
  tell('a worker, plan and dispatch', working + planning + dispatching, plain);
  const bytes = readdirSync(join(folder, 'results')).map(
    (file) => gzipSync(readFileSync(join(folder, 'results', file))).length,
  );
  const tasks = readdirSync(join(folder, 'plan', 'shards')).map(
    (file) => gzipSync(readFileSync(join(folder, 'plan', 'shards', file))).length,
  );
  console.log(
    `on the wire: ${(sum(bytes) / HOSTS).toFixed(0)} bytes a host to the hub, ${(sum(tasks) / HOSTS).toFixed(0)} to the worker`,
  );
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
