/**
 * `npm run bench`: what kernward's `scan` costs the machine it runs on, against a bare ssh2 loop over the same simulated
 * hosts with the same script, in the same run, in turn. CPU is user and system time of the whole process, start-up
 * included; the ratio is of the medians. Fails when it is above 1.5.
 *
 * Options: --hosts N (default 1000), --forks N (64), --rounds N (5).
 */
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { probeScript } from '../src/probe/script.js';
import type { FleetRequest, FleetStarted } from './simulated-fleet.js';
import type { Usage } from './usage-at-exit.js';

const MOST = 1.5;

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}
const HOSTS = option('hosts', 1000);
const FORKS = option('forks', 64);
const ROUNDS = option('rounds', 5);

const folder = mkdtempSync(join(tmpdir(), 'kernward-bench-'));
function file(name: string): string {
  return join(folder, name);
}
function built(path: string): string {
  return join(PACKAGE_ROOT, 'dist', path);
}

/** Runs one measured process; its usage is what it wrote itself at exit. */
function measure(name: string, accepts: readonly number[], args: readonly string[]): Promise<Usage> {
  return new Promise((resolve, reject) => {
    const usage = file(`${name}.usage`);
    const child = spawn(process.execPath, ['--import', built('bench/usage-at-exit.js'), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, BENCH_USAGE: usage, SSH_AUTH_SOCK: '' },
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === null || !accepts.includes(code)) reject(new Error(`${name} exited with ${code}`));
      else resolve(JSON.parse(readFileSync(usage, 'utf8')));
    });
  });
}

function startFleet(request: FleetRequest): Promise<{ readonly started: FleetStarted; readonly end: () => void }> {
  return new Promise((resolve, reject) => {
    const child = fork(built('bench/simulated-fleet.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the simulated fleet ended with ${code}`)));
    child.once('message', (started: FleetStarted) => resolve({ started, end: () => child.disconnect() }));
    child.send(request);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function bench(): Promise<number> {
  const recording = recordedHost('debian-12');
  if (recording === undefined) throw new Error('the recorded host debian-12 is missing');
  const keys = makeKeyPair();
  writeFileSync(file('key'), keys.private, { mode: 0o600 });
  const fleet = await startFleet({
    hosts: HOSTS,
    authorizedKey: keys.public,
    recording: Buffer.from(recording).toString(),
  });
  try {
    const { ports, hostKey } = fleet.started;
    writeFileSync(file('known_hosts'), ports.map((port) => `[127.0.0.1]:${port} ${hostKey}\n`).join(''));
    writeFileSync(
      file('inventory.yaml'),
      `defaults: { user: audit, identityFile: ${file('key')} }\nhosts:\n${ports.map((port, index) => `  - { name: host${index}, address: 127.0.0.1, port: ${port} }\n`).join('')}`,
    );
    writeFileSync(file('script'), probeScript('0'.repeat(32)));
    const bare: Usage[] = [];
    const scans: Usage[] = [];
    const written: Usage[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(
        await measure(
          'bare',
          [0],
          [
            built('bench/ssh2-loop.js'),
            '--key',
            file('key'),
            '--user',
            'audit',
            '--ports',
            ports.join(','),
            '--script',
            file('script'),
            '--sessions',
            String(HOSTS),
            '--concurrency',
            String(FORKS),
          ],
        ),
      );
      scans.push(
        await measure(
          'scan',
          [0, 1],
          [
            built('kernward.js'),
            'scan',
            '-i',
            file('inventory.yaml'),
            '--host-keys',
            `file:${file('known_hosts')}`,
            '--forks',
            String(FORKS),
            '-o',
            `table:${file('report.txt')}`,
          ],
        ),
      );
      written.push(
        await measure(
          'written',
          [0, 1],
          [
            built('kernward.js'),
            'scan',
            '-i',
            file('inventory.yaml'),
            '--host-keys',
            `file:${file('known_hosts')}`,
            '--forks',
            String(FORKS),
            '-o',
            `json:${file('report.json')}`,
            '-o',
            `csv:${file('report.csv')}`,
            '-o',
            `csv-hosts:${file('hosts.csv')}`,
          ],
        ),
      );
    }
    const report: { summary: { hosts: number; statuses: { unreachable: number } } } = JSON.parse(
      readFileSync(file('report.json'), 'utf8'),
    );
    if (report.summary.hosts !== HOSTS || report.summary.statuses.unreachable !== 0)
      throw new Error(
        `${report.summary.statuses.unreachable} of ${report.summary.hosts} hosts were not reached: nothing was measured`,
      );
    const perHost = (usages: readonly Usage[]): number =>
      median(usages.map(({ cpuMicros }) => cpuMicros)) / 1000 / HOSTS;
    const peak = (usages: readonly Usage[]): number => median(usages.map(({ peakKiB }) => peakKiB)) / 1024;
    const ratio = perHost(scans) / perHost(bare);
    console.log(
      `${HOSTS} simulated hosts, ${FORKS} at a time, Node ${process.versions.node}, median of ${ROUNDS} rounds in turn, whole processes`,
    );
    const row = (what: string, usages: readonly Usage[]): string =>
      `${what.padEnd(34)} ${perHost(usages).toFixed(2)} CPU-ms a host   ${peak(usages).toFixed(0)} MiB at most`;
    console.log(row('bare ssh2 loop', bare));
    console.log(row('kernward scan, table', scans));
    console.log(row('kernward scan, json, csv, csv-hosts', written));
    console.log(`ratio of scan, table, to the loop: ${ratio.toFixed(2)} (at most ${MOST})`);
    return ratio <= MOST ? 0 : 1;
  } finally {
    fleet.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await bench();
