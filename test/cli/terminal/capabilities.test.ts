import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const folder = mkdtempSync(join(tmpdir(), 'kernward-terminal-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'inventory.yaml'),
  `hosts:\n  - { name: a, transport: recorded, recording: ${join(process.cwd(), 'policies', 'hosts', 'debian-12.probe')}, profile: fail-fast }\n`,
);

/** What a command writes to a terminal of its own. */
function onTerminal(env: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  return spawnSync(
    'script',
    [
      '--quiet',
      '--return',
      '--command',
      `exec ${[process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')}`,
      '/dev/null',
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, SHELL: '/bin/sh', ...env },
    },
  ).stdout;
}

function hasColours(text: string): boolean {
  return text.split('\x1b').some((part) => /^\[\d+m/.test(part));
}

const ROWS: readonly (readonly [
  what: string,
  env: Readonly<Record<string, string>>,
  colour: boolean,
  rewritten: boolean,
])[] = [
  ['a terminal that knows colours', { TERM: 'xterm' }, true, true],
  ['NO_COLOR', { TERM: 'xterm', NO_COLOR: '1' }, false, true],
  ['NO_COLOR that is empty', { TERM: 'xterm', NO_COLOR: '' }, true, true],
  ['TERM=dumb', { TERM: 'dumb' }, false, false],
  ['no TERM', {}, false, false],
];
for (const [what, env, colour, rewritten] of ROWS)
  test(`${what}: ${colour ? 'colours' : 'no colours'}, ${rewritten ? 'a line that is written over' : 'nothing but text'}`, () => {
    const scanned = onTerminal(env, 'scan', '-i', 'inventory.yaml');
    assert.match(scanned, /not compliant/);
    assert.equal(hasColours(scanned), colour);
    assert.equal(scanned.includes('\x1b[K'), rewritten);
    assert.equal(hasColours(onTerminal(env, 'scan', '-i', 'no-such-file.yaml')), colour);
  });
