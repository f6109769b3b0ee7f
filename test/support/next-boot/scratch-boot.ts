import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canBeScratch, inScratch } from '../remediation/scratch-host.js';
import { couldNotTest, isRoot } from '../shells.js';
import { within } from '../within.js';
import type { Node } from './sysctl-trees.js';

const isHere = ['/usr/lib/systemd/systemd-sysctl', '/usr/sbin/sysctl', '/usr/lib/sysctl.d'].every((path) =>
  existsSync(path),
);
export const canBoot = canBeScratch && isHere;
if (!canBoot) couldNotTest('what systemd-sysctl and sysctl --system make of a tree of files', isRoot);

type Values = Readonly<Record<string, string>>;

/** What systemd-sysctl and `sysctl --system` of this machine make of each tree, in a mount namespace of their own. */
export function applySysctls(trees: readonly (readonly Node[])[]): readonly (readonly [Values, Values])[] {
  return inScratch((folder) => {
    const input = join(folder, 'trees.json');
    writeFileSync(input, JSON.stringify(trees));
    const worker = fileURLToPath(new URL('./apply-trees.js', import.meta.url));
    const script = [
      'set -e',
      ...['/proc/sys', '/run', '/etc', '/usr/local/lib', '/usr/lib/sysctl.d'].map(
        (path) => `mount -t tmpfs none ${path}`,
      ),
      'exec "$@"',
    ].join('\n');
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', process.execPath, worker, input],
      { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024, timeout: within(120_000 + trees.length * 200) },
    );
    if (status !== 0) throw new Error(`the programs could not be run: ${stderr}`);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): readonly [Values, Values] => JSON.parse(line));
  });
}
