/** What is loaded before the command does anything. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const COMMAND = join(process.cwd(), 'dist', 'kernward.js');

/** The file and all that it imports where it is loaded, each with its text. */
function loadedWith(file: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (found.has(file)) return found;
  const text = readFileSync(file, 'utf8');
  found.set(file, text);
  for (const [, path = ''] of text.matchAll(/(?:^|[;\n])(?:import|export)(?:[^;"'()]*?from)?\s*"(\.[^"]+)"/gu))
    loadedWith(resolve(dirname(file), path), found);
  return found;
}

test('a help text loads what can be said, and nothing that works', () => {
  const loaded = loadedWith(COMMAND);
  const characters = [...loaded.values()].reduce((sum, { length }) => sum + length, 0);
  assert.ok(characters > 50_000, `${characters}: the command line is not among it`);
  // Half of it is commander. All together, 132 KB today, are compiled in some milliseconds.
  assert.ok(characters < 160_000, `${characters} characters in ${loaded.size} files`);
  assert.ok(loaded.size <= 15, `${loaded.size} files`);
});

const HOOKS = `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  if (url.startsWith('file:')) appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}
`;

/** The files that a command loads, from start to end. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const list = join(folder, 'loaded');
  writeFileSync(list, '');
  writeFileSync(join(folder, 'hooks.mjs'), HOOKS);
  writeFileSync(
    join(folder, 'register.mjs'),
    `import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n`,
  );
  const hooked = ['--import', pathToFileURL(join(folder, 'register.mjs')).href, COMMAND, ...args];
  const { status, stderr } = spawnSync(process.execPath, hooked, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, LOADED: list },
    timeout: within(60_000),
  });
  assert.ok(status === 0 || status === 1, stderr);
  return [...new Set(readFileSync(list, 'utf8').trim().split('\n'))].map((url) => fileURLToPath(url));
}

// What is loaded is compiled, at some 30 ms a megabyte; `node dist/bench/start.js` says what CPU it comes to.
test('a scan of a recorded host loads neither SSH nor a database, nor what sends mail', () => {
  const recording = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
  const host = `{ name: a, transport: recorded, recording: ${JSON.stringify(recording)} }`;
  writeFileSync(join(folder, 'fleet.yaml'), `hosts: [${host}]\n`);
  const files = loadedBy('scan', '-i', 'fleet.yaml');
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const characters = texts.reduce((sum, { length }) => sum + length, 0);
  assert.ok(characters > 500_000, `${characters}: what judges is not among it`);
  assert.ok(characters < 2_300_000, `${characters} characters in ${files.length} files`);
  const others = readdirSync('dist').filter(
    (name) => name.endsWith('.js') && !files.some((file) => file.endsWith(name)),
  );
  for (const mark of ['KEXDH_REPLY', 'Kysely', 'STARTTLS']) {
    assert.ok(!texts.some((text) => text.includes(mark)), mark);
    assert.ok(
      others.some((name) => readFileSync(join('dist', name), 'utf8').includes(mark)),
      `${mark} marks nothing`,
    );
  }
});
