import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { historyOfSysfsConf } from '../../../src/kernel/next-boot/sysfs-conf.js';
import { BOOT_AWK } from '../../../src/probe/boot/boot-awk.js';
import { unpackedFolder } from '../../support/debian-packages.js';
import { couldNotTest } from '../../support/shells.js';

const SYSFSUTILS = unpackedFolder('sysfsutils');
if (SYSFSUTILS === undefined) couldNotTest('what sysfsutils makes of sysfs.conf');

const THP = 'kernel/mm/transparent_hugepage';
const SETTINGS = ['enabled', 'defrag', 'use_zero_page'];

const attribute = fc.constantFrom(
  ...['enabled', 'defrag', 'e*', '*', '[de]*', 'none', '?efrag'].map((name) => `${THP}/${name}`),
  'kernel/mm/*/defrag',
  'kernel//mm/./transparent_hugepage/enabled',
  `/${THP}/defrag`,
  'power/state',
);
const assignment = fc
  .tuple(
    fc.constantFrom('', ' ', '\t'),
    attribute,
    fc.constantFrom('=', ' = ', ' ', '= ', ' =', '\t=\t'),
    fc.constantFrom('never', 'madvise', 'always', 'a=b', 'x'),
    fc.constantFrom('', ' ', ' # said', '#said'),
  )
  .map((parts) => parts.join(''));
const other = fc.constantFrom('# x', '', '   ', 'mode power/state = 0600', `owner ${THP}/enabled = root:root`);
const odd = fc.constantFrom(
  `${THP}/enabled =`,
  `${THP}/enabled = a b`,
  'word',
  '= x',
  'mode power/state = zz',
  'mode = 1',
  '[sect]',
);
const line = fc.oneof(
  { weight: 6, arbitrary: assignment },
  { weight: 2, arbitrary: other },
  { weight: 1, arbitrary: odd },
);
const FILES = [
  '/etc/sysfs.conf',
  '/etc/sysfs.d/a.conf',
  '/etc/sysfs.d/B.conf',
  '/etc/sysfs.d/.h.conf',
  '/etc/sysfs.d/c.txt',
];
const tree = fc.tuple(
  ...FILES.map((path) =>
    fc.tuple(fc.constant(path), fc.option(fc.tuple(fc.array(line, { maxLength: 4 }), fc.constantFrom('', '\n')))),
  ),
);

/** Its own init script, with another root; what it prints of its progress is nothing's matter. */
function initScript(root: string): string {
  return readFileSync(join(SYSFSUTILS ?? '', 'etc/init.d/sysfsutils'), 'utf8')
    .replaceAll('/sys/', `${root}/sys/`)
    .replaceAll('/etc/sysfs', `${root}/etc/sysfs`)
    .replace(
      '. /lib/lsb/init-functions',
      'log_failure_msg() { :; }; log_action_end_msg() { :; }; log_action_begin_msg() { :; }',
    );
}

const TREES = Number(process.env['KERNWARD_DIFFERENTIAL'] ?? 60);

test('sysfsutils of Debian writes what is predicted', { skip: SYSFSUTILS === undefined }, () => {
  let predicted = 0;
  for (const files of fc.sample(tree, TREES)) {
    const root = mkdtempSync(join(tmpdir(), 'kernward-sysfs-'));
    try {
      const write = (path: string, text: string): void => {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      };
      for (const name of SETTINGS) write(`/sys/${THP}/${name}`, 'as it starts');
      write('/sys/power/state', '');
      const given = files.flatMap(([path, content]) => (content === null ? [] : [{ path, content }]));
      for (const { path, content } of given) write(path, content[0].join('\n') + content[1]);
      write('/init', initScript(root));
      spawnSync('sh', [join(root, 'init'), 'start']);
      const read = given.map(({ path }) => path).filter((path) => path.endsWith('.conf'));
      const told = execFileSync(
        'awk',
        ['-v', 'keys=', '-v', 'allowed=', '-v', 'tuned=', BOOT_AWK, ...read.map((path) => join(root, path))],
        { encoding: 'utf8', input: '' },
      );
      const boot = readBootFiles([
        'systemd',
        'enabled sysfsutils',
        ...told
          .replaceAll(root, '')
          .split('\n')
          .filter((each) => each !== '' && each !== 'end'),
      ]);
      for (const name of SETTINGS) {
        const { writes, doubt } = historyOfSysfsConf(boot, `/sys/${THP}/${name}`);
        if (doubt !== undefined) continue;
        predicted += 1;
        assert.equal(
          readFileSync(join(root, 'sys', THP, name), 'utf8'),
          writes.at(-1)?.value ?? 'as it starts',
          JSON.stringify({ name, given, told }),
        );
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  assert.ok(predicted > TREES, `only ${predicted} of ${TREES * SETTINGS.length} were predicted`);
});
