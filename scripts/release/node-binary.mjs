// The Node.js that an executable brings: fetched by npm, held against the digest that is written down here, kept in the cache.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

export const ARCHITECTURES = ['x64', 'arm64'];

const pinned = (root) => JSON.parse(readFileSync(join(root, 'scripts', 'release', 'node.json'), 'utf8'));

/** The folder of the unpacked npm package: bin/node and LICENSE. */
export function nodePackage(root, architecture) {
  const { package: name, version, integrity } = pinned(root)[architecture];
  const folder = join(root, 'node_modules', '.cache', `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, '..'), { recursive: true });
  const making = mkdtempSync(`${folder}-`);
  try {
    run('npm', ['pack', '--silent', '--pack-destination', making, `${name}@${version}`], { cwd: making });
    const archive = join(making, `${name}-${version}.tgz`);
    const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (digest !== integrity) throw new Error(`${name}@${version} is ${digest}, and not ${integrity}`);
    run('tar', ['-xzf', archive, '-C', making]);
    renameSync(join(making, 'package'), folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

// As a program: fetches those that are named, so that a set-up can.
if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const architecture of process.argv.slice(2))
    nodePackage(join(dirname(fileURLToPath(import.meta.url)), '..', '..'), architecture);
