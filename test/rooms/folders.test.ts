import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

/** More than can be taken in at a glance wants a folder by mechanism. */
const MOST = 25;

/** Lists of things that are all alike, one file each. */
const LISTS = ['cli/commands', 'cli/actions', 'facts/catalog', 'kernel/families', 'report/formats'];

/** Names that say nothing of what a folder holds. */
const NAMELESS = /^(?:utils?|helpers?|common|misc|shared|lib)$/u;

function folders(path = 'src'): readonly string[] {
  const inside = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [path, ...inside.flatMap(({ name }) => folders(`${path}/${name}`))];
}

test('a folder has few loose files, or is a list of things that are alike', () => {
  const crowded = folders()
    .filter((path) => !LISTS.includes(path.slice('src/'.length)))
    .filter((path) => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile()).length > MOST);
  assert.deepEqual(crowded, []);
});

test('no folder is named for being a remainder', () => {
  assert.deepEqual(
    folders().filter((path) => NAMELESS.test(path.split('/').at(-1) ?? '')),
    [],
  );
});
