import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, known, unreadable, type Reading, type Readings, type Value } from '../../src/model/reading.js';
import { applyRule } from '../../src/policy/apply-rule.js';
import { allRules } from '../../src/policy/policy.js';
import { POLICIES, recordedHost, withDerived } from '../support/shipped-policies.js';

/** What a failing rule says must hold on that very machine: a setting that is 0 makes nothing panic. */

const ABSENT = absent('taken away by the test');
const DENIED = unreadable('denied', 'by the test');

interface Told {
  readonly rule: string;
  readonly of: string;
  readonly facts: Readonly<Record<string, Value | Reading>>;
  readonly says: string;
}

const REBOOTS = { 'sysctl.kernel.panic': 10 };

const TOLD: readonly Told[] = [
  {
    rule: 'crash-kernel-nothing-reserved',
    of: 'crashkernel=auto, which RHEL 9 does not know',
    facts: {
      'uname.release': '5.14.0-427.18.1.el9_4.x86_64',
      'os.id': 'rhel',
      cmdline: { crashkernel: 'auto' },
      'kexec.crash_size': 0,
    },
    says: 'dumps are wanted here (crashkernel=auto is on the command line), and no memory is reserved for a crash kernel, because the kernels of RHEL 9 and later do not know the word auto: the kdump service cannot load one, and a panic leaves no dump',
  },
  {
    rule: 'crash-kernel-nothing-reserved',
    of: 'crashkernel=auto on RHEL 8, which knows it',
    facts: {
      'uname.release': '4.18.0-553.el8_10.x86_64',
      cmdline: { crashkernel: 'auto' },
      'kexec.crash_size': 0,
    },
    says: 'dumps are wanted here (crashkernel=auto is on the command line), and no memory is reserved for a crash kernel: the kdump service cannot load one, and a panic leaves no dump',
  },
  {
    rule: 'oops-auto-reboot',
    of: 'panic_on_oops',
    facts: { ...REBOOTS, 'sysctl.kernel.panic_on_oops': 1 },
    says: 'a kernel oops, which would otherwise end one task, makes the kernel panic (kernel.panic_on_oops=1), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'oops-auto-reboot',
    of: 'a limit that the next oops reaches, and a panic_on_taint that is about something else',
    facts: {
      ...REBOOTS,
      'sysctl.kernel.panic_on_oops': 0,
      'sysctl.kernel.oops_limit': 3,
      'kernel.oops_count': 2,
      cmdline: { panic_on_taint: '200' },
    },
    says: 'a kernel oops, which would otherwise end one task, makes the kernel panic (the next one reaches kernel.oops_limit=3), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'oops-auto-reboot',
    of: 'panic_on_taint with the flag D',
    facts: { ...REBOOTS, 'sysctl.kernel.panic_on_oops': 0, cmdline: { panic_on_taint: '80' } },
    says: 'a kernel oops, which would otherwise end one task, makes the kernel panic (boot parameter panic_on_taint=80), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'soft-lockup-auto-reboot',
    of: 'panic_on_taint with the flag L',
    facts: { ...REBOOTS, 'sysctl.kernel.softlockup_panic': 0, cmdline: { panic_on_taint: '4000' } },
    says: 'a soft lockup (a CPU that runs kernel code for over 20 s without scheduling) makes the kernel panic (boot parameter panic_on_taint=4000), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'soft-lockup-auto-reboot',
    of: 'a count, as Linux 7.0 takes it',
    facts: { ...REBOOTS, 'sysctl.kernel.softlockup_panic': 3 },
    says: 'a soft lockup (a CPU that runs kernel code for over 20 s without scheduling, from Linux 7.0 on 3 times as long) makes the kernel panic (kernel.softlockup_panic=3), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'hard-lockup-auto-reboot',
    of: 'a kernel without the sysctl that was booted with nmi_watchdog=panic',
    facts: {
      ...REBOOTS,
      'sysctl.kernel.nmi_watchdog': 1,
      'sysctl.kernel.hardlockup_panic': ABSENT,
      cmdline: { nmi_watchdog: 'panic' },
    },
    says: 'a hard lockup (a CPU that takes no interrupts for about 10 s) makes the kernel panic (boot parameter nmi_watchdog=panic), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'rcu-stall-auto-reboot',
    of: 'a panic that waits for the fifth stall',
    facts: { ...REBOOTS, 'sysctl.kernel.panic_on_rcu_stall': 1, 'sysctl.kernel.max_rcu_stall_to_panic': 5 },
    says: 'when RCU reports a stall (after 21 s), from stall number 5 since boot on, the kernel panics (kernel.panic_on_rcu_stall=1), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'rcu-stall-auto-reboot',
    of: 'a kernel that does not show its timeout',
    facts: { ...REBOOTS, 'sysctl.kernel.panic_on_rcu_stall': 1, 'module.rcupdate.rcu_cpu_stall_timeout': ABSENT },
    says: 'when RCU reports a stall the kernel panics (kernel.panic_on_rcu_stall=1), and this machine reboots itself, by kernel.panic=10 after 10 s',
  },
  {
    rule: 'warn-auto-reboot',
    of: 'a limit that was passed before it was set',
    facts: { 'sysctl.kernel.warn_limit': 100, 'kernel.warn_count': 150 },
    says: 'each kernel WARN() from number 100 since boot on panics this machine (kernel.warn_limit), though the kernel would carry on after a warning',
  },
  {
    rule: 'panic-freezes',
    of: 'one thing that panics beside another that could not be read',
    facts: { 'sysctl.kernel.panic': 0, 'sysctl.kernel.hung_task_panic': 1, 'sysctl.vm.panic_on_oom': DENIED },
    says: 'a panic leaves this machine frozen until somebody resets it (kernel.panic=0 and no crash kernel is loaded), and it panics on a hung task, perhaps on running out of memory, as it is set up',
  },
  {
    rule: 'crash-kernel-not-armed',
    of: 'two things that panic',
    facts: { 'sysctl.kernel.hung_task_panic': 1, 'sysctl.kernel.panic_on_oops': 1 },
    says: 'no crash kernel is loaded, so a panic will leave no dump that says why, and this machine panics on a hung task, on an oops, as it is set up',
  },
  {
    rule: 'hung-tasks-since-boot',
    of: 'one',
    facts: { 'sysctl.kernel.hung_task_detect_count': 1 },
    says: 'the hung-task detector has found a task hung once since boot',
  },
];

function isReading(value: Value | Reading): value is Reading {
  return typeof value === 'object' && 'state' in value;
}

function machine(facts: Told['facts']): Readings {
  const host = recordedHost('debian-12');
  assert.ok(host !== undefined);
  return withDerived(
    new Map([
      ...host,
      ...Object.entries(facts).map(([id, value]): [string, Reading] => [
        id,
        isReading(value) ? value : known(value, JSON.stringify(value)),
      ]),
    ]),
  );
}

for (const { rule: id, of, facts, says } of TOLD)
  test(`${id} tells the truth of ${of}`, () => {
    const rule = allRules(POLICIES).find((one) => one.id === id);
    assert.ok(rule !== undefined);
    const { result, because } = applyRule(rule, machine(facts), new Map());
    assert.deepEqual([result, because], ['fail', says]);
  });

test('hard-lockup-auto-reboot claims nothing of a kernel of RHEL 6 that is built to panic, and does not show whether its hard detector runs', () => {
  const rule = allRules(POLICIES).find((one) => one.id === 'hard-lockup-auto-reboot');
  assert.ok(rule !== undefined);
  const facts = {
    ...REBOOTS,
    'uname.release': '2.6.32-504.16.2.el6.x86_64',
    'sysctl.kernel.hardlockup_panic': ABSENT,
    'sysctl.kernel.soft_watchdog': ABSENT,
    'sysctl.kernel.nmi_watchdog': 1,
    'virtualization.type': unreadable('undetermined', 'no file tells'),
  };
  const { result, because } = applyRule(rule, machine(facts), new Map());
  assert.equal(result, 'unknown');
  assert.match(
    because,
    /kernel\.nmi_watchdog is 1 where either of the two detectors runs.* no file tells whether this is one/,
  );
});
