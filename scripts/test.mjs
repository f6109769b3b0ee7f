// The README's test command: types (by the build), lint, generated files, the set-up of what the tests need, the tests.
// With arguments, only the tests whose path contains one of them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = (...args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

const wanted = process.argv.slice(2);
if (wanted.length === 0) node(join(root, 'scripts', 'lint.mjs'));
node(join(root, 'dist', 'test', 'support', 'packages.js'));
// By their sources: dist may still hold what was compiled of a test that is gone.
const tests = readdirSync(join(root, 'test'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort()
  .map((name) => join(root, 'dist', 'test', name.replace(/\.ts$/, '.js')));
if (tests.length === 0) {
  console.error('test: no test was found');
  process.exit(1);
}
node(
  '--enable-source-maps',
  '--import',
  pathToFileURL(join(root, 'dist', 'test', 'support', 'seed.js')).href,
  '--test',
  '--test-concurrency=2',
  '--test-timeout=900000',
  ...tests,
);
