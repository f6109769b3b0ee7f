/** The packed package, unpacked into a folder above which there is no node_modules. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isBuiltin } from 'node:module';
import { after, before, test } from 'node:test';
import { type Packed, unpackTo } from '../support/packed.js';
import { firstDifference, timeless } from '../support/recorded-fleet.js';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const folder = scratch();
const unpacked = join(folder, 'kernward');
let packed: Packed;
after(() => rmSync(folder, { recursive: true, force: true }));

before(() => {
  packed = unpackTo(unpacked, folder);
  for (let at = unpacked; at !== dirname(at); at = dirname(at))
    assert.ok(!existsSync(join(at, 'node_modules')), `${at} has node_modules`);
  writeFileSync(
    join(folder, 'fleet.yaml'),
    'hosts: [{ name: db1, transport: recorded, recording: kernward/policies/hosts/debian-12.probe }]\n',
  );
});

function run(...args: readonly string[]) {
  return runWith({}, args);
}

function runWith(env: NodeJS.ProcessEnv, args: readonly string[]) {
  return spawnSync(process.execPath, [join(unpacked, 'bin', 'kernward.cjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    timeout: within(120_000),
  });
}

test('it is small', () => {
  assert.ok(packed.size < 2_000_000, `${packed.size} bytes packed`);
  assert.ok(packed.entryCount < 250, `${packed.entryCount} files`);
  assert.ok(packed.unpackedSize < 7_500_000, `${packed.unpackedSize} bytes unpacked`);
});

test('it says its version', () => {
  const { status, stdout, stderr } = run('--version');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/u);
});

test('it judges a recorded host', () => {
  const { status, stdout, stderr } = run('scan', '-i', 'fleet.yaml');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /db1/u);
});

test('it asks hosts in several threads, and says the same of them', () => {
  const names = Array.from({ length: 6 }, (_, index) => `db${index}`);
  const hosts = names.map(
    (name) => `  - { name: ${name}, transport: recorded, recording: kernward/policies/hosts/debian-12.probe }\n`,
  );
  writeFileSync(join(folder, 'six.yaml'), `hosts:\n${hosts.join('')}`);
  writeFileSync(
    join(folder, 'tells-threads.mjs'),
    "process.on('worker', () => process.stderr.write('a thread is started\\n'));\n",
  );
  const reports = ['1', '2'].map((workers) => {
    const { status, stdout, stderr } = runWith({ NODE_OPTIONS: `--import ${join(folder, 'tells-threads.mjs')}` }, [
      'scan',
      '-q',
      '-i',
      'six.yaml',
      '--workers',
      workers,
      '-o',
      'jsonl',
    ]);
    assert.equal(status, 0, stderr);
    assert.equal(stderr.match(/a thread is started/gu)?.length ?? 0, workers === '1' ? 0 : 2, stderr);
    assert.doesNotMatch(stderr, /bug|lost|could not/u);
    return timeless(stdout);
  });
  assert.equal(firstDifference(reports[1] ?? '', reports[0] ?? ''), undefined);
});

test('it scans its demo over SSH, looks names up in a process of its own, and writes pages', () => {
  const { status, stdout, stderr } = run('demo');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^All 14 hosts were judged as expected\.$/mu);
  assert.match(readFileSync(join(folder, 'kernward-demo', 'report.html'), 'utf8'), /<html/u);
});

test('it makes a history with the SQLite of Node, or says in a sentence what is missing', () => {
  const { status, stderr } = run('scan', '-i', 'fleet.yaml', '--history=history.db');
  if (isBuiltin('node:sqlite')) {
    assert.equal(status, 0, stderr);
    return;
  }
  assert.equal(status, 2, stderr);
  assert.match(
    stderr,
    /^error: there is no SQLite for Node [\d.]+ on \S+ \S+ \[history\/no-sqlite\]\n {2}help: use Node 22/u,
  );
});

interface Entry {
  readonly dev?: boolean;
}

test('npm installs nothing with it, and it runs no script', () => {
  const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  const installed = Object.entries(lock.packages).filter(([, { dev }]) => dev !== true);
  assert.deepEqual(
    installed.map(([path]) => path),
    [''],
  );
  const manifest: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> = JSON.parse(
    readFileSync(join(unpacked, 'package.json'), 'utf8'),
  );
  const { scripts, dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta } = manifest;
  assert.deepEqual([dependencies, optionalDependencies], [undefined, undefined]);
  for (const name of Object.keys(peerDependencies)) assert.deepEqual(peerDependenciesMeta?.[name], { optional: true });
  for (const moment of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(scripts?.[moment], undefined);
});
