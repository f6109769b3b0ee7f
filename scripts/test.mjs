// Runs every compiled test. The set-up of what they need (sshd, shells) is test/setup; what cannot be had is said loudly.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv.slice(2);
const tests = readdirSync(join(root, 'dist', 'test'), { recursive: true })
  .filter((name) => name.endsWith('.test.js') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort()
  .map((name) => join(root, 'dist', 'test', name));
if (tests.length === 0) {
  console.error('test: no test was found');
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-concurrency=2', ...tests], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
