import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { afterBoot } from '../../../src/kernel/next-boot/after-boot.js';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { derive } from '../../../src/kernel/derive-facts.js';
import { nextBootFacts } from '../../../src/kernel/next-boot/facts.js';
import { historyOfModprobe } from '../../../src/kernel/next-boot/modprobe-d.js';
import { known, type Reading } from '../../../src/model/reading.js';
import { declare } from '../../support/declared.js';
import { inTrees, needsTrees } from '../../support/next-boot/in-trees.js';
import { bls, file, SYSTEMD } from '../../support/next-boot/told.js';

const RELEASE = '6.1.0-50-amd64';
const BUILT_IN = `/lib/modules/${RELEASE}/modules.builtin`;
const LOADED = file(BUILT_IN);
const MARGIN = 'module.softdog.soft_margin';
const DECLARED = declare({ [MARGIN]: { type: 'int' } });

interface Case {
  readonly name: string;
  readonly told: readonly string[];
  readonly value?: string;
  readonly why?: RegExp;
  /** What it is now; 60 where that is no matter. */
  readonly now?: number;
}

const OPTION = file('/etc/modprobe.d/a.conf', 'options softdog soft_margin=5');

const cases: readonly Case[] = [
  { name: 'an option that is so now', told: [...LOADED, ...OPTION, ...bls('a', '')], value: '5', now: 5 },
  {
    name: 'an option that is not so now: what is loaded from the initramfs gets its copy',
    told: [...LOADED, ...OPTION, ...bls('a', '')],
    why: /^the initramfs may hold an older copy of modprobe\.d: modprobe\.d: \/etc\/modprobe\.d\/a\.conf:1$/,
  },
  {
    name: 'the command line comes after it',
    told: [...LOADED, ...OPTION, ...bls('a', 'softdog.soft_margin=7')],
    value: '7',
  },
  {
    name: 'the last file of all directories counts, and one of a name',
    told: [
      ...LOADED,
      ...OPTION,
      ...file('/run/modprobe.d/a.conf', 'options softdog soft_margin=1'),
      ...file('/usr/lib/modprobe.d/b.conf', 'options softdog soft_margin=2 soft_margin=3'),
      ...bls('a', ''),
    ],
    value: '3',
    now: 3,
  },
  {
    name: 'a file of /run that sets it',
    told: [...LOADED, ...OPTION, ...file('/run/modprobe.d/b.conf', 'options softdog soft_margin=1'), ...bls('a', '')],
    why: /^\/run\/modprobe\.d\/b\.conf is gone after a boot unless it is written again$/,
  },
  {
    name: 'no module but part of the kernel',
    told: [...file(BUILT_IN, 'softdog'), ...OPTION, ...bls('a', '')],
    why: /^what the kernel starts with is not known/,
  },
  {
    name: 'whether it is a module was not read',
    told: [...OPTION, ...bls('a', '')],
    why: /^whether softdog is a module/,
  },
  {
    name: 'a command in place of it',
    told: [...LOADED, ...OPTION, ...file('/etc/modprobe.d/b.conf', 'install softdog'), ...bls('a', '')],
    why: /runs a command in place of loading softdog$/,
  },
  {
    name: 'another name of it',
    told: [...LOADED, ...OPTION, ...file('/etc/modprobe.d/b.conf', 'alias softdog'), ...bls('a', '')],
    why: /gives softdog another name/,
  },
  {
    name: 'a file that may not be read',
    told: [...LOADED, ...OPTION, 'denied /etc/modprobe.d/b.conf', ...bls('a', '')],
    why: /^\/etc\/modprobe\.d\/b\.conf may not be read$/,
  },
  {
    name: 'a line of tmpfiles.d, which may come before the module',
    told: [
      ...LOADED,
      ...OPTION,
      ...bls('a', ''),
      ...file('/etc/tmpfiles.d/a.conf', 'w /sys/module/softdog/parameters/soft_margin - - - - 9'),
    ],
    why: /^nothing orders the loading of the module and tmpfiles\.d/,
  },
];

/** What becomes of a parameter that is 30 now, by an option of modprobe.d. @param loaded what the probe tells of modules */
function withOption(id: string, option: string, loaded: string): string {
  const told = [...SYSTEMD, loaded, ...LOADED, ...bls('a', ''), ...file('/etc/modprobe.d/a.conf', option)];
  const reading = afterBoot([])((each) =>
    each === 'next_boot.files'
      ? known([...told, `/boot/loader/entries/a.conf:2:version ${RELEASE}`], '')
      : each === id
        ? known(30, '')
        : each === 'uname.release'
          ? known(RELEASE, '')
          : each === 'cmdline'
            ? known({}, '')
            : undefined,
  )?.facts.get(id);
  return reading?.state === 'unreadable' ? reading.detail : 'as it is';
}

describe('parameters of modules', () => {
  for (const { name, told, value, why, now = 60 } of cases)
    test(name, () => {
      const readings = derive(
        new Map<string, Reading>([
          [MARGIN, known(now, `${now}\n`)],
          ['uname.release', known(RELEASE, '')],
          ['cmdline', known({}, '')],
          [
            'next_boot.files',
            known([...SYSTEMD, 'asked soft_margin', ...told, `/boot/loader/entries/a.conf:2:version ${RELEASE}`], ''),
          ],
        ]),
        nextBootFacts(DECLARED),
      );
      const of = (id: string): unknown => {
        const reading = readings.get(id);
        return reading?.state === 'known' ? Object(reading.value)[MARGIN] : undefined;
      };
      assert.equal(of('next_boot.values'), value, String(of('next_boot.open')));
      if (why !== undefined) assert.match(String(of('next_boot.open')), why);
    });

  test('what is no module that was loaded is part of the kernel, and modprobe.d has no say in it', () => {
    const STALL = 'module.rcupdate.rcu_cpu_stall_timeout';
    const NVME = 'module.nvme_core.io_timeout';
    assert.match(
      withOption(STALL, 'options rcupdate rcu_cpu_stall_timeout=30', 'loaded'),
      /^no file and no command line/,
    );
    assert.match(withOption(NVME, 'options nvme_core io_timeout=30', 'loaded'), /^no file and no command line/);
    assert.match(withOption(NVME, 'options nvme_core io_timeout=30', 'loaded nvme'), /^no file and no command line/);
    assert.equal(withOption(NVME, 'options nvme_core io_timeout=30', 'loaded nvme_core nvme'), 'as it is');
  });

  test('those of the catalogue: what a file says that is so now, else it is not known', () => {
    const ID = 'module.nvme_core.io_timeout';
    const after = (...told: readonly string[]): Reading | undefined =>
      afterBoot([])((id) =>
        id === 'next_boot.files'
          ? known([...SYSTEMD, ...LOADED, ...bls('a', ''), ...told], '')
          : id === ID
            ? known(30, '')
            : id === 'uname.release'
              ? known(RELEASE, '')
              : id === 'cmdline'
                ? known({}, '')
                : undefined,
      )?.facts.get(ID);
    const why = (...told: readonly string[]): string => {
      const reading = after(...told);
      return reading?.state === 'unreadable' ? reading.detail : 'known';
    };
    assert.match(why(), /no file and no command line names/);
    assert.equal(after(...file('/etc/modprobe.d/a.conf', 'options nvme_core io_timeout=30')), undefined);
    assert.match(
      why(...file('/etc/modprobe.d/a.conf', 'options nvme_core io_timeout=4294967295')),
      /initramfs may hold an older copy/,
    );
    for (const value of [30, 60])
      assert.match(why(...file('/etc/modprobe.d/a.conf', `options nvme io_timeout=${value}`)), /is not known/);
    assert.match(
      why('file /run/modprobe.d/a.conf', ...file('/usr/lib/modprobe.d/a.conf', 'options nvme_core io_timeout=7')),
      /^\/run\/modprobe\.d\/a\.conf is gone after a boot/,
    );
    const closed = after('denied /etc/modprobe.d');
    assert.equal(closed?.state === 'unreadable' && closed.detail, '/etc/modprobe.d may not be read');
  });
});

interface Tree {
  readonly files: readonly (readonly [path: string, lines: readonly string[]])[];
}

const LINE = fc.constantFrom(
  'options softdog soft_margin=1',
  'options softdog  soft_margin=2   other=9',
  'options softdog soft-margin=3',
  '\toptions softdog soft_margin=4',
  'options softdog soft_margin=5 soft_margin=6',
  'options softdog other=1',
  'options other soft_margin=7',
  'options soft-dog soft_margin=8',
  '# options softdog soft_margin=9',
  '#options softdog soft_margin=10',
  'options  softdog\tsoft_margin=11',
  'blacklist softdog',
  '',
);
const DIRECTORIES = ['/etc/modprobe.d', '/run/modprobe.d', '/usr/lib/modprobe.d'];
const TREE: fc.Arbitrary<Tree> = fc
  .uniqueArray(
    fc.tuple(
      fc.tuple(fc.constantFrom(...DIRECTORIES), fc.constantFrom('a.conf', 'b.conf', '10.conf', '9.conf', 'z')),
      fc.array(LINE, { maxLength: 4 }),
    ),
    { maxLength: 6, selector: ([parts]) => parts.join('/') },
  )
  .map((files) => ({ files: files.map(([parts, lines]) => [parts.join('/'), lines] as const) }));

/** As the probe tells it of one module; its own test has the awk that does. */
function toldOf({ files }: Tree): readonly string[] {
  return files
    .filter(([path]) => path.endsWith('.conf'))
    .flatMap(([path, lines]) => [
      `file ${path}`,
      ...lines.flatMap((line, index) => {
        const [word, module, ...options] = line.trim().split(/[ \t]+/);
        return word === 'options' && module === 'softdog'
          ? [
              `${path}:${index + 1}:options softdog ${options.map((option) => option.replace('soft-margin', 'soft_margin')).join(' ')}`,
            ]
          : [];
      }),
    ]);
}

/** The options in their order that modprobe of this machine would give softdog. */
function askModprobe(trees: readonly Tree[]): readonly (readonly string[])[] {
  const said = inTrees(
    DIRECTORIES.map((path) => `mkdir -p ${path}; mount -t tmpfs none ${path}`),
    trees.map(({ files }) => [
      `rm -f ${DIRECTORIES.map((path) => `${path}/*`).join(' ')}`,
      ...files.map(([path, lines]) => `cat >${path} <<'END'\n${lines.join('\n')}\nEND`),
    ]),
    'modprobe -c',
  );
  return said.map((text) =>
    [...text.matchAll(/^options softdog (.*)$/gm)].flatMap(([, options = '']) => options.split(/\s+/)),
  );
}

const needs = needsTrees('modprobe', 'the options that modprobe gives a module (kmod)');

test('modprobe of Debian gives the same options, in the same order', needs, () => {
  const trees = fc.sample(TREE, { numRuns: 400 });
  const theirs = askModprobe(trees);
  const differ = trees.flatMap((tree, index) => {
    const own = historyOfModprobe(readBootFiles(toldOf(tree)), { module: 'softdog', name: 'soft_margin' });
    const values = own.writes.map(({ value }) => value);
    const real = (theirs[index] ?? []).flatMap((option) => /^soft[_-]margin=(.*)$/.exec(option)?.[1] ?? []);
    return values.join(' ') === real.join(' ') ? [] : [{ tree, values, real }];
  });
  assert.deepEqual(differ.slice(0, 2), []);
  console.log(`${trees.length} trees of modprobe.d, of which modprobe and kernward say the same`);
});
