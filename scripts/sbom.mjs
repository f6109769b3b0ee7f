// Prints the bill of materials (CycloneDX) of what a user installs: what is bundled into it, and what npm installs beside it.
// Both are development dependencies or optional ones to npm, so it is asked of a package that has them as plain ones.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundles } from './bundle.mjs';
import { bundledPackages } from './notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { devDependencies, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const { devDependencies: _, ...self } = lock.packages[''];

const built = await Promise.all(bundles(root).map((options) => build({ ...options, write: false })));
const bundled = new Set(bundledPackages(built));
const isBundled = ([name]) => bundled.has(`node_modules/${name}`);
const dependencies = Object.fromEntries(Object.entries(devDependencies).filter(isBundled));
const isThere = ([path, { dev }]) => path !== '' && (dev !== true || bundled.has(path));
const entries = Object.entries(lock.packages).filter(isThere);
const names = new Set(entries.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));
// What a bundled package wants, and nothing was taken of, is nowhere.
const taken = (wants = {}) => Object.fromEntries(Object.entries(wants).filter(([name]) => names.has(name)));
const installed = entries.map(([path, { dev: __, ...entry }]) => [
  path,
  bundled.has(path)
    ? { ...entry, dependencies: taken(entry.dependencies), optionalDependencies: taken(entry.optionalDependencies) }
    : entry,
]);

const folder = mkdtempSync(join(tmpdir(), 'kernward-sbom-'));
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
  const packages = { '': { ...self, dependencies }, ...Object.fromEntries(installed) };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
  const { status, stdout } = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
