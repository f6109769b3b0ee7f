// Makes what a release consists of beside the npm package, into dist/release: npm run release, or npm run release x64
//   --to=FOLDER   into another folder, which is made anew
//   --in-haste    packages that are a little larger, in a third of the time: to try them
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeExecutables } from './release/executable.mjs';
import { ARCHITECTURES } from './release/node-binary.mjs';
import { makePackages } from './release/packages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const given = process.argv.slice(2);
const to = given.find((word) => word.startsWith('--to='));
const inHaste = given.includes('--in-haste');
const named = given.filter((word) => word !== to && word !== '--in-haste');
const wanted = named.length > 0 ? named : ARCHITECTURES;
const strange = wanted.find((word) => !ARCHITECTURES.includes(word));
if (strange !== undefined) {
  console.error(`release: there is no ${strange}; there are ${ARCHITECTURES.join(' and ')}`);
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.error('release: executables and packages are for Linux, and are made on Linux');
  process.exit(2);
}
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = to === undefined ? join(root, 'dist', 'release') : resolve(to.slice('--to='.length));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const targets = wanted.map((architecture) => ({
  architecture,
  file: join(folder, `kernward-${version}-linux-${architecture}`),
}));
await makeExecutables(root, targets);
for (const { architecture, file } of targets)
  makePackages(root, { executable: file, architecture, version, to: folder, inHaste });

const sums = readdirSync(folder)
  .toSorted()
  .map((name) => [name, readFileSync(join(folder, name))]);
writeFileSync(
  join(folder, 'SHA256SUMS'),
  sums.map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`).join(''),
);
for (const [name, bytes] of sums)
  console.log(`${(bytes.length / 1e6).toFixed(1).padStart(6)} MB  ${relative('', join(folder, name))}`);
