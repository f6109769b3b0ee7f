import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IS_EXECUTABLE } from '../../transports/programs/own-program.js';

/** The nearest folder upwards that has a package.json. */
function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('kernward was taken out of its package: no package.json is above it');
  return rootAbove(parent);
}

/**
 * The package's own folder: where `policies/`, `schemas/` and `package.json` are, built or installed, in one file or
 * many. The single executable has none, and nothing beside it is its own.
 */
export const PACKAGE_ROOT = IS_EXECUTABLE
  ? dirname(process.execPath)
  : rootAbove(dirname(fileURLToPath(import.meta.url)));
