/** The program of docs/library.md, as it is written there, run by somebody who has nothing but the packed package. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { unpackTo } from '../support/packed.js';
import { within } from '../support/within.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-library-'));
const installed = join(folder, 'node_modules', 'kernward');
after(() => rmSync(folder, { recursive: true, force: true }));

/** The first block of JavaScript of the page. */
const program = /^```js\n([\s\S]*?)^```$/m.exec(readFileSync('docs/library.md', 'utf8'))?.[1] ?? '';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string): Ended {
  const { HOME: _, ...env } = process.env;
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...env, HOME: folder }, timeout: within(120_000) });
}

function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, args, cwd);
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

interface Manifest {
  readonly bin: { readonly kernward: string };
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
}

before(() => {
  unpackTo(installed, folder);
  writeFileSync(join(folder, 'program.mjs'), program);
  copyFileSync(join(installed, 'policies', 'hosts', 'debian-12.probe'), join(folder, 'db1.probe'));
});

test('the program has at most 30 lines', () => {
  const lines = program.trimEnd().split('\n');
  assert.ok(lines.length >= 10 && lines.length <= 30, `${lines.length} lines`);
});

test('run outside of the repository it finds what the command of the same package finds', () => {
  const { status, stdout, stderr } = run(process.execPath, ['program.mjs'], folder);
  assert.equal(stderr, '');
  const lines = stdout.trimEnd().split('\n');
  const verdict = lines.pop() ?? '';

  writeFileSync(join(folder, 'fleet.yaml'), 'hosts: [{ name: db1, transport: recorded, recording: db1.probe }]\n');
  const command = join(installed, manifest().bin.kernward);
  const scan = run(process.execPath, [command, 'scan', '-i', 'fleet.yaml', '-o', 'jsonl'], folder);
  const fails = scan.stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const { verdicts = [] }: { readonly verdicts?: readonly Readonly<Record<string, string>>[] } = JSON.parse(line);
      return verdicts.filter(({ result }) => result === 'fail');
    })
    .map(({ host, rule, severity, because }) => `${host}: ${severity} ${rule}: ${because}`);
  assert.ok(fails.length > 0, scan.stderr);
  assert.deepEqual(lines, fails);
  assert.equal(`kernward: ${verdict}\n`, scan.stderr);
  assert.equal(status, scan.status);
});

test('its types are whole', () => {
  const tsc = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  // Where the packages are that the types name; there the file is checked, and not only believed.
  mustRun(process.execPath, [tsc, '--ignoreConfig', ...options, join('dist', 'library.d.ts')], process.cwd());
});

test('its types fit the program', () => {
  const tsc = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc');
  const types = ['--typeRoots', join(process.cwd(), 'node_modules', '@types'), '--types', 'node'];
  const lax = ['--noEmit', '--allowJs', '--checkJs', '--strict', '--noImplicitAny', 'false', '--skipLibCheck'];
  mustRun(
    process.execPath,
    [tsc, ...lax, ...types, '--module', 'nodenext', '--target', 'es2023', 'program.mjs'],
    folder,
  );
});
