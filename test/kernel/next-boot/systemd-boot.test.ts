import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { nextCommandLine } from '../../../src/kernel/next-boot/command-line.js';
import { nextKernel } from '../../../src/kernel/next-boot/next-kernel.js';
import { defaultOfSystemdBoot } from '../../../src/kernel/next-boot/loaders/systemd-boot.js';
import { inTrees, needsTrees } from '../../support/next-boot/in-trees.js';
import { file } from '../../support/next-boot/told.js';

const LISTED = ['firmware LoaderEntries'];
const LOADER = [...LISTED, ...file('/efi/loader/loader.conf')];

function entry(id: string, version: string, ...more: readonly string[]): readonly string[] {
  return file(`/efi/loader/entries/${id}`, `version ${version}`, ...more);
}

const OLD = entry('a.conf', '6.1.0-9-amd64', 'options panic=1');
const NEW = entry('b.conf', '6.1.0-10-amd64', 'options panic=2');
const CONF = file('/efi/loader/loader.conf', 'default a*');

interface Case {
  readonly name: string;
  readonly told: readonly string[];
  readonly release?: string;
  readonly panic?: string;
  readonly doubt?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'no default: the first in its order',
    told: [...LOADER, ...OLD, ...NEW],
    release: '6.1.0-10-amd64',
    panic: '2',
  },
  { name: 'loader.conf', told: [...LOADER, ...OLD, ...NEW, ...CONF], release: '6.1.0-9-amd64', panic: '1' },
  ...['LoaderEntryDefault', 'LoaderEntryOneShot', 'LoaderEntryPreferred', 'LoaderEntrySysFail'].map((name) => ({
    name: `${name} goes before, and is not read`,
    told: [...LOADER, `firmware ${name}`, ...OLD, ...NEW, ...CONF],
    doubt: new RegExp(`^the firmware has ${name}, which goes before, and is not read`),
  })),
  {
    name: 'GRUB is there as well',
    told: [
      ...LOADER,
      ...OLD,
      ...NEW,
      ...file('/boot/grub/grub.cfg', 'menuentry - x', 'linux /vmlinuz-6.1.0-9-amd64', 'end'),
    ],
    doubt: /^\/boot\/grub\/grub\.cfg and a list of entries of systemd-boot are both there$/,
  },
  {
    name: 'one that is not there is passed over',
    told: [...LOADER, ...OLD, ...NEW, ...file('/efi/loader/loader.conf', 'default gone.conf')],
    release: '6.1.0-10-amd64',
  },
  {
    name: 'the name without its ending, which found it once',
    told: [...LOADER, ...OLD, ...NEW, ...file('/efi/loader/loader.conf', 'default a')],
    doubt: /^systemd-boot wants a, which is an entry for old ones of it/,
  },
  {
    name: 'capital letters are small ones before anything is sorted',
    told: [...LOADER, ...entry('Z.conf', '6.1.0-9-amd64'), ...entry('a.conf', '6.1.0-10-amd64')],
    release: '6.1.0-9-amd64',
  },
  {
    name: 'capital letters do not come first either',
    told: [...LOADER, ...entry('A.conf', '6.1.0-9-amd64'), ...entry('b.conf', '6.1.0-10-amd64')],
    release: '6.1.0-10-amd64',
  },
  {
    name: 'a list of entries without loader.conf, which Limine leaves too',
    told: [...LISTED, ...OLD],
    doubt: /which other boot loaders leave as well, and no loader\.conf was read$/,
  },
  {
    name: 'a kernel whose path has its version',
    told: [...LOADER, ...entry('a.conf', '6.1.0-9-amd64', 'linux /x/6.1.0-9-amd64/linux', 'options panic=1')],
    release: '6.1.0-9-amd64',
    panic: '1',
  },
  {
    name: 'a kernel whose path has another version',
    told: [...LOADER, ...entry('a.conf', '6.1.0-9-amd64', 'linux /vmlinuz-linux')],
    doubt: /^\/efi\/loader\/entries\/a\.conf says version 6\.1\.0-9-amd64, and starts \/vmlinuz-linux$/,
  },
  {
    name: 'a version that is only a part of the path',
    told: [...LOADER, ...entry('a.conf', '1', 'linux /x/11/linux')],
    doubt: /^\/efi\/loader\/entries\/a\.conf says version 1, and starts \/x\/11\/linux$/,
  },
  {
    name: 'a version that is a number, and a kernel that has its release in its path',
    told: [...LOADER, ...entry('a.conf', '1', 'linux /ostree/x-1/vmlinuz-6.1.0-9-amd64')],
    release: '6.1.0-9-amd64',
  },
  ...['efi /shell.efi', 'uki /a.efi', 'architecture aa64'].map((line) => ({
    name: `${line} is not followed`,
    told: [...LOADER, ...OLD, ...entry('b.conf', '6.1.0-10-amd64', 'linux /6.1.0-10-amd64/linux', line)],
    doubt: new RegExp(`^/efi/loader/entries/b\\.conf has ${line.replace(/ .*/, '')}, which is not followed$`),
  })),
  {
    name: 'one that is not followed and comes last',
    told: [...LOADER, ...entry('a.conf', '1', 'efi /shell.efi'), ...entry('b.conf', '6.1.0', 'linux /6.1.0/linux')],
    release: '6.1.0',
  },
  {
    name: 'one that says nothing of what it starts, where others do',
    told: [...LOADER, ...entry('a.conf', '6.1.0', 'linux /6.1.0/linux'), ...NEW],
    doubt: /b\.conf does not say what it starts$/,
  },
  {
    name: 'saved at each boot',
    told: [...LOADER, ...OLD, ...NEW, ...file('/efi/loader/loader.conf', 'default @saved')],
    doubt: /^systemd-boot wants @saved, which is not followed$/,
  },
  {
    name: 'Windows',
    told: [...LOADER, ...OLD, ...file('/efi/loader/loader.conf', 'default auto-windows')],
    doubt: /^systemd-boot wants auto-windows, which is no entry in a file$/,
  },
  {
    name: 'images that hold kernel and command line',
    told: [...LOADER, ...OLD, 'unified /efi/EFI/Linux'],
    doubt: /^images in \/efi\/EFI\/Linux are entries as well/,
  },
  {
    name: 'a partition that may not be looked into',
    told: [...LOADER, ...OLD, 'denied /boot/efi/loader/entries'],
    doubt: /^\/boot\/efi\/loader\/entries may not be read$/,
  },
  {
    name: 'names that count',
    told: [...LOADER, ...entry('a+3-1.conf', '6.1.0-9-amd64')],
    doubt: /counts how often it is tried/,
  },
  {
    name: 'a version that was not told',
    told: [...LOADER, ...entry('a.conf', '?')],
    doubt: /has a key that was not told$/,
  },
];

describe('what systemd-boot starts', () => {
  for (const { name, told, release, panic, doubt } of cases)
    test(name, () => {
      const files = readBootFiles(told);
      const next = nextKernel(files);
      assert.equal(next.release, release, next.doubt);
      if (doubt !== undefined) assert.match(next.doubt ?? '', doubt);
      const said = nextCommandLine(files, undefined).ask('panic');
      if (panic !== undefined) assert.deepEqual(said && 'value' in said && said.value, panic);
      if (doubt !== undefined) assert.ok(said !== undefined && 'doubt' in said, JSON.stringify(said));
    });

  test('where another loader started the machine its entries are not ordered as systemd-boot does', () => {
    assert.equal(defaultOfSystemdBoot(readBootFiles(OLD)), undefined);
  });
});

interface Tree {
  readonly entries: Readonly<Record<string, readonly string[]>>;
  readonly conf: string | undefined;
}

const PART = fc.constantFrom('1', '2', '10', '09', '0', 'a', 'b', 'ab', 'deb', 'rc1', '_');
const SIGN = fc.constantFrom('.', '-', '~', '^', '', '_', '..', '-.');
const VERSION = fc
  .tuple(PART, fc.array(fc.tuple(SIGN, PART), { maxLength: 4 }))
  .map(([first, rest]) => first + rest.flat().join(''));
/** bootctl takes no other. */
const ID = VERSION.filter((text) => !/[~^]/.test(text)).map((text) => `${text}.conf`);
const ENTRY = fc
  .tuple(
    fc.option(fc.constantFrom('debian', 'arch', 'Debian'), { freq: 3 }),
    fc.option(fc.constantFrom('0'.repeat(31) + '1', 'f'.repeat(32)), { freq: 2 }),
    fc.option(VERSION, { freq: 6 }),
  )
  .map(([sortKey, machine, version]) => [
    ...(sortKey === null ? [] : [`sort-key ${sortKey}`]),
    ...(machine === null ? [] : [`machine-id ${machine}`]),
    ...(version === null ? [] : [`version ${version}`]),
    // Named by its version: another is left open.
    `linux /${version ?? 'linux'}`,
  ]);
const WANTED = fc.option(fc.oneof(ID, fc.constantFrom('*', '1*', 'A*', '*B.conf', 'gone.conf', 'none')), {
  freq: 2,
  nil: undefined,
});
const TREE: fc.Arbitrary<Tree> = fc.record({
  entries: fc.dictionary(ID, ENTRY, { minKeys: 1, maxKeys: 6 }),
  conf: WANTED,
});

function toldOf({ entries, conf }: Tree): readonly string[] {
  return [
    ...LOADER,
    ...Object.entries(entries).flatMap(([id, lines]) => file(`/efi/loader/entries/${id}`, ...lines)),
    ...(conf === undefined ? [] : file('/efi/loader/loader.conf', `default ${conf}`)),
  ];
}

/** What bootctl calls the default of each tree, in a mount namespace of its own; in a container it asks no firmware. */
function askBootctl(trees: readonly Tree[]): readonly (string | undefined)[] {
  const said = inTrees(
    ['mount -t tmpfs none /mnt'],
    trees.map(({ entries, conf }) => [
      'rm -rf /mnt/loader',
      'mkdir -p /mnt/loader/entries /mnt/EFI',
      ...Object.entries(entries).map(
        ([id, lines]) => `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >'/mnt/loader/entries/${id}'`,
      ),
      'for name in $(sed -n "s,^linux /,,p" /mnt/loader/entries/*); do touch "/mnt/$name"; done',
      ...(conf === undefined ? [] : [`echo 'default ${conf}' >/mnt/loader/loader.conf`]),
    ]),
    'SYSTEMD_RELAX_ESP_CHECKS=1 bootctl --no-pager --esp-path=/mnt list 2>&1 || true',
  );
  return said.map((text) => /^ *title: .*\(default\).*\n *id: (.*)$/m.exec(text)?.[1]);
}

const needs = needsTrees('bootctl', 'what bootctl calls the default entry (systemd-boot)');

test('bootctl of Debian calls the same entry the default', needs, () => {
  const trees = fc.sample(TREE, { numRuns: 300 });
  const theirs = askBootctl(trees);
  const differ = trees.flatMap((tree, index) => {
    const own = defaultOfSystemdBoot(readBootFiles(toldOf(tree)));
    const id = own === undefined || 'doubt' in own ? own?.doubt : own.path.replace(/^.*\//, '');
    return id === theirs[index] ? [] : [{ tree, own: id, theirs: theirs[index] }];
  });
  assert.deepEqual(differ.slice(0, 3), []);
  console.log(`${trees.length} trees of entries, of which bootctl and kernward say the same`);
});
