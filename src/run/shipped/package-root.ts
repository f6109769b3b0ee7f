import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder upwards that has a package.json. */
function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('kernward was taken out of its package: no package.json is above it');
  return rootAbove(parent);
}

/**
 * The package's own folder: where `policies/`, `schemas/` and `package.json` are, built or installed, in one file or
 * many.
 */
export const PACKAGE_ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

const packageJson: { readonly version: string } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
export const VERSION = packageJson.version;
