import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { known, unreadable, type Reading } from '../../src/model/reading.js';
import type { NextBoot, Result, Verdict } from '../../src/model/verdict.js';
import { valueText } from '../../src/kernel/outcome/values.js';
import { machine } from '../support/judged-machines.js';
import { bls, DEBIAN, file, SYSTEMD } from '../support/next-boot/told.js';

const PANICS = 'sysctl.kernel.hung_task_panic';

interface Case {
  readonly name: string;
  readonly told: readonly string[] | Reading;
  readonly now?: Readonly<Record<string, Reading>>;
  readonly rule: string;
  readonly result: Result;
  /** undefined: nothing is said. */
  readonly next: Omit<NextBoot, 'because'> | undefined;
  readonly because?: RegExp;
}

const HANGS: Readonly<Record<string, Reading>> = {
  [PANICS]: known(1, '1\n'),
  'sysctl.kernel.panic': known(5, '5\n'),
};
const CONTENT: Readonly<Record<string, Reading>> = {
  [PANICS]: known(0, '0\n'),
  'sysctl.kernel.panic': known(5, '5\n'),
};

const cases: readonly Case[] = [
  {
    name: 'where no boot loader tells, that is said once',
    told: SYSTEMD,
    now: HANGS,
    rule: 'crash-kernel-not-armed',
    result: 'fail',
    next: { result: 'unknown' },
    because: /^(?:(?!no configuration).)*no configuration of a boot loader was found(?:(?!no configuration).)*$/,
  },
  {
    name: 'compliant and stays so',
    told: [...DEBIAN, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5', 'kernel.hung_task_panic = 0')],
    now: CONTENT,
    rule: 'hung-task-auto-reboot',
    result: 'pass',
    next: { result: 'pass' },
  },
  {
    name: 'compliant until the next boot: the runtime says 0 and the winning file says 1',
    told: [...DEBIAN, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5', 'kernel.hung_task_panic = 1')],
    now: CONTENT,
    rule: 'hung-task-auto-reboot',
    result: 'pass',
    next: { result: 'fail', by: [{ fact: PANICS, value: '1', place: 'sysctl.d: /etc/sysctl.d/a.conf:2' }] },
    because: /kernel\.hung_task_panic=1\), and this machine reboots itself, by kernel\.panic=5 after 5 s$/,
  },
  {
    name: 'wrong until the next boot',
    told: [...DEBIAN, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5')],
    now: HANGS,
    rule: 'hung-task-auto-reboot',
    result: 'fail',
    next: {
      result: 'pass',
      by: [
        {
          fact: PANICS,
          value: '0',
          place: "no file sets it, so the kernel's configuration does: /boot/config-6.1.0-50-amd64:13",
        },
      ],
    },
  },
  {
    name: 'wrong and stays so',
    told: [...DEBIAN, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5', 'kernel.hung_task_panic = 1')],
    now: HANGS,
    rule: 'hung-task-auto-reboot',
    result: 'fail',
    next: { result: 'fail', by: [{ fact: PANICS, value: '1', place: 'sysctl.d: /etc/sysctl.d/a.conf:2' }] },
  },
  {
    name: 'a file that may not be read may decide: never “stays so”',
    told: [...DEBIAN, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5'), 'denied /etc/sysctl.d/z.conf'],
    now: CONTENT,
    rule: 'hung-task-auto-reboot',
    result: 'pass',
    next: { result: 'unknown' },
    because: /\/etc\/sysctl\.d\/z\.conf may not be read/,
  },
  {
    name: 'what cannot be read decides nothing where another decides',
    told: [
      ...DEBIAN,
      ...bls('a', ''),
      'denied /etc/sysctl.d/a.conf',
      ...file('/etc/sysctl.d/b.conf', 'kernel.hung_task_panic = 0', 'kernel.hung_task_timeout_secs = 120'),
    ],
    now: CONTENT,
    rule: 'hung-task-auto-reboot',
    result: 'pass',
    next: { result: 'pass' },
  },
  {
    name: 'the entry of the boot loader, with its line',
    told: [...SYSTEMD, ...bls('a', 'transparent_hugepage=always'), ...DEBIAN],
    now: { 'thp.enabled': known('never', 'always madvise [never]\n') },
    rule: 'thp-always',
    result: 'pass',
    next: {
      result: 'fail',
      by: [
        {
          fact: 'thp.enabled',
          value: 'always',
          place: 'the kernel command line: /boot/loader/entries/a.conf:1, transparent_hugepage=always',
        },
      ],
    },
    because: /./,
  },
  {
    name: 'the detector that an oops switched off works again',
    told: DEBIAN,
    now: { 'sysctl.kernel.tainted': known(128, '128\n') },
    rule: 'hung-task-detection-dead',
    result: 'fail',
    next: {
      result: 'pass',
      by: [{ fact: 'sysctl.kernel.tainted', value: '0', place: 'flags of what happened go with a boot' }],
    },
  },
  {
    name: 'a rule that no setting decides',
    told: DEBIAN,
    rule: 'oops-since-boot',
    result: 'pass',
    next: undefined,
  },
  {
    name: 'readings of a probe that did not ask',
    told: unreadable('not-collected', 'next_boot.files was not asked for'),
    rule: 'hung-task-auto-reboot',
    result: 'pass',
    next: undefined,
  },
  {
    name: 'files that were asked for and could not be had',
    told: unreadable('truncated', 'what the next boot reads was not told to its end'),
    rule: 'hung-task-auto-reboot',
    result: 'pass',
    next: { result: 'unknown' },
    because: /^next_boot\.files .*not told to its end/,
  },
  {
    name: 'a crash kernel that nothing loads again',
    told: [...DEBIAN, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5', 'kernel.hung_task_panic = 1')],
    now: {
      ...HANGS,
      'kexec.crash_loaded': known(true, '1\n'),
      'kdump.enabled': known(false, ''),
    },
    rule: 'fail-fast-crash-kernel',
    result: 'notselected',
    next: undefined,
  },
];

function verdictOf({ told, now = {}, rule }: Case): Verdict {
  const files = 'state' in told ? told : known(told, told.join('\n'));
  const { verdicts } = machine('web3', 'stay-up', {
    'uname.release': known('6.1.0-50-amd64', '6.1.0-50-amd64\n'),
    'thp.enabled': known('always', '[always] madvise never\n'),
    'sysctl.kernel.hung_task_warnings': known(10, '10\n'),
    'kdump.enabled': known(false, ''),
    'kexec.crash_loaded': known(false, '0\n'),
    'uname.machine': known('x86_64', 'x86_64\n'),
    cmdline: known({}, ''),
    ...now,
    'next_boot.files': files,
  });
  const verdict = verdicts.find((each) => each.rule === rule);
  assert.ok(verdict, rule);
  return verdict;
}

const OLD_EL7 = '3.10.0-1127.el7.x86_64';
const NEW_EL7 = '3.10.0-1160.el7.x86_64';

function starts(release: string): readonly string[] {
  return [
    'systemd',
    'program systemd-sysctl',
    `kernel ${OLD_EL7}`,
    `kernel ${NEW_EL7}`,
    'listed /boot',
    ...[OLD_EL7, NEW_EL7].flatMap((each) =>
      file(`/boot/config-${each}`, 'CONFIG_TRANSPARENT_HUGEPAGE_ALWAYS=y', 'CONFIG_DEFAULT_HUNG_TASK_TIMEOUT=120'),
    ),
    ...file('/boot/grub2/grub.cfg', 'set default=0', 'menuentry a', `linux /boot/vmlinuz-${release}`),
  ];
}

function bootsKernel(host: string, told: readonly string[]) {
  const { verdicts, readings } = machine(host, 'stay-up', { 'next_boot.files': known(told, '') });
  const of = (rule: string): Verdict | undefined => verdicts.find((each) => each.rule === rule);
  return { of, readings };
}

describe('what becomes of a fix', () => {
  test('it is in the kernel that runs, and lost with the next boot', () => {
    const { of, readings } = bootsKernel('db3', starts(OLD_EL7));
    assert.equal(of('khugepaged-fix-missing')?.result, 'pass');
    assert.equal(of('khugepaged-fix-missing')?.nextBoot?.result, 'fail');
    assert.deepEqual(of('khugepaged-fix-missing')?.nextBoot?.by?.[0], {
      fact: 'uname.release',
      value: OLD_EL7,
      place: 'the default of the boot loader: /boot/grub2/grub.cfg:3',
    });
    assert.equal(of('fixes-lost-at-next-boot')?.result, 'fail');
    assert.match(
      of('fixes-lost-at-next-boot')?.because ?? '',
      /starts 3\.10\.0-1127.* lacks what .*khugepaged-trylock/,
    );
    assert.equal(of('next-boot-older-kernel')?.result, 'fail');
    const state = readings.get('next_boot.kernel_state');
    assert.equal(state?.state === 'known' && state.value, 'older');
  });

  test('the reverse: a reboot brings it', () => {
    const { of, readings } = bootsKernel('db4', starts(NEW_EL7));
    assert.equal(of('khugepaged-fix-missing')?.result, 'fail');
    assert.equal(of('khugepaged-fix-missing')?.nextBoot?.result, 'pass');
    assert.equal(of('fixes-lost-at-next-boot')?.result, 'pass');
    assert.equal(of('next-boot-older-kernel')?.result, 'pass');
    const gained = readings.get('next_boot.fixes_gained');
    assert.ok(gained?.state === 'known' && Array.isArray(gained.value) && gained.value.includes('khugepaged-trylock'));
  });

  test('an older kernel of Ubuntu: its package says who built it, since nothing is said before it runs', () => {
    const told = [
      ...SYSTEMD,
      'kernel 4.15.0-24-generic',
      'kernel 4.15.0-23-generic',
      'listed /boot',
      ...file('/boot/grub/grub.cfg', 'set default=0', 'menuentry a', 'linux /boot/vmlinuz-4.15.0-23-generic', 'end'),
      ...file('/boot/config-4.15.0-23-generic', 'CONFIG_TRANSPARENT_HUGEPAGE_MADVISE=y'),
    ];
    const packages = known(
      ['linux-image-4.15.0-23-generic 4.15.0-23.25', 'linux-image-4.15.0-24-generic 4.15.0-24.26'],
      '',
    );
    const lost = (changes: Readonly<Record<string, Reading>>): Reading | undefined =>
      machine('web2', 'stay-up', { 'next_boot.files': known(told, ''), ...changes }).readings.get(
        'next_boot.fixes_lost',
      );
    const reading = lost({ 'kernel.installed': packages });
    assert.equal(reading?.state, 'known', JSON.stringify(reading));
    assert.ok(reading?.state === 'known' && valueText(reading.value).includes('khugepaged-trylock'));
    // Without its package nobody knows which upload of that number it is, or whose.
    assert.equal(lost({ 'kernel.installed': known([], '') })?.state, 'unreadable');
  });

  test('an update that waits for a reboot, where the boot loader may not be read: never “stays so”', () => {
    const told = [...starts(NEW_EL7).filter((line) => !line.includes('grub.cfg')), 'denied /boot/grub2/grub.cfg'];
    const { of } = bootsKernel('db4', told);
    assert.equal(of('khugepaged-fix-missing')?.nextBoot?.result, 'unknown');
    assert.match(
      of('khugepaged-fix-missing')?.nextBoot?.because ?? '',
      /which kernel boots next is not known: \/boot\/grub2\/grub\.cfg may not be read/,
    );
    assert.equal(of('fixes-lost-at-next-boot')?.result, 'notapplicable');
    // Both kernels that may be next behave alike where a task hangs.
    assert.doesNotMatch(of('hung-task-auto-reboot')?.nextBoot?.because ?? '', /which kernel/);
  });
});

describe('what a rule says of the next boot', () => {
  for (const each of cases)
    test(each.name, () => {
      const { result, nextBoot } = verdictOf(each);
      assert.equal(result, each.result, JSON.stringify(nextBoot));
      const { because, ...next } = nextBoot ?? {};
      assert.deepEqual(nextBoot === undefined ? undefined : next, each.next, because);
      assert.match(because ?? '', each.because ?? /^$/);
    });
});
