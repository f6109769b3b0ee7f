// `npm run test:watch`: after every save, compiles and runs the tests that need nothing but Node and stand on what was saved.
import { spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;

/** Editors write a file in several steps. */
const QUIET_MS = 200;
const saved = new Set();
let timer;

function run() {
  const files = [...saved];
  saved.clear();
  console.log(`\ntest: saved ${files.join(', ')}`);
  if (node(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'))
    node(join('scripts', 'test.mjs'), '--unit', '--changed', ...files);
  console.log('test: waiting for the next save; Ctrl-C ends this');
}

for (const folder of ['src', 'test', 'policies'])
  watch(join(root, folder), { recursive: true }, (_event, name) => {
    if (name === null || !/\.(?:tsx?|ya?ml)$/.test(name)) return;
    saved.add(join(folder, name));
    clearTimeout(timer);
    timer = setTimeout(run, QUIET_MS);
  });
console.log('test: waiting for the first save; Ctrl-C ends this');
