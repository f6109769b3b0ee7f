// Installs what package-lock.json names (only when it changed) and compiles (only what changed). Needs nothing but Node and npm.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCommit } from './commit.mjs';
import { writeLibraryTypes } from './library-types.mjs';
import { notices } from './notices.mjs';
import { digestOfInputs, lacksOutputs, removeStrays, stamp, unstamp, whatToBuild } from './up-to-date.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`kernward needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
};

const installed = join(root, 'node_modules', '.kernward-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
  // On standard error: the output of `npm pack --json` is read by programs.
  console.error('kernward: installing and building, about half a minute on two cores …');
  // The versions of package-lock.json. Not `npm ci`: it demands an entry for the linter's binaries of every platform there
  // is, and a registry need not carry them all. Dev and optional by name, so that NODE_ENV=production leaves no compiler out.
  run('npm', [
    'install',
    '--no-save',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  // As a new file: another tree may share the old one by a hard link.
  rmSync(installed, { force: true });
  writeFileSync(installed, lock);
}

writeCommit(root);
const inputs = digestOfInputs(root);
const wanted = whatToBuild(root, inputs);
if (wanted === 'nothing') process.exit(0);
unstamp(root);

// Each checker looks anew at what many files share: on two cores one is done first, at half of the CPU.
const checkers = String(Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2))));
const tsc = [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--checkers', checkers, '-p'];
const forget = () => rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true });
if (wanted === 'everything') forget();
run(process.execPath, [...tsc, root]);
if (lacksOutputs(root)) {
  forget();
  run(process.execPath, [...tsc, root]);
}
removeStrays(root);
// The script of the HTML format's page runs in a browser and has its types; `npm run generate` puts it into the page.
run(process.execPath, [...tsc, join(root, 'src', 'report', 'html', 'browser')]);

// What the YAML files that kernward ships say, read and checked once and for all.
run(process.execPath, [join(root, 'dist', 'scripts', 'checked-values.js')]);

// Chunks are named after what is in them: those of another build would stay.
for (const name of readdirSync(join(root, 'dist'))) if (/\.c?js$/.test(name)) rmSync(join(root, 'dist', name));
// These stand on packages, which a fresh clone has only now.
const { build } = await import('esbuild');
const { bundles } = await import('./bundle.mjs');
const built = await Promise.all(bundles(root).map((options) => build(options)));
writeLibraryTypes(root);
writeFileSync(join(root, 'dist', 'THIRD-PARTY-NOTICES'), notices(root, built));
stamp(root, inputs);
