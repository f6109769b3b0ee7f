/**
 * `node dist/bench/threads.js`: how many more hosts a second `--workers 2` asks than `--workers 1`, over the same simulated hosts,
 * in turn. The simulated hosts take as much CPU as kernward does, and on a machine of two cores that is what wall time would show.
 * So it is told from the CPU that each thread took, in three ways: what the busiest thread took; what the run takes on as many
 * cores as are of use; and what it takes on as many cores as there are threads that ask, which V8's own threads share with them.
 *
 * Options: --hosts N (2000), --forks N (64), --rounds N (5), --workers N (2), --formats a,b (jsonl,table). Linux.
 */
import { fork, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { writeFleetFiles } from './fleet-files.js';
import type { FleetRequest, FleetStarted } from './simulated-fleet.js';
import type { ThreadUsage } from './usage-of-threads.js';

function option(name: string, standard: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : (process.argv[at + 1] ?? standard);
}
const HOSTS = Number(option('hosts', '2000'));
const ROUNDS = Number(option('rounds', '5'));
const WORKERS = Number(option('workers', '2'));
const FORMATS = option('formats', 'jsonl,table').split(',');

const folder = mkdtempSync(join(tmpdir(), 'kernward-threads-'));
function file(name: string): string {
  return join(folder, name);
}
function built(path: string): string {
  return join(PACKAGE_ROOT, 'dist', path);
}

interface Measured {
  readonly cpuMs: number;
  readonly busiestMs: number;
  /** On any number of cores, and on as many as several threads are given here; nobody else is on them. */
  readonly manyCoresMs: number;
  readonly coresMs: number;
  readonly peakMiB: number;
}

/**
 * How long a run takes on so many cores. One thread needs what its first thread took. Several: what came before them and after
 * them, which the first does alone, and between them the larger of what the busiest took and an equal share of everything.
 */
function spanOf(first: ThreadUsage, others: readonly ThreadUsage[], cores: number): number {
  if (others.length === 0) return Math.max(first.own, first.end.process / cores);
  const begin = others.map((each) => each.begin).toSorted((a, b) => a.process - b.process)[0] ?? first.begin;
  const end = others.map((each) => each.end).toSorted((a, b) => b.process - a.process)[0] ?? first.end;
  const share = (end.process - begin.process) / cores;
  const busiest = Math.max(end.first - begin.first, ...others.map(({ own }) => own));
  return begin.first + Math.max(share, busiest) + (first.own - end.first);
}

function measure(name: string, args: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const usage = file(name);
    rmSync(usage, { recursive: true, force: true });
    mkdirSync(usage);
    const child = spawn(
      process.execPath,
      ['--import', built('bench/usage-of-threads.js'), built('kernward.js'), ...args],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, BENCH_USAGE: usage, SSH_AUTH_SOCK: '' } },
    );
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code !== 0 && code !== 1) {
        reject(new Error(`${name} exited with ${code}`));
        return;
      }
      const all = readdirSync(usage).map((each): ThreadUsage => JSON.parse(readFileSync(join(usage, each), 'utf8')));
      const first = all.find(({ isFirst }) => isFirst);
      if (first === undefined) throw new Error('the process left nothing of what it took');
      const others = all.filter(({ isFirst }) => !isFirst);
      resolve({
        cpuMs: first.end.process,
        busiestMs: Math.max(...all.map(({ own }) => own)),
        manyCoresMs: spanOf(first, others, Number.POSITIVE_INFINITY),
        coresMs: spanOf(first, others, WORKERS),
        peakMiB: first.peakKiB / 1024,
      });
    });
  });
}

function startFleet(request: FleetRequest): Promise<{ readonly started: FleetStarted; readonly end: () => void }> {
  return new Promise((resolve, reject) => {
    const child = fork(built('bench/simulated-fleet.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.once('error', reject);
    child.once('message', (started: FleetStarted) => resolve({ started, end: () => child.disconnect() }));
    child.send(request);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

try {
  const recording = recordedHost('debian-12');
  if (recording === undefined) throw new Error('the recorded host debian-12 is missing');
  const recorded = Buffer.from(recording).toString();
  const keys = makeKeyPair();
  writeFileSync(file('key'), keys.private, { mode: 0o600 });
  const fleet = await startFleet({
    hosts: HOSTS,
    authorizedKey: keys.public,
    recording: recorded,
    withDeclared: recorded,
  });
  try {
    writeFleetFiles(file, fleet.started);
    const results = new Map<string, Measured[]>();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const format of FORMATS)
        for (const workers of [1, WORKERS]) {
          const scan = ['scan', '-q', '--forks', option('forks', '64'), '-i', file('inventory.yaml')];
          const name = `${format}, --workers ${workers}`;
          const measured = await measure(name, [
            ...scan,
            '--host-keys',
            `file:${file('known_hosts')}`,
            '--workers',
            String(workers),
            '-o',
            `${format}:${file('report')}`,
          ]);
          results.set(name, [...(results.get(name) ?? []), measured]);
        }
    console.log(`${HOSTS} simulated hosts, Node ${process.versions.node}, median of ${ROUNDS} rounds in turn`);
    for (const [name, rounds] of results) {
      const of = (figure: (measured: Measured) => number): number => median(rounds.map(figure));
      console.log(
        `${name.padEnd(24)} CPU-ms a host: ${of(({ cpuMs }) => cpuMs / HOSTS).toFixed(2)}, the busiest thread ${of(({ busiestMs }) => busiestMs / HOSTS).toFixed(2)}   ms a host: ${of(({ manyCoresMs }) => manyCoresMs / HOSTS).toFixed(2)} with cores enough, ${of(({ coresMs }) => coresMs / HOSTS).toFixed(2)} on ${WORKERS}   ${of(({ peakMiB }) => peakMiB).toFixed(0)} MiB at most`,
      );
    }
    for (const format of FORMATS) {
      const [one = [], several = []] = [1, WORKERS].map((workers) => results.get(`${format}, --workers ${workers}`));
      const ratio = (of: (measured: Measured) => number): string =>
        median(
          one.map((each, round) => {
            const other = several[round];
            return other === undefined ? Number.NaN : of(each) / of(other);
          }),
        ).toFixed(2);
      console.log(
        `${format}: with ${WORKERS} the busiest thread takes ${ratio(({ busiestMs }) => busiestMs)} times as many hosts a second, the run ${ratio(({ manyCoresMs }) => manyCoresMs)} times with cores enough and ${ratio(({ coresMs }) => coresMs)} times on ${WORKERS}`,
      );
    }
  } finally {
    fleet.end();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
