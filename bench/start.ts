/**
 * `node dist/bench/start.js`: what CPU kernward takes before it does anything, beside what Node takes to do nothing.
 *
 * Options: --rounds N (15).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';

/** Tells on descriptor 3, when the process ends, what CPU it took, from its very beginning, in microseconds. */
const TELL = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(3, String(user + system));
});
`;

const at = process.argv.indexOf('--rounds');
const ROUNDS = at < 0 ? 15 : Number(process.argv[at + 1]);

const folder = mkdtempSync(join(tmpdir(), 'kernward-start-'));
const preload = join(folder, 'tell.cjs');
const inventory = join(folder, 'fleet.yaml');
const recording = join(PACKAGE_ROOT, 'policies', 'hosts', 'debian-12.probe');
const command = join(PACKAGE_ROOT, 'dist', 'kernward.js');

function cpuOf(args: readonly string[]): number {
  const { status, output, stderr } = spawnSync(process.execPath, ['-r', preload, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  if (status === null || status > 1) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return Number(output[3]) / 1000;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const WAYS: readonly (readonly string[])[] = [
  ['-e', '0'],
  [command, '--version'],
  [command, '--help'],
  [command, 'scan', '-i', inventory],
];

try {
  writeFileSync(preload, TELL);
  writeFileSync(inventory, `hosts: [{ name: a, transport: recorded, recording: ${JSON.stringify(recording)} }]\n`);
  const rounds = Array.from({ length: ROUNDS }, () => WAYS.map(cpuOf));
  const took = WAYS.map((_, way) => median(rounds.map((round) => round[way] ?? Number.NaN)));
  console.log(`Node ${process.versions.node}, median of ${ROUNDS} rounds in turn, whole processes`);
  for (const [way, name] of ['bare Node', '--version', '--help', 'scan of one recorded host'].entries()) {
    const ms = took[way] ?? Number.NaN;
    console.log(
      `${name.padEnd(26)} ${ms.toFixed(0).padStart(4)} CPU-ms   ${(ms / (took[0] ?? 1)).toFixed(2)} times bare`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
