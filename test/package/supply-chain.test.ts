import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scratch } from '../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

function run(cwd: string, program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The packages that the source imports, with their versions. */
function imported(): readonly (readonly [name: string, version: string])[] {
  const { devDependencies }: { readonly devDependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  const text = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/u.test(name))
    .map((name) => readFileSync(join('src', name), 'utf8'))
    .join('\n');
  // Of TypeBox only what it makes is bundled: the schemas, as values.
  return Object.entries(devDependencies).filter(
    ([name]) => name !== 'typebox' && new RegExp(`from '${name}['/]`, 'u').test(text),
  );
}

test('what is bundled stands in the notices with its licence', () => {
  const text = readFileSync(join('dist', 'THIRD-PARTY-NOTICES'), 'utf8');
  assert.ok(imported().length > 10);
  for (const [name, version] of [...imported(), ['tweetnacl', '']] as const)
    assert.match(text, new RegExp(`^${name} ${version}[^(]*\\(`, 'mu'));
  assert.match(text, /Permission is hereby granted/u);
});

test('the bill of materials names what is bundled and nothing that only builds', () => {
  const bom: {
    readonly bomFormat: string;
    readonly components: readonly { readonly name: string; readonly version: string }[];
  } = JSON.parse(run(process.cwd(), 'npm', 'run', '--silent', 'sbom'));
  assert.equal(bom.bomFormat, 'CycloneDX');
  const named = new Set(bom.components.map(({ name, version }) => `${name} ${version}`));
  for (const [name, version] of imported()) assert.ok(named.has(`${name} ${version}`), name);
  // libsql is nothing that anybody gets who does not ask for it.
  for (const builder of ['typescript', 'esbuild', 'oxlint', 'cpu-features', 'nan', 'libsql', 'postject'])
    assert.ok(!bom.components.some(({ name }) => name === builder), builder);
});

function packed(root: string): string {
  const [made] = JSON.parse(run(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder));
  const file = join(folder, String(Reflect.get(Object(made), 'filename')));
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  rmSync(file);
  return digest;
}

/** A copy by hard links where both are on one disk: it has paths of its own, and no bytes to write. */
function copyOrLink(from: string, to: string): void {
  if (spawnSync('cp', ['-al', from, to]).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  run(process.cwd(), 'cp', '-a', from, to);
}

test('two builds in two folders give the same package, byte for byte', () => {
  const other = join(folder, 'elsewhere', 'deeper');
  mkdirSync(other, { recursive: true });
  // Without the tests, of which nothing is in the package.
  for (const name of readdirSync('.'))
    if (!['.git', 'bench', 'dist', 'node_modules', 'test'].includes(name))
      cpSync(name, join(other, name), { recursive: true });
  mkdirSync(join(other, 'node_modules'));
  // Not what the tests keep in `.cache`: hundreds of megabytes that no build reads.
  for (const name of readdirSync('node_modules'))
    if (name !== '.cache') copyOrLink(join('node_modules', name), join(other, 'node_modules', name));
  // It has no repository that could say so.
  const commit = join('dist', 'commit');
  if (existsSync(commit)) process.env['KERNWARD_COMMIT'] = readFileSync(commit, 'utf8').trim();
  run(other, process.execPath, join('scripts', 'build.mjs'));
  assert.equal(packed(other), packed(process.cwd()));
});
