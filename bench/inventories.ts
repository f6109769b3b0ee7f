/**
 * `node dist/bench/inventories.js`: what reading a large inventory costs, in each form that kernward reads, against
 * `ansible-inventory` where that is installed and knows the form. CPU is user and system time of the whole process.
 *
 * Options: --hosts N (default 10000), --rounds N (3).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largeInventories } from './large-inventories.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}
const HOSTS = option('hosts', 10_000);
const ROUNDS = option('rounds', 3);
const inventories = largeInventories(HOSTS);

function seconds(minutesAndSeconds: string): number {
  const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(minutesAndSeconds) ?? [];
  if (minutes === undefined) throw new Error(`the shell's times said ${minutesAndSeconds}`);
  return Number(minutes) * 60 + Number(rest);
}

/** CPU seconds of a command, as the shell's `times` counts them. */
function cpuOf(command: readonly string[]): number {
  const said = execFileSync('/bin/sh', ['-c', '"$@" >/dev/null || exit 1; times', 'sh', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const children = said.trim().split('\n').at(-1) ?? '';
  return children.split(' ').reduce((sum, part) => sum + seconds(part), 0);
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), 'kernward-inventories-'));
try {
  const hasAnsible = isInstalled('ansible-inventory');
  console.log(
    `${HOSTS} hosts, median of ${ROUNDS} rounds in turn, whole processes${hasAnsible ? '' : '; ansible-inventory is not installed'}`,
  );
  for (const { form, file, text, isKnownToAnsible } of inventories) {
    const path = join(folder, file);
    writeFileSync(path, text);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(
        cpuOf([process.execPath, join(PACKAGE_ROOT, 'dist', 'kernward.js'), 'inventory', 'list', '--json', '-i', path]),
      );
      if (hasAnsible && isKnownToAnsible) theirs.push(cpuOf(['ansible-inventory', '-i', path, '--list']));
    }
    const compared =
      theirs.length === 0
        ? ''
        : `   ansible-inventory ${median(theirs).toFixed(2)} CPU-s, ratio ${(median(ours) / median(theirs)).toFixed(2)}`;
    console.log(`${form.padEnd(26)} ${median(ours).toFixed(2)} CPU-s${compared}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
