import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { couldNotTest, isRoot } from './shells.js';

const execute = promisify(execFile);
const PINS = join('scripts', 'release', 'node.json');

/** The npm package with the Node.js that executables for this processor bring. */
export function pinnedNode(): { readonly package: string; readonly version: string } {
  const pins: Readonly<Record<string, { readonly package: string; readonly version: string }>> = JSON.parse(
    readFileSync(PINS, 'utf8'),
  );
  return pins[process.arch] ?? { package: `node-linux-${process.arch}`, version: 'none' };
}

export const canMakeRelease = process.platform === 'linux' && process.arch === 'x64';

export function hasPinnedNode(): boolean {
  const { package: name, version } = pinnedNode();
  return existsSync(join('node_modules', '.cache', `${name}-${version}`, 'bin', 'node'));
}

/** @throws where npm could not fetch it, or it is another */
export async function fetchPinnedNode(): Promise<void> {
  await execute(process.execPath, [join('scripts', 'release', 'node-binary.mjs'), process.arch]);
}

/** For `describe`: skips loudly where no release can be made, or no root be made for it. */
export function needsRelease(): { readonly skip: string | false } {
  const why = !canMakeRelease
    ? 'releases are made on Linux x64'
    : !existsSync('/usr/bin/dpkg-query')
      ? 'the clean root is made of the packages of a Debian'
      : !isRoot
        ? 'a root to change into needs root'
        : !hasPinnedNode()
          ? 'the Node.js that executables bring is not here'
          : undefined;
  if (why === undefined) return { skip: false };
  couldNotTest(`a release (${why})`, isRoot);
  return { skip: why };
}
