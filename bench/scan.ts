/**
 * `npm run bench`: what kernward's `scan` costs the machine it runs on, against a bare ssh2 loop over the same simulated
 * hosts with the same script, in the same run, in turn. CPU is user and system time of the whole process, start-up
 * included; the ratio is of the medians. Fails when it is above 1.5.
 *
 * Options: --hosts N (default 1000), --forks N (64), --rounds N (5), --declared N (50): facts of a policy of one's own.
 */
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { declaringPolicy, withDeclared } from './declared-facts.js';
import { startFleet } from './start-fleet.js';
import type { Usage } from './usage-at-exit.js';
import { writeFleetFiles } from './fleet-files.js';

const MOST = 1.5;

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}
const HOSTS = option('hosts', 1000);
const FORKS = option('forks', 64);
const ROUNDS = option('rounds', 5);
const DECLARED = option('declared', 50);

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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function bench(): Promise<number> {
  const recording = recordedHost('debian-12');
  if (recording === undefined) throw new Error('the recorded host debian-12 is missing');
  const keys = makeKeyPair();
  writeFileSync(file('key'), keys.private, { mode: 0o600 });
  const recorded = Buffer.from(recording).toString();
  const policy = declaringPolicy(DECLARED);
  writeFileSync(file('policy.yaml'), policy);
  const fleet = await startFleet({
    hosts: HOSTS,
    authorizedKey: keys.public,
    recording: recorded,
    withDeclared: withDeclared(recorded, policy),
  });
  try {
    const { ports } = fleet.started;
    writeFleetFiles(file, fleet.started);
    const bare: Usage[] = [];
    const scans: Usage[] = [];
    const declared: Usage[] = [];
    const written: Usage[] = [];
    const asked = `--user audit --sessions ${HOSTS} --concurrency ${FORKS} --ports ${ports.join(',')}`.split(' ');
    const loop = [built('bench/ssh2-loop.js'), '--key', file('key'), '--script', file('script'), ...asked];
    const hosts = ['-i', file('inventory.yaml'), '--host-keys', `file:${file('known_hosts')}`];
    const scan = [built('kernward.js'), 'scan', '--forks', String(FORKS), ...hosts];
    const table = ['-o', `table:${file('report.txt')}`];
    const files = [`json:${file('report.json')}`, `csv:${file('report.csv')}`, `csv-hosts:${file('hosts.csv')}`];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await measure('bare', [0], loop));
      scans.push(await measure('scan', [0, 1], [...scan, ...table]));
      declared.push(await measure('declared', [0, 1], [...scan, '-p', file('policy.yaml'), ...table]));
      written.push(await measure('written', [0, 1], [...scan, ...files.flatMap((name) => ['-o', name])]));
    }
    const report: { summary: { hosts: number; statuses: { unreachable: number } } } = JSON.parse(
      readFileSync(file('report.json'), 'utf8'),
    );
    if (report.summary.hosts !== HOSTS || report.summary.statuses.unreachable !== 0)
      throw new Error(
        `${report.summary.statuses.unreachable} of ${report.summary.hosts} hosts were not reached: nothing was measured`,
      );
    await measure(
      'judged',
      [0, 1],
      [...scan, '-p', file('policy.yaml'), '--include-passes', '-o', `jsonl:${file('judged.jsonl')}`],
    );
    const judged = readFileSync(file('judged.jsonl'), 'utf8').match(
      /"rule":"setting-\d+"[^{}]*"result":"(?:pass|fail)"/g,
    );
    if (judged?.length !== HOSTS * DECLARED)
      throw new Error(`${judged?.length ?? 0} of ${HOSTS * DECLARED} rules over declared facts were decided`);
    const perHost = (usages: readonly Usage[]): number =>
      median(usages.map(({ cpuMicros }) => cpuMicros)) / 1000 / HOSTS;
    const peak = (usages: readonly Usage[]): number => median(usages.map(({ peakKiB }) => peakKiB)) / 1024;
    const ratio = perHost(scans) / perHost(bare);
    console.log(
      `${HOSTS} simulated hosts, ${FORKS} at a time, Node ${process.versions.node}, median of ${ROUNDS} rounds in turn, whole processes`,
    );
    const row = (what: string, usages: readonly Usage[]): string =>
      `${what.padEnd(44)} ${perHost(usages).toFixed(2)} CPU-ms a host   ${peak(usages).toFixed(0)} MiB at most`;
    console.log(row('bare ssh2 loop', bare));
    console.log(row('kernward scan, table', scans));
    console.log(row(`the same, ${DECLARED} declared facts, each a rule`, declared));
    console.log(row('kernward scan, json, csv, csv-hosts', written));
    console.log(`ratio of scan, table, to the loop: ${ratio.toFixed(2)} (at most ${MOST})`);
    console.log(`ratio of the declared facts to none: ${(perHost(declared) / perHost(scans)).toFixed(2)}`);
    return ratio <= MOST ? 0 : 1;
  } finally {
    fleet.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await bench();
