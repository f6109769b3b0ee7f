/** What a rule of the bench says beside its id, title and severity. */
interface Asked {
  readonly requires: string;
  readonly because: string;
  readonly appliesTo?: string;
  readonly ifAbsent?: 'pass' | 'fail' | 'notapplicable';
  readonly remediation?: object;
}

/** Whole numbers that hosts share, settings. */
const SETTINGS = [
  'sysctl.kernel.hung_task_panic',
  'sysctl.kernel.hung_task_check_count',
  'sysctl.kernel.hung_task_timeout_secs',
  'sysctl.kernel.panic',
  'sysctl.kernel.panic_on_oops',
  'sysctl.kernel.softlockup_panic',
  'sysctl.kernel.watchdog_thresh',
  'sysctl.kernel.sysrq',
  'sysctl.kernel.tainted',
  'sysctl.vm.panic_on_oom',
  'sysctl.vm.overcommit_memory',
  'sysctl.vm.min_free_kbytes',
  'sysctl.vm.watermark_scale_factor',
  'sysctl.vm.extfrag_threshold',
  'sysctl.vm.compaction_proactiveness',
  'khugepaged.pages_to_scan',
  'khugepaged.max_ptes_none',
  'kexec.crash_size',
  'memory.total',
] as const;

/** Whole numbers that are another on each host. */
const COUNTERS = [
  'vmstat.oom_kill',
  'vmstat.compact_stall',
  'vmstat.thp_fault_alloc',
  'vmstat.thp_fault_fallback',
  'vmstat.thp_collapse_alloc',
  'khugepaged.full_scans',
  'khugepaged.pages_collapsed',
  'boot.uptime',
] as const;

const OUTCOMES = ['hung_task', 'oops', 'soft_lockup', 'hard_lockup', 'oom', 'rcu_stall', 'warn'] as const;

const FIXES = [
  'khugepaged_trylock',
  'memcg_oom_soft_lockup',
  'sbitmap_wakeup_race',
  'throttle_direct_reclaim',
  'io_uring_fsfreeze_deadlock',
] as const;

function pick<T>(choices: readonly [T, ...T[]], index: number): T {
  return choices[index % choices.length] ?? choices[0];
}

/** One rule of six fails on most hosts. */
function isFailing(index: number): boolean {
  return index % 6 === 5;
}

/** Every kind of rule that a policy can have over one host, with bounds by the index, so that no two rules are the same. */
const KINDS: readonly ((index: number) => Asked)[] = [
  (index) => {
    const fact = pick(SETTINGS, index);
    const requires = isFailing(index) ? `${fact} < ${-index}` : `${fact} >= ${-index}`;
    return { requires, because: `${fact} is {${fact}}, which ${index} is not`, ifAbsent: 'pass' };
  },
  (index) => ({
    requires: `thp.enabled in ["madvise", "never"] || sysctl.vm.min_free_kbytes > ${35_000 + index}`,
    because: 'huge pages are {thp.enabled} on {uname.release}',
  }),
  (index) => {
    const [a, b] = [pick(SETTINGS, index), pick(SETTINGS, index + 7)];
    return {
      requires: `!has(${a}) || has(${b}) && ${a} >= 0 && ${b} + ${index} > ${a} - ${isFailing(index) ? 1000 : 100_000_000_000}`,
      because: `{has(${a}) ? string(${a}) : "nothing"} beside {has(${b}) ? string(${b}) : "nothing"}`,
      ifAbsent: 'notapplicable',
    };
  },
  (index) => ({
    requires: `!(sysctl.kernel.panic == 0 && kexec.crash_loaded == false) || ${pick(SETTINGS, index)} == ${index}`,
    because: 'kernel.panic is {sysctl.kernel.panic} and a crash kernel {kexec.crash_loaded ? "is" : "is not"} loaded',
    ifAbsent: 'fail',
  }),
  (index) => {
    const fact = `fix.${pick(FIXES, index)}`;
    return {
      requires: `${fact} != "missing" && ${fact} != "fixed-not-booted" || sysctl.kernel.panic > ${index}`,
      because: `the kernel {uname.release} has ${fact}: {${fact}}`,
    };
  },
  (index) => ({
    appliesTo: 'next_boot.state == "same" || next_boot.state == "differs"',
    requires: `size(next_boot.changes) < ${2 + (index % 5)}`,
    because: '{size(next_boot.changes)} settings change at the next boot: {next_boot.changes}',
    ifAbsent: 'notapplicable',
  }),
  (index) => {
    const trigger = pick(OUTCOMES, index);
    return {
      appliesTo: `sysctl.kernel.panic >= ${-1 - index}`,
      requires: `${trigger}.reboots == false || ${trigger}.outcome == "reboots" && ${pick(SETTINGS, index)} > ${index}`,
      because: `{${trigger}.outcome}, by {${trigger}.reboot_by}`,
      remediation: { summary: `Set kernel.panic to ${index}.`, sysctl: { 'kernel.panic': index } },
    };
  },
  (index) => {
    const fact = pick(COUNTERS, index);
    const most = isFailing(index) ? index : 1_000_000_000_000 + index;
    return { requires: `${fact} < ${most}`, because: `${fact} is {${fact}} after {boot.uptime} s` };
  },
  (index) => {
    const setting = pick(SETTINGS, index);
    return {
      requires: `has(${setting}) && ${setting} ${isFailing(index) ? '==' : '!='} ${-index - 1}`,
      because: `{vmstat.compact_stall / 10 + ${index}} stalls, and ${setting} is {${setting}}`,
      ifAbsent: 'notapplicable',
    };
  },
  (index) => ({
    requires: `rematch(uname.release, "^6[.]1[.]0-${isFailing(index) ? 2 : '[0-9]'}${index % 10}") || uname.machine == "x86_64" || size(oom.daemons) > 0`,
    because: 'the kernel is {uname.release}, {uname.version}',
    ifAbsent: 'pass',
  }),
];

/** A policy with so many rules of its own, as `-p` reads it. */
export function policyOfManyRules(count: number): string {
  return JSON.stringify({
    policy: 'many-rules',
    title: 'Rules of the bench',
    rules: Array.from({ length: count }, (_, index) => {
      const kind = KINDS[index % KINDS.length];
      if (kind === undefined) throw new Error('there is no kind of rule');
      return {
        id: `many-${String(index).padStart(4, '0')}`,
        title: `Rule ${index} of the bench`,
        severity: pick(['low', 'medium', 'high', 'critical'], index),
        ...kind(Math.floor(index / KINDS.length)),
      };
    }),
  });
}
