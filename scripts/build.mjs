// Installs what package-lock.json names (only when it changed) and compiles. Needs nothing but Node and npm.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

const stamp = join(root, 'node_modules', '.kernward-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
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
  writeFileSync(stamp, lock);
}
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
run(process.execPath, [tsc, '-p', root]);
// The script of the HTML format's page runs in a browser and has its types; `npm run generate` puts it into the page.
run(process.execPath, [tsc, '-p', join(root, 'src', 'report', 'html', 'browser')]);

// What the YAML files that kernward ships say, read and checked once and for all.
run(process.execPath, [join(root, 'dist', 'scripts', 'checked-values.js')]);

// Read by sh (`#!/bin/sh` in main.ts), to which a line of JavaScript begins with the command `:`. Node forgets at its start that
// nohup made it ignore SIGHUP: sh has to look before it.
const atFirst = `":" //; while IFS= read -r l; do case $l in SigIgn:*[13579bdf]) KERNWARD_NOHUP=1; export KERNWARD_NOHUP;; esac; done 2>/dev/null </proc/$$/status
":" //; exec node "$0" "$@"
`;
// The command as one file: a thousand modules, most of them TypeBox's, cost more to load than a hundred hosts to ask.
const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: ['dist/src/cli/main.js'],
  outfile: 'dist/kernward.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // ssh2 looks for files beside its own.
  external: ['ssh2'],
  banner: {
    js: `${atFirst}import { createRequire as kernwardRequire } from 'node:module';\nconst require = kernwardRequire(import.meta.url);`,
  },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'eof',
  logLevel: 'warning',
});
chmodSync(join(root, 'dist', 'kernward.js'), 0o755);
