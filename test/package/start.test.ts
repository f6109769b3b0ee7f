/** What is loaded, and what CPU it takes, before the command does anything. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { timesBareNode } from '../support/cpu-of-start.js';
import { scratch } from '../support/scratch.js';

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
  // Two thirds of it are commander. All together, 107 KB today, are compiled in some milliseconds.
  assert.ok(characters < 130_000, `${characters} characters in ${loaded.size} files`);
  assert.ok(loaded.size <= 15, `${loaded.size} files`);
});

/** Whether it holds in one of three tries: a machine may be busy with something else for the whole of one. */
function holdsSoon(least: () => readonly string[]): void {
  let wrong = least();
  for (let again = 0; wrong.length > 0 && again < 2; again += 1) wrong = least();
  assert.deepEqual(wrong, []);
}

test('--version and --help take little more than Node itself, and a recorded host a few times that', () => {
  const recording = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
  writeFileSync(
    join(folder, 'fleet.yaml'),
    `hosts: [{ name: a, transport: recorded, recording: ${JSON.stringify(recording)} }]\n`,
  );
  // Measured on a quiet machine: 1.4, 1.45 and 5.9 times.
  const LIMITS = [
    [['--version'], 1.8],
    [['--help'], 1.8],
    [['scan', '-i', 'fleet.yaml'], 7.5],
  ] as const;
  holdsSoon(() => {
    const times = timesBareNode(
      LIMITS.map(([args]) => [COMMAND, ...args]),
      folder,
    );
    return LIMITS.flatMap(([args, most], at) => {
      const factor = times[at] ?? Infinity;
      return factor <= most ? [] : [`${args.join(' ')}: ${factor.toFixed(2)} times bare Node, more than ${most}`];
    });
  });
});
