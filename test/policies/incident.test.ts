import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FURTHER_FACTS } from '../../src/facts/index.js';
import { known, type Reading, type Readings, type Value } from '../../src/model/reading.js';
import { allRules } from '../../src/policy/policy.js';
import { judgeHost } from '../../src/verdict/judge-host.js';
import { POLICIES, PROFILES, recordedHost, withDerived } from '../support/shipped-policies.js';

/**
 * The founding incident's machine: RHEL 7.8, a physical one with RHEL 7's knobs and defaults, transparent huge pages as RHEL 7
 * ships them, a hung task that panics, and kernel.panic=5. No rule may end in unknown for what 3.10 does not have.
 */
const RHEL_7_8: Readonly<Record<string, Value>> = {
  'uname.release': '3.10.0-1127.el7.x86_64',
  'uname.version': '#1 SMP Tue Feb 18 16:39:12 EST 2020',
  'os.id': 'rhel',
  'os.version_id': '7.8',
  'thp.enabled': 'always',
  'thp.defrag': 'always',
  'khugepaged.running': true,
  'sysctl.kernel.hung_task_panic': 1,
  'sysctl.kernel.panic': 5,
};

/** Before the end of RHEL 7, which is another matter. */
const TODAY: readonly [string, Reading] = ['support.today', known('2021-03-01', '2021-03-01')];

function machine(differences: Readonly<Record<string, Value>>): Readings {
  const host = recordedHost('rhel-7');
  assert.ok(host !== undefined);
  const values = Object.entries({ ...RHEL_7_8, ...differences }).map(([id, value]): [string, Reading] => [
    id,
    known(value, JSON.stringify(value)),
  ]);
  const isFact = (id: string): boolean => host.has(id) || FURTHER_FACTS.some((fact) => fact.id === id);
  for (const [id] of values) assert.ok(isFact(id), `${id} is no fact`);
  return withDerived(new Map([...host, TODAY, ...values]));
}

/** @param open rules that cannot be decided: whether the hard detector of RHEL 7 runs is not shown, nor that this is no guest */
function failing(readings: Readings, profile: string, open: readonly string[]): readonly string[] {
  const chosen = PROFILES.get(profile);
  assert.ok(chosen !== undefined);
  const { verdicts, bug } = judgeHost({ host: 'db1', reached: true, readings, tookMs: 1 }, allRules(POLICIES), chosen);
  assert.equal(bug, undefined);
  assert.deepEqual(
    verdicts.flatMap(({ result, rule }) => (result === 'unknown' || result === 'error' ? [rule] : [])),
    open,
  );
  return verdicts
    .filter(({ result }) => result === 'fail')
    .map(({ rule, severity, because }) => `${severity} ${rule}: ${because}`);
}

const WITHOUT_A_DUMP = { 'kexec.crash_loaded': false, 'kexec.crash_size': 0 };
const WITH_A_DUMP = { 'kexec.crash_loaded': true, 'kexec.crash_size': 178257920, 'kdump.enabled': true };

const OF_THE_KERNEL = [
  'medium khugepaged-fix-missing: kernel 3.10.0-1127.el7.x86_64 lacks the fix "mm: thp: use down_read_trylock() in khugepaged to avoid long block": khugepaged can hang for minutes behind a process that holds its memory lock (mmap_sem)',
  'low khugepaged-not-stopped: khugepaged is running (transparent_hugepage/enabled is always) on kernel 3.10.0-1127.el7.x86_64, which lacks the fix that keeps it from hanging',
];
const OF_HUGE_PAGES = [
  'low thp-always: transparent huge pages are on for every program (transparent_hugepage/enabled is always), so khugepaged and the page faults of programs that never asked for huge pages do the work of making them',
  'medium thp-defrag-always: every program on this machine can stall in a page fault while the kernel reclaims and compacts memory for a huge page (transparent_hugepage/enabled and transparent_hugepage/defrag are both always)',
];
const OOPS =
  'low oops-auto-reboot: a kernel oops, which would otherwise end one task, makes the kernel panic (kernel.panic_on_oops=1), and this machine reboots itself, by';
const CHAIN =
  'critical founding-incident: this machine can reboot itself under memory pressure, because khugepaged is running, and kernel 3.10.0-1127.el7.x86_64 lacks the fix that keeps khugepaged from blocking on the memory lock of a busy process, and a task blocked for more than 120 s panics the kernel (kernel.hung_task_panic=1): then it reboots, and what reboots it is';
const HUNG =
  'high hung-task-auto-reboot: when the kernel finds one task blocked for more than 120 s it panics (kernel.hung_task_panic=1), and this machine reboots itself, by';

const EXPECTED: readonly {
  readonly name: string;
  readonly differences: Readonly<Record<string, Value>>;
  readonly fails: readonly string[];
  readonly open?: readonly string[];
}[] = [
  {
    name: 'without a crash kernel: kernel.panic reboots it, and nothing is left that says why',
    differences: WITHOUT_A_DUMP,
    fails: [
      'medium crash-kernel-not-armed: no crash kernel is loaded, so a panic will leave no dump that says why, and this machine panics on a hung task, on an oops, perhaps on a hard lockup, as it is set up',
      `${CHAIN} kernel.panic=5 after 5 s, which leaves no crash dump`,
      `${HUNG} kernel.panic=5 after 5 s`,
      ...OF_THE_KERNEL,
      `${OOPS} kernel.panic=5 after 5 s`,
      ...OF_HUGE_PAGES,
    ],
  },
  {
    name: 'with a crash kernel: kdump reboots it, whatever kernel.panic says',
    differences: WITH_A_DUMP,
    fails: [
      `${CHAIN} kdump, which writes a crash dump first`,
      `${HUNG} kdump`,
      ...OF_THE_KERNEL,
      `${OOPS} kdump`,
      ...OF_HUGE_PAGES,
    ],
  },
  {
    name: 'with a crash kernel and kernel.panic=0: kdump reboots it all the same',
    differences: { ...WITH_A_DUMP, 'sysctl.kernel.panic': 0 },
    fails: [
      `${CHAIN} kdump, which writes a crash dump first`,
      `${HUNG} kdump`,
      ...OF_THE_KERNEL,
      `${OOPS} kdump`,
      ...OF_HUGE_PAGES,
    ],
  },
  {
    name: 'without a crash kernel and with kernel.panic=0: it freezes',
    differences: { ...WITHOUT_A_DUMP, 'sysctl.kernel.panic': 0 },
    open: [],
    fails: [
      'medium crash-kernel-not-armed: no crash kernel is loaded, so a panic will leave no dump that says why, and this machine panics on a hung task, on an oops, perhaps on a hard lockup, as it is set up',
      ...OF_THE_KERNEL,
      'high panic-freezes: a panic leaves this machine frozen until somebody resets it (kernel.panic=0 and no crash kernel is loaded), and it panics on a hung task, on an oops, perhaps on a hard lockup, as it is set up',
      ...OF_HUGE_PAGES,
    ],
  },
  {
    name: 'with the kernel of RHEL 7.9 installed and not booted: the same, and what ends it',
    differences: {
      ...WITH_A_DUMP,
      'kernel.installed': ['kernel 3.10.0-1127.el7 x86_64', 'kernel 3.10.0-1160.el7 x86_64'],
    },
    fails: [
      `${CHAIN} kdump, which writes a crash dump first; a kernel with the fix is installed, and a reboot into it is all that the kernel needs`,
      `${HUNG} kdump`,
      ...OF_THE_KERNEL.map((line) =>
        line.includes('khugepaged-fix-missing')
          ? `${line}; a kernel with the fix is installed, and a reboot into it is all it needs`
          : line,
      ),
      `${OOPS} kdump`,
      ...OF_HUGE_PAGES,
    ],
  },
  {
    name: 'with the kernel of RHEL 7.9: a hung task still reboots it',
    differences: { ...WITH_A_DUMP, 'uname.release': '3.10.0-1160.el7.x86_64' },
    fails: [`${HUNG} kdump`, `${OOPS} kdump`, ...OF_HUGE_PAGES],
  },
  {
    name: 'with hung_task_panic=0: what is left is the kernel',
    differences: { ...WITHOUT_A_DUMP, 'sysctl.kernel.hung_task_panic': 0 },
    fails: [
      'medium crash-kernel-not-armed: no crash kernel is loaded, so a panic will leave no dump that says why, and this machine panics on an oops, perhaps on a hard lockup, as it is set up',
      ...OF_THE_KERNEL,
      `${OOPS} kernel.panic=5 after 5 s`,
      ...OF_HUGE_PAGES,
    ],
  },
];

for (const { name, differences, fails, open = ['hard-lockup-auto-reboot'] } of EXPECTED)
  void test(name, () => assert.deepEqual(failing(machine(differences), 'stay-up', open), fails));

void test('a machine that reboots on purpose is content with it, and still learns of the false trigger', () => {
  const onPurpose = { ...WITH_A_DUMP, 'sysctl.kernel.panic_on_oops': 1, 'sysctl.kernel.softlockup_panic': 1 };
  assert.deepEqual(
    failing(machine(onPurpose), 'fail-fast', ['fail-fast-hard-lockup']).map((line) => line.split(':')[0]),
    [
      'high founding-incident',
      'high khugepaged-fix-missing',
      'medium khugepaged-not-stopped',
      'low thp-always',
      'medium thp-defrag-always',
    ],
  );
  assert.deepEqual(
    failing(
      machine({ ...onPurpose, 'uname.release': '3.10.0-1160.el7.x86_64', 'thp.enabled': 'madvise' }),
      'fail-fast',
      ['fail-fast-hard-lockup'],
    ),
    [],
  );
});
