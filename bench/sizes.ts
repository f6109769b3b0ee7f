/**
 * `node dist/bench/sizes.js`: what a fleet of recorded hosts takes, from a hundred to a hundred thousand: CPU a host and the most
 * memory, for each format of a scan, for `collect` and for `eval`. A curve that is not flat is quadratic somewhere.
 *
 * Options: --most N (10000): the largest fleet; 100000 takes half an hour and 4 GB of disk.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedHost } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { policyOfManyRules } from './many-rules.js';
import type { Usage } from './usage-at-exit.js';
import { varyRecording } from './vary-recording.js';

const at = process.argv.indexOf('--most');
const MOST = at < 0 ? 10_000 : Number(process.argv[at + 1]);
/** Further hosts answer what an earlier one did. */
const RECORDINGS = 10_000;
const MANY_RULES = 1000;
const SIZES = [100, 1000, 10_000, 100_000].filter((size) => size <= MOST);

const folder = mkdtempSync(join(tmpdir(), 'kernward-sizes-'));
function file(name: string): string {
  return join(folder, name);
}

function measure(args: readonly string[]): Usage {
  const usage = file('usage');
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      join(PACKAGE_ROOT, 'dist', 'bench', 'usage-at-exit.js'),
      join(PACKAGE_ROOT, 'dist', 'kernward.js'),
      ...args,
    ],
    { env: { ...process.env, BENCH_USAGE: usage }, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  );
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return JSON.parse(readFileSync(usage, 'utf8'));
}

try {
  const recording = recordedHost('debian-12');
  if (recording === undefined) throw new Error('the recorded host debian-12 is missing');
  const text = Buffer.from(recording).toString();
  mkdirSync(file('recordings'));
  for (let index = 0; index < Math.min(MOST, RECORDINGS); index += 1)
    writeFileSync(file(`recordings/${index}`), varyRecording(text, index));
  writeFileSync(file('many-rules.yaml'), policyOfManyRules(MANY_RULES));
  console.log(`recorded hosts, Node ${process.versions.node}, one run each, whole processes`);
  for (const size of SIZES) {
    const hosts = Array.from(
      { length: size },
      (_, index) => `  - { name: host${index}, recording: recordings/${index % RECORDINGS} }\n`,
    );
    writeFileSync(file('inventory.yaml'), `defaults: { transport: recorded }\nhosts:\n${hosts.join('')}`);
    const rows: readonly (readonly [string, readonly string[]])[] = [
      ...['jsonl', 'csv', 'json', 'html'].map(
        (format) =>
          [
            `scan, ${format}`,
            ['scan', '-q', '-i', file('inventory.yaml'), '-o', `${format}:${file('report')}`],
          ] as const,
      ),
      [
        `${MANY_RULES} rules`,
        ['scan', '-q', '-i', file('inventory.yaml'), '-p', file('many-rules.yaml'), '-o', `csv:${file('report')}`],
      ],
      ['collect', ['collect', '-q', '-i', file('inventory.yaml'), '-o', file('collected.jsonl')]],
      ['eval, csv', ['eval', file('collected.jsonl'), '-o', `csv:${file('report')}`]],
    ];
    for (const [what, args] of rows) {
      const { cpuMicros, peakKiB } = measure(args);
      console.log(
        `${String(size).padStart(6)}  ${what.padEnd(12)} ${(cpuMicros / 1000 / size).toFixed(2).padStart(6)} CPU-ms a host   ${(peakKiB / 1024).toFixed(0).padStart(4)} MiB at most`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
