/**
 * `node dist/bench/bad-network.js`: how long a run takes over a bad network, beside what forks, round trips and the deadline
 * allow on paper. Every host is a round trip of 100 ms away, and every twentieth says nothing.
 *
 * Linux. Hosts and relays are on the same cores and take more CPU than kernward: beside the paper stands how busy the cores were. Only where
 * they were not does the ratio say something of kernward.
 *
 * Options: --hosts N (default 10000), --forks N,N (64,256,auto), --round-trip MS (100), --silent PERCENT (5), --connect-timeout SECONDS (3).
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { declaringPolicy, withDeclared } from './declared-facts.js';
import { writeFleetFiles } from './fleet-files.js';
import { busyForks, evenShare, inTheirOrder, type Paper } from './on-paper.js';
import type { FleetRequest, FleetStarted } from './simulated-fleet.js';
import type { LinksRequest, LinksStarted } from './slow-links.js';
import type { Usage } from './usage-at-exit.js';

function option(name: string, standard: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : (process.argv[at + 1] ?? standard);
}
const HOSTS = Number(option('hosts', '10000'));
const FORKS = option('forks', '64,256,auto').split(',');
const ROUND_TRIP_MS = Number(option('round-trip', '100'));
const SILENT = Math.round((HOSTS * Number(option('silent', '5'))) / 100);
const TIMEOUT_S = Number(option('connect-timeout', '3'));
/** Between the two tries of a silent host, on average: src/run/schedule/retry.ts. */
const PAUSE_S = 0.5;
/** Of a session: TCP, versions, key exchange, new keys with the login, the channel with the command and its script. */
const OF_A_SESSION = 5;
/** These hosts are asked for their packages too, which nobody can know before the probe has answered. */
const WITH_PACKAGES = OF_A_SESSION + 1;

const folder = mkdtempSync(join(tmpdir(), 'kernward-bench-'));
function file(name: string): string {
  return join(folder, name);
}
function built(path: string): string {
  return join(PACKAGE_ROOT, 'dist', path);
}

const started: ChildProcess[] = [];
function serve<Started>(program: string, request: FleetRequest | LinksRequest): Promise<Started> {
  return new Promise((resolve, reject) => {
    const child = fork(built(program), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    started.push(child);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    child.once('message', (message: Started) => resolve(message));
    child.send(request);
  });
}

/** CPU of this process and of those that it has started and that still run, in seconds. The kernel counts in hundredths (proc_pid_stat(5)). */
function cpuOfServers(): number {
  const ticks = [process.pid, ...started.map(({ pid }) => pid)].map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may hold anything: the state is the third field, user and system time the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

/** What all programs of the machine have computed, in seconds. */
function cpuOfMachine(): number {
  const busy = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return busy.reduce((sum, each) => sum + each, 0) / 1000;
}

interface Run {
  readonly seconds: number;
  /** Of the hosts and relays. */
  readonly serverSeconds: number;
  /** Of programs that have nothing to do with this. */
  readonly otherSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly answered: number;
}

/** Half a gigabyte of lines and more, one a host. */
async function unreachedIn(report: string): Promise<number> {
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(report) }))
    if (line.includes('"failure":{"code"')) count += 1;
  return count;
}

function scan(forks: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const words = ['scan', '-q', '-i', file('inventory.yaml'), '--host-keys', `file:${file('known_hosts')}`];
    const more = ['--forks', forks, '--connect-timeout', String(TIMEOUT_S), '-o', `jsonl:${file('report.jsonl')}`];
    const begin = performance.now();
    const before = { servers: cpuOfServers(), machine: cpuOfMachine() };
    const child = spawn(
      process.execPath,
      ['--import', built('bench/usage-at-exit.js'), built('kernward.js'), ...words, ...more],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, BENCH_USAGE: file('usage'), SSH_AUTH_SOCK: '' },
      },
    );
    child.once('error', reject);
    child.once('exit', (code) => {
      const seconds = (performance.now() - begin) / 1000;
      const serverSeconds = cpuOfServers() - before.servers;
      const machineSeconds = cpuOfMachine() - before.machine;
      if (code === null || code > 3) return reject(new Error(`kernward exited with ${code}`));
      const usage: Usage = JSON.parse(readFileSync(file('usage'), 'utf8'));
      unreachedIn(file('report.jsonl')).then(
        (unreached) =>
          resolve({
            seconds,
            serverSeconds,
            otherSeconds: Math.max(0, machineSeconds - serverSeconds - usage.cpuMicros / 1e6),
            cpuSeconds: usage.cpuMicros / 1e6,
            peakMiB: usage.peakKiB / 1024,
            answered: HOSTS - unreached,
          }),
        reject,
      );
    });
  });
}

function besidePaper(forks: string, run: Run, isSilent: readonly boolean[], roundTrips: number): string {
  const terms = {
    isSilent,
    answerS: (roundTrips * ROUND_TRIP_MS) / 1000,
    trySilentS: TIMEOUT_S,
    pauseS: PAUSE_S,
    computedS: run.cpuSeconds,
  };
  const paper: Paper = { ...terms, forks: forks === 'auto' ? busyForks(terms) : Number(forks) };
  const times = (seconds: number): string => `${(run.seconds / seconds).toFixed(2)} x ${seconds.toFixed(1)}`;
  return `${roundTrips} round trips, ${paper.forks} forks: hosts in their order ${times(inTheirOrder(paper))}, an even share of the forks ${times(evenShare(paper))}`;
}

/** Where the cores were busy, they are the limit, and not what kernward does with forks and round trips. */
function onTheCores({ seconds, cpuSeconds, serverSeconds, otherSeconds }: Run): string {
  const cores = availableParallelism();
  const share = (100 * (cpuSeconds + serverSeconds + otherSeconds)) / (seconds * cores);
  return `${cores} cores busy for ${share.toFixed(0)} %: kernward ${cpuSeconds.toFixed(1)} CPU-s, hosts and relays ${serverSeconds.toFixed(1)}, other programs ${otherSeconds.toFixed(1)}`;
}

async function bench(): Promise<void> {
  const recording = recordedHost('debian-12');
  if (recording === undefined) throw new Error('the recorded host debian-12 is missing');
  const keys = makeKeyPair();
  writeFileSync(file('key'), keys.private, { mode: 0o600 });
  const recorded = Buffer.from(recording).toString();
  const fleet = await serve<FleetStarted>('bench/simulated-fleet.js', {
    hosts: HOSTS - SILENT,
    authorizedKey: keys.public,
    recording: recorded,
    withDeclared: withDeclared(recorded, declaringPolicy(1)),
    isPrompt: true,
  });
  const links = await serve<LinksStarted>('bench/slow-links.js', {
    to: fleet.ports,
    roundTripMs: ROUND_TRIP_MS,
    silent: SILENT,
  });
  // Spread over the run, as they are in a fleet.
  const every = SILENT === 0 ? HOSTS : Math.floor(HOSTS / SILENT);
  const silent = [...links.silent];
  const spread = links.ports.flatMap((port, index) =>
    index % Math.max(1, every - 1) === 0 && silent.length > 0 ? [port, silent.pop() ?? 0] : [port],
  );
  const ports = [...spread, ...silent];
  const silentPorts = new Set(links.silent);
  const isSilent = ports.map((port) => silentPorts.has(port));
  writeFleetFiles(file, { ports, hostKey: fleet.hostKey });
  console.log(
    `${HOSTS} hosts, a round trip of ${ROUND_TRIP_MS} ms, ${SILENT} of them silent (asked twice, ${TIMEOUT_S} s each), Node ${process.versions.node}`,
  );
  for (const forks of FORKS) {
    const run = await scan(forks);
    if (run.answered !== HOSTS - SILENT) throw new Error(`${run.answered} hosts answered, not ${HOSTS - SILENT}`);
    console.log(
      `--forks ${forks.padEnd(5)} ${run.seconds.toFixed(1).padStart(7)} s, ${run.peakMiB.toFixed(0)} MiB at most`,
    );
    for (const roundTrips of [WITH_PACKAGES, OF_A_SESSION])
      console.log(`              ${besidePaper(forks, run, isSilent, roundTrips)}`);
    console.log(`              ${onTheCores(run)}`);
  }
}

bench()
  .catch((thrown: unknown) => {
    console.error(thrown);
    process.exitCode = 1;
  })
  .finally(() => {
    for (const child of started) if (child.connected) child.disconnect();
    rmSync(folder, { recursive: true, force: true });
  });
