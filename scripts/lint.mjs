// The layout of the source, lint with types, warnings included, exports and files that nobody uses (knip.json), and the
// generated files against what the source says now.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const steps = [
  [join(root, 'node_modules', 'oxfmt', 'bin', 'oxfmt'), '--check', '.'],
  [
    join(root, 'node_modules', 'oxlint', 'bin', 'oxlint'),
    '--type-aware',
    '--deny-warnings',
    'src',
    'test',
    'bench',
    'scripts',
  ],
  [join(root, 'node_modules', 'knip', 'bin', 'knip.js'), '--no-progress'],
  [join(root, 'dist', 'scripts', 'generate.js'), '--check'],
  [join(root, 'dist', 'scripts', 'check-hosts.js')],
];
let failed = false;
for (const [script, ...args] of steps) {
  if (!existsSync(script)) {
    console.error(`lint: ${script} is missing`);
    failed = true;
    continue;
  }
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
