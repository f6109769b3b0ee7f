// `npm run dev`: compiles whenever a source changes, and keeps what is made of it: the command in one file, and the values of
// the policies. Tests are run beside it, by `node --test dist/test/…`.
import { spawn, spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';
import { bundles } from './bundle.mjs';
import { unstamp } from './up-to-date.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// The next build looks for itself what this one has left.
unstamp(root);

const tsc = spawn(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root, '--watch', '--preserveWatchOutput'],
  { stdio: 'inherit' },
);

for (const options of bundles(root)) {
  const bundle = await context({ ...options, logLevel: 'info' });
  await bundle.watch();
}

let waiting;
// An editor writes a file in several steps.
watch(join(root, 'policies'), { recursive: true }, () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const { status } = spawnSync(process.execPath, [join(root, 'dist', 'scripts', 'checked-values.js')], {
      cwd: root,
      stdio: 'inherit',
    });
    console.log(status === 0 ? 'policies: read' : 'policies: not read');
  }, 200);
});

tsc.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tsc.kill(signal));
