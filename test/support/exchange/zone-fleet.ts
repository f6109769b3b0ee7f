import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, type Running, startKernward } from '../kernward.js';
import type { NatsServer } from '../nats-server.js';
import { scratch } from '../scratch.js';
import { kernwardWarm } from '../warm/commands.js';

const RECORDING = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');

/** A folder with what a hub and its zones have: an inventory, a key, and how each host is reached, which no plan says. */
export interface ZoneFleet {
  readonly folder: string;
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  readonly start: (...args: readonly string[]) => Running;
  /** A new plan, signed. @param more of its options */
  readonly plan: (name: string, ...more: readonly string[]) => Promise<void>;
  readonly setUp: (plan: string, ...more: readonly string[]) => Promise<void>;
  readonly dispatch: (plan: string, results: string, ...more: readonly string[]) => Running;
  readonly worker: (zone: string, ...more: readonly string[]) => Running;
  /** The names of the hosts that came, each as often as it did. */
  readonly came: (results: string) => readonly string[];
  readonly remove: () => void;
}

export function zoneOf(host: number, zones: readonly string[]): string {
  return zones[host % zones.length] ?? '';
}

export function nameOf(host: number): string {
  return `db${String(host).padStart(3, '0')}`;
}

/** @param server whose clients all of them are */
export function makeZoneFleet(
  server: Pick<NatsServer, 'url' | 'told'>,
  {
    hosts,
    zones = ['eu'],
    settings = '',
  }: { readonly hosts: number; readonly zones?: readonly string[]; readonly settings?: string },
): ZoneFleet {
  const folder = scratch();
  const all = Array.from({ length: hosts }, (_, index) => index);
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write(
    'inventory.yaml',
    `hosts:\n${all.map((host) => `  - { name: ${nameOf(host)}, address: 192.0.2.${(host % 250) + 1}, labels: { zone: ${zoneOf(host, zones)} } }\n`).join('')}`,
  );
  write(
    'own.yaml',
    `hosts:\n${all.map((host) => `  - { name: ${nameOf(host)}, transport: recorded, recording: ${RECORDING} }\n`).join('')}`,
  );
  for (const args of [
    ['genpkey', '-algorithm', 'ed25519', '-out', 'key.pem'],
    ['pkey', '-in', 'key.pem', '-pubout', '-out', 'key.pub.pem'],
  ])
    assert.equal(spawnSync('/usr/bin/openssl', args, { cwd: folder }).status, 0);
  write('worker.yaml', `planKey: key.pub.pem\ninventory: [own.yaml]\n${settings}`);
  const nats = ['--nats', server.url, ...server.told];
  const run = (...args: readonly string[]): Promise<Ended> => kernwardWarm(folder, ...args);
  const ok = async (...args: readonly string[]): Promise<void> => {
    const { status, stdout, stderr } = await run(...args);
    assert.equal(status, 0, stdout + stderr);
  };
  const started: Running[] = [];
  const begun = (args: readonly string[]): Running => {
    const running = startKernward(folder, args);
    started.push(running);
    return running;
  };
  return {
    folder,
    run,
    start: (...args) => begun(args),
    plan: (name, ...more) =>
      ok(
        'plan',
        '-i',
        'inventory.yaml',
        '--zone-by',
        'label:zone',
        '--sign-key',
        'key.pem',
        '-o',
        name,
        ...(more.includes('--not-after') ? [] : ['--not-after', '1h']),
        ...(more.includes('--shard-hosts') ? [] : ['--shard-hosts', '2']),
        ...more,
      ),
    setUp: (plan, ...more) => ok('dispatch', plan, '--setup', '--zone-size', '8', ...nats, ...more),
    dispatch: (plan, results, ...more) => begun(['dispatch', plan, '-o', results, ...nats, ...more]),
    worker: (zone, ...more) => begun(['worker', '--zone', zone, ...nats, ...more]),
    came: (results) =>
      readdirSync(join(folder, results))
        .toSorted()
        .flatMap((file) =>
          readFileSync(join(folder, results, file), 'utf8')
            .trim()
            .split('\n')
            .slice(1, -1),
        )
        .map((line) => String(Reflect.get(Object(JSON.parse(line)), 'name')))
        .toSorted(),
    remove: () => {
      // Of a test that failed, so that it fails and does not wait for them.
      for (const { child } of started) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The names of the first so many hosts. */
export function firstHosts(hosts: number): readonly string[] {
  return Array.from({ length: hosts }, (_, host) => nameOf(host));
}

/** Ends workers as their machine would when it is shut down. */
export async function endWorkers(...workers: readonly Running[]): Promise<readonly Ended[]> {
  for (const { child } of workers) child.kill('SIGTERM');
  return Promise.all(workers.map(({ ended }) => ended));
}
