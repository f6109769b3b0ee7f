import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { writeFileAtomically } from '../../src/run/output-file.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { scratch } from '../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

function mode(file: string): string {
  return (statSync(file).mode & 0o7777).toString(8);
}

const MODES: readonly {
  readonly old?: number;
  readonly asked?: number;
  readonly becomes: string;
}[] = [
  { becomes: '600' },
  { asked: 0o644, becomes: '644' },
  { old: 0o666, becomes: '644' },
  { old: 0o664, becomes: '644' },
  { old: 0o777, becomes: '755' },
  { old: 0o640, becomes: '640' },
  { old: 0o600, becomes: '600' },
  { old: 0o644, asked: 0o600, becomes: '600' },
  { old: 0o4755, becomes: '755' },
];
for (const [index, { old, asked, becomes }] of MODES.entries())
  test(`a file of mode ${old?.toString(8) ?? 'none'}, asked for ${asked?.toString(8) ?? 'nothing'}: ${becomes}`, async () => {
    const file = join(folder, `mode${index}`);
    if (old !== undefined) {
      writeFileSync(file, 'old');
      chmodSync(file, old);
    }
    const before = process.umask(0);
    try {
      await writeFileAtomically(file, ['new'], asked);
    } finally {
      process.umask(before);
    }
    assert.equal(mode(file), becomes);
  });

test('the command line: 0600, and what --output-mode says where nobody else may write', async () => {
  writeFileSync(join(folder, 'inventory.yaml'), 'hosts: [{ name: a, transport: recorded, recording: none }]\n');
  const scan = (...args: readonly string[]) => kernwardWarm(folder, 'scan', '-i', 'inventory.yaml', '-q', ...args);
  await scan('-o', 'json:plain.json', '-o', 'html:plain.html');
  assert.deepEqual([mode(join(folder, 'plain.json')), mode(join(folder, 'plain.html'))], ['600', '600']);
  await scan('-o', 'json:asked.json', '--output-mode', '0640');
  assert.equal(mode(join(folder, 'asked.json')), '640');
  for (const refused of ['666', '620', '400', '1777', '64', 'rw']) {
    const { status, stderr } = await scan('-o', 'json:refused.json', '--output-mode', refused);
    assert.equal(status, 2, refused);
    assert.match(stderr, /expected an octal mode/u);
  }
});

const isRoot = process.getuid?.() === 0;

describe(
  "somebody else's doing in a shared folder",
  { skip: isRoot ? false : 'needs root, to be somebody else' },
  () => {
    const NOBODY = 65534;
    const shared = join(folder, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);

    const victim = (name: string): string => {
      const file = join(folder, name);
      writeFileSync(file, 'dear');
      return file;
    };

    for (const where of ['the file itself', 'a folder on the way', 'a link to a link'] as const)
      test(`a link of his is not followed: ${where}`, async () => {
        const target = victim(`victim of ${where}`);
        const link = join(shared, where.replaceAll(' ', '-'));
        symlinkSync(where === 'a folder on the way' ? folder : target, link);
        lchownSync(link, NOBODY, NOBODY);
        const own = join(folder, `own link to ${where}`);
        symlinkSync(link, own);
        const wanted =
          where === 'a folder on the way'
            ? join(link, `victim of ${where}`)
            : where === 'a link to a link'
              ? own
              : link;
        await assert.rejects(writeFileAtomically(wanted, ['new']), /belongs to somebody else/u);
        assert.equal(readFileSync(target, 'utf8'), 'dear');
      });

    test('a link that leads to nothing makes nothing', async () => {
      const link = join(shared, 'dangling');
      symlinkSync(join(folder, 'made-by-him'), link);
      lchownSync(link, NOBODY, NOBODY);
      await assert.rejects(writeFileAtomically(link, ['new']), /belongs to somebody else/u);
      assert.equal(readdirSync(folder).includes('made-by-him'), false);
    });

    test('a file of his does not say who may read ours', async () => {
      const file = join(shared, 'prepared.json');
      writeFileSync(file, '');
      chmodSync(file, 0o666);
      chownSync(file, NOBODY, NOBODY);
      await writeFileAtomically(file, ['new']);
      const { uid } = statSync(file);
      assert.deepEqual([mode(file), uid], ['600', 0]);
    });

    test('a pipe of his gets nothing', async () => {
      const file = join(shared, 'pipe');
      spawnSync('mkfifo', [file]);
      chownSync(file, NOBODY, NOBODY);
      const reader = spawnSync(
        'sh',
        [
          '-c',
          `exec 3<>'${file}'; exec "$0" -e "$1"`,
          process.execPath,
          `
      import('${join(process.cwd(), 'dist/src/run/output-file.js')}').then(({ writeFileAtomically }) =>
        writeFileAtomically('${file}', ['new'])).then(() => console.log('written'), ({ message }) => console.log(message))`,
        ],
        { encoding: 'utf8' },
      );
      assert.match(reader.stdout, /belongs to somebody else/u);
    });

    test('a link of our own is followed there, and any link in a folder of its owner', async () => {
      const target = victim('followed');
      const link = join(shared, 'own');
      symlinkSync(target, link);
      await writeFileAtomically(link, ['new']);
      assert.equal(readFileSync(target, 'utf8'), 'new');
      const his = join(folder, 'his');
      mkdirSync(his);
      chownSync(his, NOBODY, NOBODY);
      symlinkSync(target, join(his, 'link'));
      lchownSync(join(his, 'link'), NOBODY, NOBODY);
      await writeFileAtomically(join(his, 'link'), ['newer']);
      assert.equal(readFileSync(target, 'utf8'), 'newer');
    });
  },
);
