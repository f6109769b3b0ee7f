import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { scratch } from '../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

function version(env: NodeJS.ProcessEnv = {}, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('dist', 'kernward.js'), 'version', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
  });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout;
}

function shell(script: string): string {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

test('it says what it is, as its schema has it', () => {
  const said: Readonly<Record<string, unknown>> = JSON.parse(version({}, '--json'));
  const schema: object = JSON.parse(readFileSync(join('schemas', 'version.schema.json'), 'utf8'));
  const check = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  assert.ok(check(said), JSON.stringify(check.errors));
  assert.equal(said['version'], Reflect.get(JSON.parse(readFileSync('package.json', 'utf8')), 'version'));
  assert.equal(said['node'], process.versions.node);
  assert.deepEqual(said['policies'], {
    sha256: shell(`find policies -name '*.yaml' | LC_ALL=C sort | xargs sha256sum | sha256sum`).slice(0, 64),
  });
});

test('the commit is what the build wrote down, where there was a git that knew it', () => {
  const file = join('dist', 'commit');
  const written = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'not known';
  assert.match(written, /^(?:[0-9a-f]{40}(?:-modified)?|not known)$/u);
  assert.match(version(), new RegExp(`^commit +${written}$`, 'mu'));
  if (existsSync('.git')) assert.equal(commitOf('.').slice(0, 40), shell('git rev-parse HEAD'));
});

test('what is not there is said so', () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  assert.match(version({ PATH: bin }), /^ssh +none: the transport openssh cannot be used$/mu);
});

/** The commit that the build would write, of a folder. */
function commitOf(root: string, env: NodeJS.ProcessEnv = {}): string {
  const script = `import { commitOf } from ${JSON.stringify(join(process.cwd(), 'scripts', 'commit.mjs'))}; console.log(commitOf(process.argv[1]));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, root], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

test('an archive that was unpacked into another repository is not of that', () => {
  const inner = join(folder, 'repository', 'kernward');
  mkdirSync(inner, { recursive: true });
  shell(
    `cd ${inner}/.. && git init -q && git -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m one`,
  );
  assert.equal(commitOf(inner), 'undefined');
  assert.equal(commitOf(inner, { KERNWARD_COMMIT: 'a'.repeat(40) }), 'a'.repeat(40));
  assert.equal(commitOf(inner, { KERNWARD_COMMIT: 'main' }), 'undefined');
  const outer = join(inner, '..');
  assert.equal(commitOf(outer), shell(`git -C ${outer} rev-parse HEAD`));
  writeFileSync(join(outer, 'new'), '');
  assert.match(commitOf(outer), /^[0-9a-f]{40}-modified$/u);
});
