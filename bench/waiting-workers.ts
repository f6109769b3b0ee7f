/**
 * `node dist/bench/waiting-workers.js`: how long a fleet takes with 1, 2 and 4 workers of a NATS server where hosts let them wait,
 * as hosts far away do. Wall time: twice as many workers should take half of it, on two cores as well, since what is done is to
 * wait.
 *
 * Options: --hosts N (320), --shard N (10), --delay SECONDS (3).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { startNats } from '../test/support/nats-server.js';
import { writeFleetFiles } from './fleet-files.js';
import { startMeasured } from './measured-command.js';
import { startFleet } from './start-fleet.js';

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}
const HOSTS = option('hosts', 320);
const SHARD = option('shard', 10);
const DELAY = option('delay', 3);

const folder = mkdtempSync(join(tmpdir(), 'kernward-waiting-'));
const file = (name: string): string => join(folder, name);
const run = (...args: readonly string[]) => startMeasured(folder, args).ended;

const recording = Buffer.from(recordedHost('debian-12') ?? []).toString();
const keys = makeKeyPair();
writeFileSync(file('key'), keys.private, { mode: 0o600 });
const fleet = await startFleet({
  hosts: HOSTS,
  authorizedKey: keys.public,
  recording,
  withDeclared: recording,
  delayMs: DELAY * 1000,
});
const server = await startNats();
const nats = ['--nats', server.url, ...server.told];
try {
  writeFleetFiles(file, fleet.started);
  writeFileSync(
    file('worker.yaml'),
    'acceptUnsigned: true\nsshConfig: none\nknownHosts: known_hosts\ninventory: [inventory.yaml]\n',
  );
  console.log(
    `${HOSTS} simulated hosts that answer after ${DELAY} s, ${SHARD} a shard, one shard a worker at a time, Node ${process.versions.node}`,
  );
  let alone = Number.NaN;
  for (const many of [1, 2, 4]) {
    const plan = `plan${many}`;
    await run('plan', '-i', 'inventory.yaml', '--shard-hosts', `${SHARD}`, '--not-after', '6h', '-o', plan);
    await run('dispatch', plan, '--setup', '--zone-size', '60', ...nats);
    const workers = Array.from({ length: many }, () =>
      startMeasured(folder, ['worker', '--zone', 'default', ...nats], [143]),
    );
    await Promise.all(workers.map(({ said }) => said(/is ready/u)));
    const begun = performance.now();
    await run('dispatch', plan, '-o', `results${many}`, ...nats);
    const seconds = (performance.now() - begun) / 1000;
    for (const { child } of workers) child.kill('SIGTERM');
    await Promise.all(workers.map(({ ended }) => ended));
    const answered = readdirSync(file(`results${many}`))
      .map((name) => readFileSync(file(join(`results${many}`, name)), 'utf8').match(/"readings":/gu)?.length ?? 0)
      .reduce((sum, hosts) => sum + hosts, 0);
    if (answered !== HOSTS) throw new Error(`${answered} of ${HOSTS} hosts answered: nothing was measured`);
    if (many === 1) alone = seconds;
    console.log(
      `${many} workers   ${seconds.toFixed(1).padStart(6)} s   ${(alone / seconds).toFixed(2)} times as fast as one`,
    );
  }
} finally {
  fleet.end();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
