import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tells on descriptor 3, when the process ends, what CPU it took, from its very beginning, in microseconds. */
const TELL = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(3, String(user + system));
});
`;

const ROUNDS = 7;

function cpuOf(preload: string, args: readonly string[], cwd: string): number {
  const { status, output, stderr } = spawnSync(process.execPath, ['-r', preload, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  assert.ok(status !== null && status < 4, stderr);
  const took = Number(output[3]);
  assert.ok(took > 0, String(output[3]));
  return took;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/**
 * What CPU each way to run Node takes, as a multiple of what Node takes to do nothing: the median of rounds in which each
 * takes its turn in `cwd`, which is the test's own, so that whatever else the machine does meets all of them.
 */
export function timesBareNode(ways: readonly (readonly string[])[], cwd: string): readonly number[] {
  const preload = join(cwd, 'tell.cjs');
  writeFileSync(preload, TELL);
  const all = [['-e', '0'], ...ways];
  const rounds = Array.from({ length: ROUNDS }, () => all.map((args) => cpuOf(preload, args, cwd)));
  const [bare = 1, ...others] = all.map((_, at) => median(rounds.map((round) => round[at] ?? 0)));
  return others.map((took) => took / bare);
}
