import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './source-file.js';

/** The nearest folder upwards that has a package.json. */
const rootAbove = (folder: string): string => {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('kernward was taken out of its package: no package.json is above it');
  return rootAbove(parent);
};

/** The package's own folder: where `policies/`, `schemas/` and `package.json` are, built or installed, in one file or many. */
export const PACKAGE_ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

const packageJson: { readonly version: string } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
export const VERSION = packageJson.version;

const yamlIn = (folder: string): SourceFile[] =>
  readdirSync(join(PACKAGE_ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(PACKAGE_ROOT, folder, name), 'utf8') }));

export const shippedPolicies = (): SourceFile[] => yamlIn('policies');
export const shippedProfiles = (): SourceFile[] => yamlIn(join('policies', 'profiles'));
export const shippedFixes = (): SourceFile[] => yamlIn(join('policies', 'kernel-fixes'));

export const shippedSupport = (): SourceFile[] => yamlIn(join('policies', 'support'));

/** The probe output of a recorded host that policy cases start from; `undefined`: there is none of that name. */
export const recordedHost = (name: string): Uint8Array | undefined => {
  const folder = join(PACKAGE_ROOT, 'policies', 'hosts');
  return readdirSync(folder).includes(`${name}.probe`) ? readFileSync(join(folder, `${name}.probe`)) : undefined;
};
