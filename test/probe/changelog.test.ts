import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CHANGELOG_AWK } from '../../src/probe/changelog-awk.js';
import { packagesPieces } from '../../src/probe/packages-script.js';
import { couldNotTest, findProgram } from '../support/shells.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { within } from '../support/within.js';
import { codePoint } from '../support/code-point.js';

const AWKS = [
  { name: 'mawk', argv: ['mawk'], debianPackage: 'mawk' },
  { name: 'gawk', argv: ['gawk'], debianPackage: 'gawk' },
  { name: 'busybox awk', argv: ['busybox', 'awk'], debianPackage: 'busybox' },
  { name: 'the one true awk', argv: ['original-awk'], debianPackage: 'original-awk' },
] as const;
function isThere({ argv }: (typeof AWKS)[number]): boolean {
  return findProgram(argv[0]) !== undefined;
}
for (const awk of AWKS.filter((one) => !isThere(one))) couldNotTest(`the search of changelogs by ${awk.name}`);
const awks = AWKS.filter(isThere);

const SUBJECTS = {
  k1: 'mm: thp: use down_read_trylock() in khugepaged to avoid long block',
  mbcache: 'ext4: fix deadlock due to mbcache entry corruption',
  memcg: 'mm: memcg: fix memcg reclaim soft lockup',
  sched: 'sched/fair: Fix infinite loop in update_blocked_averages() by reverting a9e7f6544b9c',
  kvm: 'KVM: x86: Fix VM hard lockup after prolonged inactivity with periodic HV timer',
  clock: 'sched, x86: Avoid unnecessary overflow in sched_clock',
  revert: 'Revert "mm/compaction: fix set skip in fast_find_migrateblock"',
  quoted: `it's "quoted": don't $(reboot) \`x\` \\ %s {} today`,
} as const;

const WANTED = Object.entries(SUBJECTS).map(([id, subject]) => ({ id, subject }));
/** As the product makes it. */
const WORDS = /packages ([^']*)'/.exec(packagesPieces('0'.repeat(32), WANTED).join(''))?.[1] ?? '';

function search(argv: readonly string[], kind: 'deb' | 'rpm', text: string | Buffer): ReadonlyMap<string, string> {
  const [command = '', ...args] = argv;
  const { stdout, stderr, status } = spawnSync(
    command,
    [...args, '-v', `kind=${kind}`, '-v', `wanted=${WORDS}`, CHANGELOG_AWK],
    { input: text, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, maxBuffer: 1 << 20, timeout: within(60_000) },
  );
  assert.equal(`${status} ${stderr.toString()}`, '0 ');
  const lines = stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
  const answers = new Map(lines.map((line) => [line.split(' ')[1] ?? '', line] as const));
  assert.equal(answers.size, lines.length, 'each fix is answered once');
  return answers;
}

function deb(...lines: string[]): string {
  return `linux (6.1.55-1) bookworm; urgency=medium\n\n${lines.join('\n')}\n\n -- A B <a@b.example>  Fri, 29 Sep 2023 00:00:00 +0000\n`;
}
function rpm(...lines: string[]): string {
  return `@kw package kernel 4.18.0-1.el8\n@kw stanza A B <a@b.example> [4.18.0-1.el8]\n${lines.join('\n')}\n`;
}

/** What a changelog says, and what must be answered of which fix. */
const CASES: readonly (readonly [
  string,
  'deb' | 'rpm',
  string,
  keyof typeof SUBJECTS,
  'found' | 'reverted' | 'silent',
])[] = [
  [
    'a fix that is a revert',
    'deb',
    deb('    - Revert "mm/compaction: fix set skip in fast_find_migrateblock"'),
    'revert',
    'found',
  ],
  [
    'a fix that is a revert, of Red Hat',
    'rpm',
    rpm('- Revert "mm/compaction: fix set skip in fast_find_migrateblock" (Nico Pache) [2166447]'),
    'revert',
    'found',
  ],
  [
    'a revert that is taken back',
    'deb',
    deb('    - Revert "Revert "mm/compaction: fix set skip in fast_find_migrateblock""'),
    'revert',
    'reverted',
  ],
  [
    'what a fix reverts',
    'rpm',
    rpm('- mm/compaction: fix set skip in fast_find_migrateblock (Nico Pache) [2089498]'),
    'revert',
    'silent',
  ],
  [
    'Ubuntu, as it stands',
    'deb',
    deb(
      '  * Bionic update: upstream stable patchset 2018-05-29 (LP: #1774063)',
      '    - mm: thp: use down_read_trylock() in khugepaged to avoid long block',
      '    - other',
    ),
    'k1',
    'found',
  ],
  [
    'wrapped',
    'deb',
    deb('    - mm: thp: use down_read_trylock() in khugepaged to avoid', '      long block', '    - other'),
    'k1',
    'found',
  ],
  [
    'wrapped with tabs and a carriage return',
    'deb',
    deb('    - mm: thp: use down_read_trylock() in khugepaged\r', '\t  to   avoid long block\r'),
    'k1',
    'found',
  ],
  [
    'Debian, with its tag and a CVE',
    'deb',
    deb(
      '    - [x86] KVM: x86: Fix VM hard lockup after prolonged inactivity with',
      '      periodic HV timer (CVE-2025-71104)',
    ),
    'kvm',
    'found',
  ],
  [
    'Debian, the tag in place of the first component',
    'deb',
    deb('    - [amd64,arm64] KVM: x86: Fix VM hard lockup after prolonged inactivity with periodic HV timer'),
    'kvm',
    'found',
  ],
  [
    'before the address of the next update',
    'deb',
    deb(
      '    - ext4: fix deadlock due to mbcache entry corruption',
      '    https://www.kernel.org/pub/linux/kernel/v6.x/ChangeLog-6.1.5',
    ),
    'mbcache',
    'found',
  ],
  [
    'the last entry before the cut',
    'deb',
    `${deb('    - x')}\nlinux (6.1.4-1) unstable; urgency=medium\n\n    - ext4: fix deadlock due to mbcache entry corruption\n# Older entries have been removed from this changelog.`,
    'mbcache',
    'found',
  ],
  [
    'Red Hat 8 and 9',
    'rpm',
    rpm('- ext4: fix deadlock due to mbcache entry corruption (Lukas Czerner) [2145193]'),
    'mbcache',
    'found',
  ],
  [
    'Red Hat 7: the subsystem in brackets in place of the component',
    'rpm',
    rpm('- [mm] thp: use down_read_trylock() in khugepaged to avoid long block (A B) [1]'),
    'k1',
    'found',
  ],
  [
    'Red Hat 7: the subsystem before the whole subject',
    'rpm',
    rpm('- [fs] ext4: fix deadlock due to mbcache entry corruption (A B) [1] {CVE-2022-1}'),
    'mbcache',
    'found',
  ],
  [
    'SUSE, wrapped',
    'rpm',
    rpm('- mm: memcg: fix memcg reclaim', '  soft lockup (VM Functionality, bsc#1180056).', '- commit abc1234'),
    'memcg',
    'found',
  ],
  ['SUSE, with a stop', 'rpm', rpm('- mm: memcg: fix memcg reclaim soft lockup.'), 'memcg', 'found'],
  ['Ubuntu’s own marks', 'deb', deb('  * UBUNTU: SAUCE: mm: memcg: fix memcg reclaim soft lockup'), 'memcg', 'found'],
  [
    'a subject that speaks of a revert',
    'deb',
    deb('    - sched/fair: Fix infinite loop in update_blocked_averages() by reverting', '      a9e7f6544b9c'),
    'sched',
    'found',
  ],
  ['a subject with every quotation mark', 'rpm', rpm(`- ${SUBJECTS.quoted}`), 'quoted', 'found'],
  [
    'reverted later',
    'rpm',
    `${rpm('- Revert "mm: thp: use down_read_trylock() in khugepaged to avoid long block" (A B) [2]')}@kw stanza A B [4.18.0-0]\n- mm: thp: use down_read_trylock() in khugepaged to avoid long block (A B) [1]\n`,
    'k1',
    'reverted',
  ],
  [
    'reverted in the words of Red Hat 7',
    'rpm',
    rpm('- [mm] revert "thp: use down_read_trylock() in khugepaged to avoid long block" (A B) [2]'),
    'k1',
    'reverted',
  ],
  [
    'reverted in the same stanza: nobody knows the order',
    'deb',
    deb(
      '    - mm: memcg: fix memcg reclaim soft lockup',
      '    - Revert "mm: memcg: fix memcg reclaim soft',
      '      lockup"',
    ),
    'memcg',
    'reverted',
  ],
  [
    'reverted, and taken again in a later stanza',
    'deb',
    `${deb('    - mm: memcg: fix memcg reclaim soft lockup')}\nlinux (6.1.4-1) unstable; urgency=medium\n\n    - Revert "mm: memcg: fix memcg reclaim soft lockup"\n`,
    'memcg',
    'found',
  ],
  ['dropped', 'rpm', rpm('- Drop mm: memcg: fix memcg reclaim soft lockup (bsc#1)'), 'memcg', 'reverted'],
  [
    'taken back in the brackets',
    'rpm',
    rpm('- mm: memcg: fix memcg reclaim soft lockup (partial backport)'),
    'memcg',
    'silent',
  ],
  [
    'another commit whose subject goes on',
    'deb',
    deb('    - sched, x86: Avoid unnecessary overflow in sched_clock on old machines'),
    'clock',
    'silent',
  ],
  [
    'another commit whose subject goes on after punctuation',
    'deb',
    deb('    - sched, x86: Avoid unnecessary overflow in sched_clock() in idle'),
    'clock',
    'silent',
  ],
  [
    'another commit whose last word is longer',
    'deb',
    deb('    - sched, x86: Avoid unnecessary overflow in sched_clocks'),
    'clock',
    'silent',
  ],
  [
    'a commit about the commit',
    'deb',
    deb('    - selftests: check that "mm: memcg: fix memcg reclaim soft lockup" holds'),
    'memcg',
    'silent',
  ],
  ['half of the subject', 'deb', deb('    - mm: thp: use down_read_trylock() in khugepaged'), 'k1', 'silent'],
  [
    'two entries that only together would be the subject',
    'deb',
    deb('    - mm: thp: use down_read_trylock() in khugepaged', '    - to avoid long block'),
    'k1',
    'silent',
  ],
  [
    'two stanzas that only together would be the subject',
    'rpm',
    `${rpm('- mm: memcg: fix memcg')}@kw stanza x\n  reclaim soft lockup\n`,
    'memcg',
    'silent',
  ],
  ['nothing', 'deb', '', 'k1', 'silent'],
];

for (const { name, argv } of awks)
  test(`${name}: ${CASES.length} ways to say it`, () => {
    for (const [what, kind, text, id, expected] of CASES) {
      const line = search(argv, kind, text).get(id);
      assert.equal(line?.split(' ')[0], expected, `${what}: ${line}`);
    }
  });

test('which package, where the line stands, whether older entries were cut', () => {
  for (const { argv } of awks) {
    const answers = search(
      argv,
      'deb',
      `linux-signed-amd64 (6.1.55+1) bookworm; urgency=medium\n\n  * Sign kernel from linux 6.1.55-1\n\n${deb('    - mm: memcg: fix memcg reclaim soft lockup')}\n# Older entries have been removed from this changelog.\n`,
    );
    assert.equal(answers.get('linux-signed-amd64'), 'package linux-signed-amd64 6.1.55+1');
    assert.equal(answers.get('memcg'), 'found memcg - mm: memcg: fix memcg reclaim soft lockup [linux (6.1.55-1)]');
    assert.equal(answers.get('11'), 'read 11 cut');
  }
});

test('a subject is words and nothing else by the time it reaches a shell', () => {
  assert.match(WORDS, /^[a-zA-Z0-9: -]+$/);
  fc.assert(
    fc.property(fc.string({ unit: codePoint, maxLength: 200 }), (subject) => {
      const wanted = { id: 'a-fix', subject: `${subject}: sixteen letters at least` };
      const [first = '', second] = packagesPieces('0'.repeat(32), [wanted]).join('').split('\n');
      assert.match(first, /^kw='kernward \d+ 0{32} packages a-fix:[A-Za-z0-9]+:[A-Za-z0-9]+'$/);
      assert.match(second ?? '', /^# kernward/);
    }),
  );
  for (const wrong of [
    { id: "a'b", subject: 'sixteen letters at least' },
    { id: 'a', subject: 'short' },
  ])
    assert.throws(() => packagesPieces('0'.repeat(32), [wrong]).join(''), RangeError);
});

test('the package is named once, by the first line, whatever the changelog says after it', () => {
  for (const { argv } of awks) {
    const answers = search(
      argv,
      'rpm',
      '@kw package kernel 1-1\n@kw stanza A\n- a\n@kw package other 2-2\n@kw package other 2-2\n',
    );
    assert.equal(answers.get('kernel'), 'package kernel 1-1');
    assert.equal(answers.get('other'), undefined);
  }
});

test('whatever a changelog holds, each fix has one answer, and every awk gives the same', () => {
  const piece = fc.oneof(
    fc.constantFrom(...CASES.flatMap(([, , text]) => text.split('\n'))).map((line) => `${line}\n`),
    fc.constantFrom(
      '@kw package x 1\n',
      '@kw stanza \n',
      'linux (1) x\n',
      ' -- \n',
      '    - \n',
      '[[[[\n',
      '[] '.repeat(50),
      '\u0000\n',
      '\\n\n',
      '\u001b]0;x\u0007\n',
      'UBUNTU: '.repeat(30),
      '\n',
    ),
    fc.string({ unit: codePoint, maxLength: 60 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom<'deb' | 'rpm'>('deb', 'rpm'), (pieces, kind) => {
      // A zero byte ends a line in one awk and not in another; the answers to the rest of the text may then differ.
      const text = pieces.join('').replaceAll('\u0000', '?');
      const all = awks.map(({ argv }) => {
        const answers = search(argv, kind, Buffer.from(text, 'utf8'));
        return Object.keys(SUBJECTS).map((id) => answers.get(id));
      });
      for (const answers of all) assert.deepEqual(answers, all[0]);
      for (const answer of all[0] ?? []) assert.match(answer ?? '', /^(?:found|reverted|silent) /);
    }),
    { numRuns: 40 },
  );
});

test('text without end takes bounded time', () => {
  const floods = [
    'x',
    '[a] ',
    '- mm: memcg: fix\n',
    '    - Revert "\n',
    ' ',
    '    - mm: memcg: fix memcg reclaim soft lockup\n',
    `${'UBUNTU: '.repeat(200)}\n`,
  ];
  for (const { name, argv } of awks)
    for (const flood of floods) {
      const text = flood.repeat(Math.floor((2 << 20) / flood.length));
      const tookMs = cpuMsOf(() => search(argv, 'deb', text));
      assertComputed(tookMs, 15_000, `${name} on ${JSON.stringify(flood.slice(0, 20))}`);
    }
});
