import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { newestOf, nextKernel } from '../../../src/kernel/next-boot/next-kernel.js';
import { file } from '../../support/next-boot/told.js';

const OLD = '6.1.0-50-amd64';
const NEW = '6.1.0-51-amd64';

function listed(...releases: readonly string[]): readonly string[] {
  return [...releases.map((release) => `kernel ${release}`), 'listed /boot'];
}

const GRUB_CFG = file(
  '/boot/grub/grub.cfg',
  'set default=${next_entry}',
  'set default=${saved_entry}',
  'menuentry gnulinux-simple',
  `linux /boot/vmlinuz-${NEW} panic=3`,
  'end',
  'submenu gnulinux-advanced',
  'menuentry old',
  `linux /boot/vmlinuz-${OLD}`,
);
const SIMPLE = GRUB_CFG.filter((line) => !line.includes('set default'));

function entry(id: string, version: string, ...more: readonly string[]): readonly string[] {
  return file(`/boot/loader/entries/${id}.conf`, `version ${version}`, 'options ', ...more);
}

/** As Fedora and RHEL ship it. */
const BLS = file(
  '/boot/grub2/grub.cfg',
  'set default=${next_entry}',
  'set default=${saved_entry}',
  'set default=1',
  'blscfg',
  'menuentry uefi-firmware',
  'end',
);

const EL8 = '4.18.0-553.el8_10.x86_64';
const EL7_OLD = '3.10.0-1127.el7.x86_64';
const EL7_NEW = '3.10.0-1160.el7.x86_64';
/** As grub2-mkconfig of RHEL 7 writes it: no menu within the menu. */
const RHEL_7 = file(
  '/boot/grub2/grub.cfg',
  'set default=${next_entry}',
  'set default=${saved_entry}',
  ...[EL7_NEW, EL7_OLD].flatMap((release) => [
    `menuentry gnulinux-${EL7_NEW}-advanced-1f0c CentOS Linux (${release}) 7 (Core)`,
    `linux /vmlinuz-${release} panic=1`,
    'end',
  ]),
);

function extlinux(first: string, ...ofNew: readonly string[]): readonly string[] {
  const lines = ['label a', `linux /vmlinuz-${OLD}`, 'append panic=1', 'label b', `kernel ../vmlinuz-${NEW}`, ...ofNew];
  return file('/boot/extlinux/extlinux.conf', ...[first, ...lines].filter((line) => line !== ''));
}

interface Case {
  readonly name: string;
  readonly told: readonly string[];
  readonly is: string | RegExp;
}

const cases: readonly Case[] = [
  { name: 'grub.cfg: the first entry', told: SIMPLE, is: NEW },
  {
    name: 'grub.cfg: the saved one',
    told: [...GRUB_CFG, ...file('/boot/grub/grubenv', 'saved_entry=gnulinux-advanced>old')],
    is: OLD,
  },
  {
    name: 'grub.cfg: the one that is wanted once',
    told: [
      ...GRUB_CFG,
      ...file('/boot/grub/grubenv', 'saved_entry=gnulinux-simple', 'next_entry=gnulinux-advanced>old'),
    ],
    is: OLD,
  },
  {
    name: 'grub.cfg: saved, and grubenv may not be read',
    told: GRUB_CFG,
    is: /does not say which entry is the default$/,
  },
  {
    name: 'grub.cfg: an entry that is not there',
    told: [...GRUB_CFG, ...file('/boot/grub/grubenv', 'saved_entry=gone')],
    is: /has no entry gone$/,
  },
  {
    name: 'grub.cfg: a title with spaces that RHEL 7 saves',
    told: [...RHEL_7, ...file('/boot/grub2/grubenv', `saved_entry=CentOS Linux (${EL7_OLD}) 7 (Core)`)],
    is: EL7_OLD,
  },
  {
    name: 'grub.cfg: a title that was not told',
    told: [...RHEL_7, ...file('/boot/grub2/grubenv', 'saved_entry=?')],
    is: /does not say which entry is the default$/,
  },
  {
    name: 'grub.cfg: by number, and by number within a menu',
    told: [...SIMPLE, ...file('/boot/grub/grub.cfg', 'set default=1>0').slice(1)],
    is: OLD,
  },
  {
    name: 'grub.cfg: a menu of its own is no kernel',
    told: [...GRUB_CFG, ...file('/boot/grub/grubenv', 'saved_entry=gnulinux-advanced')],
    is: /is a menu within the menu, gnulinux-advanced$/,
  },
  {
    name: 'grub.cfg: GRUB looks for a name in the menu alone that it is in',
    told: [...GRUB_CFG, ...file('/boot/grub/grubenv', 'saved_entry=old')],
    is: /has no entry old$/,
  },
  {
    name: 'grub.cfg: what is wanted once may not be read',
    told: [...GRUB_CFG.filter((line) => !line.includes('saved')), 'denied /boot/grub/grubenv'],
    is: /^\/boot\/grub\/grubenv may not be read$/,
  },
  {
    name: 'grub.cfg: a number that begins with 0',
    told: [...SIMPLE, ...file('/boot/grub/grub.cfg', 'set default=00').slice(1)],
    is: /has no entry 00$/,
  },
  {
    name: 'grub.cfg: two kernels in one entry',
    told: file('/boot/grub/grub.cfg', 'menuentry a', `linux /vmlinuz-${OLD}`, `linux /vmlinuz-${NEW}`, 'end'),
    is: /starts \?, which names no release$/,
  },
  {
    name: 'grub.cfg: another system',
    told: file('/boot/grub/grub.cfg', 'menuentry osprober-gnulinux-x', `linux /vmlinuz-${OLD}`, 'end'),
    is: /is another system, osprober-gnulinux-x$/,
  },
  { name: 'extlinux: the default', told: extlinux('default b'), is: NEW },
  { name: 'extlinux: the one that its menu marks', told: extlinux('', 'menu default'), is: NEW },
  { name: 'extlinux: no default', told: extlinux(''), is: /does not say which label is the default$/ },
  { name: 'extlinux: a default that is no label', told: extlinux('default c'), is: /does not say which label/ },
  {
    name: 'extlinux: one label, and a default that is another name',
    told: file('/boot/extlinux/extlinux.conf', 'default c', 'label a', `linux /vmlinuz-${OLD}`),
    is: /does not say which label is the default: it has no c$/,
  },
  { name: 'extlinux: another where nobody chooses', told: extlinux('ontimeout b'), is: /where nobody chooses$/ },
  {
    name: 'extlinux: a file that is included',
    told: [
      ...file('/boot/extlinux/extlinux.conf', 'default a', 'include linux.cfg'),
      ...file('/boot/extlinux/linux.cfg', 'label a', `linux /boot/vmlinuz-${OLD}`),
    ],
    is: OLD,
  },
  {
    name: 'extlinux: a file that is included and was not read',
    told: file('/boot/extlinux/extlinux.conf', 'default a', 'include linux.cfg'),
    is: /:2 includes linux\.cfg, which was not read$/,
  },
  {
    name: 'extlinux: a file that includes itself',
    told: file('/boot/extlinux/extlinux.conf', 'include extlinux.conf'),
    is: /which was not read$/,
  },
  { name: 'extlinux beside GRUB, which start the same', told: [...SIMPLE, ...extlinux('default b')], is: NEW },
  {
    name: 'extlinux beside GRUB, which start different kernels',
    told: [...SIMPLE, ...extlinux('default a')],
    is: /start different kernels$/,
  },
  {
    name: 'a kernel without a release in its name',
    told: file('/boot/grub/grub.cfg', 'menuentry a', 'linux /vmlinuz'),
    is: /names no release$/,
  },
  { name: 'one entry of the specification', told: entry('x-1', OLD), is: OLD },
  {
    name: 'entries: the saved one',
    told: [...BLS, ...entry('x-1', OLD), ...entry('x-2', NEW), ...file('/boot/grub2/grubenv', 'saved_entry=x-1')],
    is: OLD,
  },
  ...[
    { name: 'a number', cfg: ['set default=0', 'blscfg'], is: /does not say that the saved entry is the default$/ },
    { name: 'none', cfg: ['blscfg'], is: /does not say that the saved entry is the default$/ },
    {
      name: 'another beside the saved one',
      cfg: ['set default=${saved_entry}', 'set default=x-2', 'blscfg'],
      is: /does not say that the saved entry is the default$/,
    },
    { name: 'tries that are counted', env: ['boot_counter=?'], is: /^grubenv has boot_counter/ },
    {
      name: 'variables outside of grubenv',
      env: ['env_block=?'],
      is: /^grubenv has env_block, which is not followed$/,
    },
    { name: 'an entry that was saved before', env: ['prev_saved_entry=?'], is: /^grubenv has prev_saved_entry/ },
  ].map(({ name, cfg, env = [], is }) => ({
    name: `entries: one is saved, and the default of grub.cfg is ${name}`,
    told: [
      ...(cfg === undefined ? BLS : file('/boot/grub2/grub.cfg', ...cfg)),
      ...entry('x-1', OLD),
      ...entry('x-2', NEW),
      ...file('/boot/grub2/grubenv', 'saved_entry=x-1', ...env),
    ],
    is,
  })),
  {
    name: 'entries: one is saved, and there is no grub.cfg',
    told: [...entry('x-1', OLD), ...entry('x-2', NEW), ...file('/boot/grub2/grubenv', 'saved_entry=x-1')],
    is: /^no grub\.cfg was found/,
  },
  {
    name: 'entries: one that is not the saved one',
    told: [...BLS, ...entry('x-1', OLD), ...file('/boot/grub2/grubenv', 'saved_entry=x-0-rescue')],
    is: /^grubenv wants x-0-rescue, which is no entry/,
  },
  {
    name: 'entries: none is saved, and grub.cfg has one before them',
    told: [
      ...file('/boot/grub2/grub.cfg', 'set default=${saved_entry}', 'menuentry a', 'end', 'blscfg'),
      ...entry('x-1', OLD),
      ...file('/boot/grub2/grubenv'),
    ],
    is: /has an entry before those of its own files$/,
  },
  ...['env_block', 'prev_saved_entry'].map((name) => ({
    name: `grub.cfg: ${name} in grubenv`,
    told: [...GRUB_CFG, ...file('/boot/grub/grubenv', 'saved_entry=gnulinux-simple', `${name}=?`)],
    is: new RegExp(`^grubenv has ${name}, which is not followed$`),
  })),
  {
    name: 'grub.cfg: nothing is saved, and another default is for a case of its own',
    told: [...GRUB_CFG, ...file('/boot/grub/grub.cfg', 'set default=1').slice(1), ...file('/boot/grub/grubenv')],
    is: /does not say which entry is the default$/,
  },
  {
    name: 'entries: none is saved, and the newest comes first',
    told: [...BLS, ...entry('x-9', OLD), ...entry('x-10', NEW), ...file('/boot/grub2/grubenv')],
    is: NEW,
  },
  {
    name: 'entries: grubenv may not be read',
    told: [...entry('x-1', OLD), ...entry('x-2', NEW)],
    is: /^there are 2 entries/,
  },
  {
    name: 'entries: one for rescue does not count',
    told: [...entry('x-0-rescue', OLD), ...entry('x-2', NEW)],
    is: NEW,
  },
  {
    name: 'grub.cfg leaves it to entries',
    told: [...BLS, ...entry('x-1', OLD)],
    is: OLD,
  },
  {
    name: 'an entry of ostree: its version is a number, and its kernel has the release',
    told: [...BLS, ...entry('ostree-2', '2', `linux /ostree/fedora-coreos-0123abc/vmlinuz-${NEW}`)],
    is: NEW,
  },
  {
    name: 'an entry of ostree in readings that do not tell what it starts',
    told: [...BLS, ...entry('ostree-2', '2')],
    is: /^\/boot\/loader\/entries\/ostree-2\.conf:1 does not say which kernel it starts$/,
  },
  {
    name: 'an entry of a kernel for debugging, whose version says it twice',
    told: entry('x-1', `${EL8}+debug-debug`, `linux /vmlinuz-${EL8}+debug`),
    is: `${EL8}+debug`,
  },
  {
    name: 'an entry as kernel-install lays it, and SUSE’s sdbootutil',
    told: entry('x-1', NEW, `linux /opensuse-tumbleweed/${OLD}/linux-0123456789abcdef`),
    is: OLD,
  },
  {
    name: 'an entry whose kernel has no release in its path, and not the version either',
    told: entry('x-1', NEW, 'linux /vmlinuz-linux'),
    is: new RegExp(`^/boot/loader/entries/x-1\\.conf:1 does not say which kernel it starts$`),
  },
  ...['/run/ostree/staged-deployment', '/run/composefs/staged-deployment', '/system-update'].map((path) => ({
    name: `${path} takes the place of what is there now`,
    told: [...entry('x-1', NEW), ...listed(NEW), `staged ${path}`],
    is: new RegExp(`^${path} is there: what boots next takes the place of what was read$`),
  })),
  {
    name: 'nothing may be read, and one kernel is there',
    told: ['denied /boot/loader/entries', ...listed(OLD, '0-rescue-0123', `${OLD}.old`)],
    is: OLD,
  },
  {
    name: 'nothing may be read, and two are there',
    told: ['denied /boot/loader/entries', ...listed(OLD, NEW)],
    is: /^\/boot\/loader\/entries may not be read$/,
  },
  {
    name: 'grub.cfg may not be read, and one kernel is there',
    told: ['denied /boot/grub2/grub.cfg', ...listed(OLD)],
    is: OLD,
  },
  ...[
    {
      name: 'a default of GRUB that is no Linux',
      told: file('/boot/grub/grub.cfg', 'menuentry memtest86', 'end', 'menuentry a', `linux /boot/vmlinuz-${OLD}`),
      is: /has no entry 0$/,
    },
    {
      name: 'a default of extlinux that is no kernel with a release',
      told: file(
        '/boot/extlinux/extlinux.conf',
        'default m',
        'label m',
        'kernel memtest',
        'label a',
        'linux /vmlinuz-1',
      ),
      is: /starts memtest, which names no release$/,
    },
    {
      name: 'one boot loader that may not be read, beside one of another kernel',
      told: ['denied /boot/grub/grub.cfg', ...extlinux('default b')],
      is: /^\/boot\/grub\/grub\.cfg may not be read$/,
    },
    {
      name: 'images of systemd-boot',
      told: ['firmware LoaderEntries', ...file('/efi/loader/loader.conf'), 'unified /efi/EFI/Linux'],
      is: /^images in \/efi\/EFI\/Linux are entries as well/,
    },
    {
      name: 'what systemd-boot reads may not be read',
      told: ['firmware LoaderEntries', 'denied /efi/loader/entries'],
      is: /^\/efi\/loader\/entries may not be read$/,
    },
  ].map(({ name, told, is }) => ({
    name: `${name}: the only kernel in /boot is no answer`,
    told: [...told, ...listed(OLD)],
    is,
  })),
  ...[
    {
      line: 'unified /efi/EFI/Linux',
      is: /^images in \/efi\/EFI\/Linux hold a kernel and a command line of their own/,
    },
    { line: 'firmware StubInfo', is: /^the firmware has StubInfo: this system was started from an image/ },
    { line: 'loader /etc/zipl.conf', is: /^\/etc\/zipl\.conf belongs to a boot loader that is not followed$/ },
  ].flatMap(({ line, is }) => [
    { name: `${line}, beside GRUB`, told: [...SIMPLE, line], is },
    { name: `${line}, beside one entry`, told: [...entry('x-1', OLD), line], is },
    { name: `${line}, and one kernel is there`, told: [...listed(OLD), line], is },
  ]),
  {
    name: 'images of systemd-boot may be there, and GRUB starts the machine',
    told: [...SIMPLE, 'denied /boot/efi/EFI/Linux'],
    is: NEW,
  },
  {
    name: 'entries: a name that counts',
    told: entry('x+3-0', OLD),
    is: /^\/boot\/loader\/entries\/x\+3-0\.conf counts how often it is tried, which is not followed$/,
  },
  { name: 'no boot loader that is known', told: [], is: /^no configuration of a boot loader was found$/ },
];

describe('which kernel is next', () => {
  for (const { name, told, is } of cases)
    test(name, () => {
      const { release, doubt = '' } = nextKernel(readBootFiles(told));
      if (typeof is === 'string') assert.equal(release, is, doubt);
      else {
        assert.equal(release, undefined);
        assert.match(doubt, is);
      }
    });

  test('the newest is of the same kind, by version and not by letters', () => {
    assert.equal(newestOf(['6.1.0-9-amd64', '6.1.0-10-amd64', '6.1.0-11-rt-amd64'], '6.1.0-9-amd64'), '6.1.0-10-amd64');
    assert.equal(newestOf([], OLD), undefined);
  });
});
