/**
 * `node dist/bench/workers.js`: what a host costs all processes together, from the inventory to the verdicts, where one process
 * collects, where a plan is between, and where workers of a NATS server collect; and what goes over that server.
 *
 * Options: --hosts N (2000), --shard N (200), --rounds N (3), --ssh: hosts are simulated ones that are asked over SSH, in place of
 * recorded ones, beside which everything looks dear.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyPair } from '../src/demo/make-key-pair.js';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { startNats } from '../test/support/nats-server.js';
import { writeFleetFiles } from './fleet-files.js';
import { startMeasured } from './measured-command.js';
import { startFleet } from './start-fleet.js';
import { varyRecording } from './vary-recording.js';

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}
const HOSTS = option('hosts', 2000);
const SHARD = option('shard', 200);
const ROUNDS = option('rounds', 3);
const isOverSsh = process.argv.includes('--ssh');

const folder = mkdtempSync(join(tmpdir(), 'kernward-bench-'));
const file = (name: string): string => join(folder, name);
const recording = Buffer.from(recordedHost('debian-12') ?? []).toString();
const HOST_KEYS = isOverSsh ? ['--host-keys', 'file:known_hosts'] : [];

/** CPU milliseconds a host of each command, a round each. */
const spent = new Map<string, number[]>();
function note(what: string, { cpuMicros }: { readonly cpuMicros: number }): void {
  spent.set(what, [...(spent.get(what) ?? []), cpuMicros / 1000 / HOSTS]);
}
async function run(what: string, args: readonly string[], accepts: readonly number[] = [0]): Promise<void> {
  note(what, await startMeasured(folder, args, accepts).ended);
}

function median(values: readonly number[] = []): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
function sum(...names: readonly string[]): number {
  return names.reduce((all, name) => all + median(spent.get(name)), 0);
}
function tell(what: string, names: readonly string[], beside?: readonly string[]): void {
  const cost = sum(...names);
  const over = beside === undefined ? '' : `   ${((cost / sum(...beside) - 1) * 100).toFixed(1)} % over it`;
  console.log(`${what.padEnd(52)}${cost.toFixed(2).padStart(6)} CPU-ms a host${over}`);
}

async function writeFleet(): Promise<() => void> {
  const how = 'acceptUnsigned: true\nsshConfig: none\ninventory: [inventory.yaml]\n';
  writeFileSync(file('worker.yaml'), isOverSsh ? `${how}knownHosts: known_hosts\n` : how);
  if (isOverSsh) {
    const keys = makeKeyPair();
    writeFileSync(file('key'), keys.private, { mode: 0o600 });
    const request = { hosts: HOSTS, authorizedKey: keys.public, recording, withDeclared: recording };
    const { started, end } = await startFleet(request);
    writeFleetFiles(file, started);
    return end;
  }
  mkdirSync(file('probes'));
  const hosts = Array.from({ length: HOSTS }, (_, host) => {
    writeFileSync(file(`probes/${host}.probe`), varyRecording(recording, host));
    return `  - { name: db${host}, address: 192.0.2.1, transport: recorded, recording: probes/${host}.probe }\n`;
  });
  writeFileSync(file('inventory.yaml'), `hosts:\n${hosts.join('')}`);
  return () => undefined;
}

const endFleet = await writeFleet();
const server = await startNats();
const nats = ['--nats', server.url, ...server.told];
const JUDGE = ['--fail-on', 'never', '-o', 'csv:verdicts.csv'];
const wire = { in: 0, out: 0 };
try {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const plan = (name: string, hosts: number) => [
      'plan',
      '-i',
      'inventory.yaml',
      '--shard-hosts',
      `${hosts}`,
      '--not-after',
      '6h',
      '-o',
      `${name}${round}`,
    ];
    const judge = (name: string, results: string) => ['eval', '--plan', `${name}${round}`, results, ...JUDGE];

    await run('collect', ['collect', '-i', 'inventory.yaml', ...HOST_KEYS, '-o', 'plain.jsonl', '-q']);
    await run('eval', ['eval', 'plain.jsonl', ...JUDGE]);

    await run('plan, one shard', plan('whole', HOSTS));
    const planned = ['collect', '--plan', `whole${round}`, '--shard', '1', '-i', 'inventory.yaml', ...HOST_KEYS, '-q'];
    await run('collect, by the plan', [...planned, '-o', 'whole.jsonl']);
    await run('eval, by the plan', judge('whole', 'whole.jsonl'));

    await run('plan', plan('plan', SHARD));
    if (round === 1) await run('set-up', ['dispatch', 'plan1', '--setup', '--zone-size', '60', ...nats]);
    const before = await server.traffic();
    const worker = startMeasured(folder, ['worker', '--zone', 'default', ...nats], [143]);
    await worker.said(/is ready/u);
    await run('dispatch', ['dispatch', `plan${round}`, '-o', `results${round}`, ...nats]);
    worker.child.kill('SIGTERM');
    note('worker', await worker.ended);
    const after = await server.traffic();
    wire.in += after.in - before.in;
    wire.out += after.out - before.out;
    await run('eval, of shards', judge('plan', `results${round}`));
  }
  console.log(
    `${HOSTS} ${isOverSsh ? 'simulated hosts over SSH' : 'recorded hosts'}, ${SHARD} a shard, Node ${process.versions.node}, median of ${ROUNDS} rounds in turn, whole processes`,
  );
  for (const what of spent.keys()) tell(`  ${what}`, [what]);
  const [plain, judged] = [['collect'], ['collect', 'eval']];
  tell('plain: collect', plain);
  tell('a worker', ['worker'], plain);
  tell('a plan, a worker and the dispatcher', ['plan', 'worker', 'dispatch'], plain);
  tell('plain, judged: collect, eval', judged);
  tell('a plan, one process, eval', ['plan, one shard', 'collect, by the plan', 'eval, by the plan'], judged);
  tell('a plan, a worker, the dispatcher, eval', ['plan', 'worker', 'dispatch', 'eval, of shards'], judged);
  const each = (bytes: number): string => (bytes / HOSTS / ROUNDS).toFixed(0);
  console.log(
    `through the server: ${each(wire.in)} bytes a host come in and ${each(wire.out)} go out, of readings that are ${each(readFileSync(file('plain.jsonl')).length * ROUNDS)}`,
  );
} finally {
  endFleet();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
