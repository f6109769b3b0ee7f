/** What the command loads before it works. Counted in files and characters: what they cost depends on the machine. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMAND_MAKERS } from '../../src/cli/program.js';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const INVENTORY = join(folder, 'fleet.yaml');
writeFileSync(
  INVENTORY,
  `hosts: [{ name: db1, transport: recorded, recording: ${join(process.cwd(), 'policies', 'hosts', 'debian-12.probe')} }]\n`,
);
const POLICY = join(folder, 'own.yaml');
writeFileSync(
  POLICY,
  'policy: own\ntitle: Own\nrules:\n  - { id: own, title: Own, severity: low, requires: "sysctl.kernel.panic < 61" }\n',
);

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

let runs = 0;
/** The files of dist that Node loaded as code. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const to = join(folder, `coverage-${++runs}`);
  mkdirSync(to);
  const { status, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'dist', 'kernward.js'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder, NODE_V8_COVERAGE: to },
    timeout: within(60_000),
  });
  assert.ok(status === 0 || status === 1, stderr);
  const [report = ''] = readdirSync(to);
  const { result }: Coverage = JSON.parse(readFileSync(join(to, report), 'utf8'));
  return result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
}

function charactersOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + readFileSync(file, 'utf8').length, 0);
}

function lateOf(files: readonly string[]): readonly string[] {
  return files
    .map((file) => basename(file))
    .filter((name) => name.startsWith('late-'))
    .toSorted();
}

/** What a run loads of Node itself, beside what Node loads for its own sake. */
function partsOfNodeFor(...args: readonly string[]): readonly string[] {
  const to = join(folder, `parts-${++runs}.json`);
  const hook = `import { writeFileSync } from 'node:fs';
process.once('exit', () => writeFileSync(${JSON.stringify(to)}, JSON.stringify(process.moduleLoadList)));`;
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
      join(process.cwd(), 'dist', 'kernward.js'),
      ...args,
    ],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: folder },
      timeout: within(60_000),
    },
  );
  assert.ok(status === 0 || status === 1, stderr);
  const loaded: readonly string[] = JSON.parse(readFileSync(to, 'utf8'));
  return loaded.map((name) => name.replace('NativeModule ', ''));
}

for (const word of ['--version', '--help']) {
  test(`${word} loads four files with at most 150,000 characters`, () => {
    const files = loadedBy(word);
    assert.ok(files.length <= 4, files.join(' '));
    assert.ok(charactersOf(files) <= 150_000, `${charactersOf(files)}`);
  });
}

test('a scan of a recorded host loads seven files with at most 1,445,000 characters, and nothing that few runs need', () => {
  const files = loadedBy('scan', '-i', INVENTORY);
  assert.ok(files.length <= 7, files.join(' '));
  assert.ok(charactersOf(files) <= 1_445_000, `${charactersOf(files)}`);
  assert.deepEqual(lateOf(files), []);
});

test('a scan of a recorded host loads nothing of Node for sockets, other programs and packed files', () => {
  const parts = partsOfNodeFor('scan', '-i', INVENTORY);
  assert.ok(parts.includes('crypto'), 'Node tells no more what it has loaded');
  const unneeded = ['child_process', 'dgram', 'http', 'https', 'readline', 'tls', 'tty', 'v8', 'zlib'];
  assert.deepEqual(
    unneeded.filter((part) => parts.includes(part)),
    [],
  );
});

test('what few runs need is loaded by the runs that need it', () => {
  assert.deepEqual(lateOf(loadedBy('scan', '-i', INVENTORY, '-l', 'db*')), ['late-re2js.cjs']);
  assert.deepEqual(lateOf(loadedBy('scan', '-i', INVENTORY, '-p', POLICY)), ['late-ajv.cjs', 'late-cel.cjs']);
  const html = loadedBy('scan', '-i', INVENTORY, '-o', `html:${join(folder, 'report.html')}`);
  assert.deepEqual(lateOf(html), []);
  assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /<html/);
});

test('every command is called what it is looked up by', () => {
  assert.deepEqual(
    [...COMMAND_MAKERS].map(([name, make]) => [name, make().name()]),
    [...COMMAND_MAKERS.keys()].map((name) => [name, name]),
  );
});
