import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runWarm } from '../../support/warm/commands.js';

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

/** The same through a pipe, in a process of its own. */
function throughPipe(env: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
  });
  return `${stdout}${stderr}`;
}

/** What it writes where neither stream is a terminal, and a process that has run others does it. */
async function toNoTerminal(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runWarm(folder, args, env);
  return `${stdout}${stderr}`;
}

const CHOICES: readonly (readonly [
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  onTerminal: boolean,
  throughPipe: boolean,
])[] = [
  [{}, [], true, false],
  [{ FORCE_COLOR: '1' }, [], true, true],
  [{ FORCE_COLOR: 'true' }, [], true, true],
  [{ FORCE_COLOR: '0' }, [], false, false],
  [{ FORCE_COLOR: 'false' }, [], false, false],
  [{ FORCE_COLOR: '' }, [], true, false],
  [{ CLICOLOR_FORCE: '1' }, [], true, true],
  [{ CLICOLOR_FORCE: '0' }, [], true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1', CLICOLOR_FORCE: '1' }, [], false, false],
  [{ NO_COLOR: '1' }, ['--color', 'always'], true, true],
  [{ FORCE_COLOR: '1' }, ['--color', 'never'], false, false],
  [{ FORCE_COLOR: '1' }, ['--color', 'auto'], true, true],
  [{}, ['--color=auto'], true, false],
];
for (const [env, args, there, piped] of CHOICES)
  test(`${JSON.stringify(env)} ${args.join(' ')}: ${there ? 'colours' : 'none'} on a terminal, ${piped ? 'colours' : 'none'} through a pipe`, async () => {
    const command = ['scan', '-i', 'inventory.yaml', '--quiet', ...args];
    assert.equal(hasColours(onTerminal({ TERM: 'xterm', ...env }, ...command)), there);
    assert.equal(hasColours(await toNoTerminal(env, ...command)), piped);
    // What is said of a mistake goes by the same.
    assert.equal(hasColours(await toNoTerminal(env, 'scan', '-i', 'no-such-file.yaml', ...args)), piped);
  });

for (const [env, colour] of [
  [{}, false],
  [{ FORCE_COLOR: '1' }, true],
] as const)
  test(`${JSON.stringify(env)}: ${colour ? 'colours' : 'none'} through a real pipe`, () => {
    assert.equal(hasColours(throughPipe(env, 'scan', '-i', 'inventory.yaml', '--quiet')), colour);
    assert.equal(hasColours(throughPipe(env, 'scan', '-i', 'no-such-file.yaml')), colour);
  });

test('another word for a colour is a mistake', () => {
  assert.match(throughPipe({}, 'report', 'x.json', '--color', 'yes'), /Allowed choices are auto, always, never/);
});

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
