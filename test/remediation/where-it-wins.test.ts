import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NONE_DECLARED } from '../../src/kernel/next-boot/expect.js';
import { known, type Reading } from '../../src/model/reading.js';
import type { Assignment } from '../../src/remediation/remedy.js';
import { dropInPath, usualPrefix, whereTheyWin } from '../../src/remediation/where-it-wins.js';
import { DEBIAN, file, SYSTEMD } from '../support/next-boot/told.js';

const PANIC: Assignment = { kind: 'sysctl', name: 'kernel.panic', value: '10', rules: ['a'] };
const THP: Assignment = {
  kind: 'sysfs',
  name: '/sys/kernel/mm/transparent_hugepage/enabled',
  value: 'never',
  rules: ['a'],
};
const TUNED = ['enabled tuned', ...file('/etc/tuned/active_profile', 'mine')];

interface Case {
  readonly name: string;
  readonly told: readonly string[] | undefined;
  readonly assignment: Assignment;
  /** What the name of the file begins with; undefined: as usual. */
  readonly prefix?: string;
  readonly overruled?: RegExp;
}

const cases: readonly Case[] = [
  { name: 'nothing is known of the boot', told: undefined, assignment: PANIC },
  { name: 'nobody else sets it', told: DEBIAN, assignment: PANIC },
  {
    name: 'an /etc that is made anew at each boot',
    told: ['volatile /etc', ...DEBIAN],
    assignment: PANIC,
    overruled:
      /^whether 10 holds after the next boot is not known: what is written to \/etc is kept in memory, and \/etc\/sysctl\.d\/zz-kernward-topic\.conf may be gone after the next boot$/,
  },
  {
    name: 'a root file system in memory',
    told: ['volatile /', ...DEBIAN],
    assignment: PANIC,
    overruled: /^whether 10 holds after the next boot is not known: \/ is kept in memory, or what is written to it is/,
  },
  {
    name: 'an earlier file',
    told: [...DEBIAN, ...file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 0')],
    assignment: PANIC,
  },
  {
    name: 'a file of before, which is replaced',
    told: [...DEBIAN, ...file('/etc/sysctl.d/90-kernward-topic.conf', 'kernel.panic = 0')],
    assignment: PANIC,
  },
  {
    name: 'Debian’s 99-sysctl.conf',
    told: [...DEBIAN, ...file('/etc/sysctl.d/99-sysctl.conf', 'kernel.panic = 0')],
    assignment: PANIC,
    prefix: '99-zz',
  },
  {
    name: 'a name without a number',
    told: [...DEBIAN, ...file('/usr/lib/sysctl.d/local.conf', 'kernel.panic = 0')],
    assignment: PANIC,
    prefix: 'zz',
  },
  {
    name: 'a name that sorts after all of ours',
    told: [...DEBIAN, ...file('/etc/sysctl.d/zzz.conf', 'kernel.panic = 0')],
    assignment: PANIC,
    overruled:
      /^\/etc\/sysctl\.d\/90-kernward-topic\.conf does not win: kernel\.panic will be 0 by sysctl\.d: \/etc\/sysctl\.d\/zzz\.conf:1; take that line away, or change it to 10$/,
  },
  {
    name: 'a later file that may not be read',
    told: [...DEBIAN, 'denied /etc/sysctl.d/zzz.conf'],
    assignment: PANIC,
    overruled: /^whether 10 holds after the next boot is not known: \/etc\/sysctl\.d\/zzz\.conf may not be read$/,
  },
  {
    name: 'tuned, which writes the files of /etc again',
    told: [...DEBIAN, ...TUNED, ...file('/etc/tuned/mine/tuned.conf', '[sysctl]', '[sysctl] kernel.panic=0')],
    assignment: PANIC,
  },
  {
    name: 'tuned, which does not',
    told: [
      ...DEBIAN,
      ...TUNED,
      ...file('/etc/tuned/tuned-main.conf', 'reapply_sysctl = 0'),
      ...file('/etc/tuned/mine/tuned.conf', '[sysctl]', '[sysctl] kernel.panic=0'),
    ],
    assignment: PANIC,
    overruled: /0 by tuned: \/etc\/tuned\/mine\/tuned\.conf:2; kernward remediate --as tuned writes a profile/,
  },
  {
    name: 'the kubelet wants the same',
    told: [...DEBIAN, 'enabled kubelet'],
    assignment: PANIC,
  },
  {
    name: 'the kubelet wants something else',
    told: [...DEBIAN, 'enabled kubelet'],
    assignment: { ...PANIC, value: '60' },
    overruled: /not known: the kubelet sets it to 10 when it starts/,
  },
  { name: 'huge pages', told: DEBIAN, assignment: THP },
  {
    name: 'tmpfiles.d: the first name wins',
    told: [...DEBIAN, ...file('/etc/tmpfiles.d/05-a.conf', `w ${THP.name} - - - - madvise`)],
    assignment: THP,
    prefix: '00',
  },
  {
    name: 'tuned sets huge pages after all files',
    told: [...DEBIAN, ...TUNED, ...file('/etc/tuned/mine/tuned.conf', '[vm] transparent_hugepages=madvise')],
    assignment: THP,
    overruled:
      /madvise by tuned: .*:1; kernward remediate --as tuned .*, or put transparent_hugepage=never on the kernel command line/,
  },
  {
    name: 'a unit that writes them',
    told: [...DEBIAN, '/etc/systemd/system/thp.service:3:writes transparent_hugepage/enabled'],
    assignment: THP,
    overruled: /not known: \/etc\/systemd\/system\/thp\.service:3 writes it/,
  },
  {
    name: 'who applies sysctl.d is not known',
    told: SYSTEMD.slice(0, 1),
    assignment: PANIC,
    overruled: /not known: who applies sysctl\.d at boot is not known/,
  },
];

describe('the file that is written wins at the next boot, or it is said what overrules it', () => {
  for (const { name, told, assignment, prefix, overruled } of cases)
    test(name, () => {
      const readings = new Map<string, Reading>([
        ['sysctl.kernel.panic', known(0, '0\n')],
        ['thp.enabled', known('always', '')],
        ['kdump.enabled', known(false, '')],
        ['os.id', known('debian', '')],
        ['cmdline', known({}, '')],
        ...(told === undefined ? [] : [['next_boot.files', known(told, '')] as const]),
      ]);
      const [placed, ...others] = whereTheyWin(
        [assignment],
        (id) => readings.get(id),
        NONE_DECLARED,
        () => 'topic',
      );
      assert.deepEqual(others, []);
      assert.equal(placed?.prefix, prefix);
      assert.equal(placed?.overruled?.length ?? 0, overruled === undefined ? 0 : 1, placed?.overruled?.join('\n'));
      if (overruled !== undefined) assert.match(placed?.overruled?.[0] ?? '', overruled);
    });

  test('names of files', () => {
    assert.equal(dropInPath('sysctl', usualPrefix('sysctl'), 'oom'), '/etc/sysctl.d/90-kernward-oom.conf');
    assert.equal(dropInPath('sysfs', '00', 'thp'), '/etc/tmpfiles.d/00-kernward-thp.conf');
  });
});
