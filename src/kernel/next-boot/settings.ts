import type { FactDefinition } from '../../facts/definition.js';
import { FACTS } from '../../facts/index.js';
import { memoize } from '../../language/memoize.js';
import type { FactId } from '../../model/reading.js';
import { baseAtLeast, type KernelBase } from '../kernel-base.js';

/** Machines of which a number of the source is known to hold. */
const WIDE: ReadonlySet<string> = new Set(['x86_64', 'aarch64', 's390x', 'ppc64', 'ppc64le', 'riscv64']);
const X86_64: ReadonlySet<string> = new Set(['x86_64']);

/** What a kernel starts with: a number in its source, or an option of its build. */
type Default =
  /**
   * `read`: the version whose source says so; of another it is told that its own was not read. `machines`: by `uname -m`, where
   * it is not the same on all.
   */
  | {
      readonly value: string;
      readonly source: string;
      readonly read: readonly [number, number] | undefined;
      readonly machines?: ReadonlySet<string>;
    }
  | { readonly config: string; readonly radix?: 16 }
  /** By the version that the kernel is built on; undefined: not read. */
  | { readonly byBase: (base: KernelBase) => string | undefined; readonly source: string };

/** Always up to 4.4, for who asks from 4.9 on; what lies between was not read. */
function defragOf(base: KernelBase): string | undefined {
  if (baseAtLeast(base, 4, 9)) return 'madvise';
  return baseAtLeast(base, 4, 5) || !baseAtLeast(base, 3, 10) ? undefined : 'always';
}

/** What has to be known of a fact so that its value after the next boot can be told. */
export type SettableFact = Pick<FactDefinition, 'id' | 'type' | 'origin' | 'declaredAs'>;

/** Something that files and parameters set. */
export interface BootSetting {
  readonly fact: SettableFact;
  /** `kernel.panic`; undefined: a file below /sys. */
  readonly sysctl: string | undefined;
  readonly path: string;
  readonly startsWith: Default | undefined;
}

const HUNG_TASK = 'kernel/hung_task.c, Debian linux 6.1.192-2';
const HUGE_MEMORY = 'mm/khugepaged.c, Debian linux 6.1.192-2, where a huge page has 2 MiB';
const TREE_STALL = 'kernel/rcu/tree_stall.h, Debian linux 6.1.192-2';
const OOM_KILL = 'mm/oom_kill.c, Debian linux 6.1.192-2';
const PANIC = 'kernel/panic.c, Debian linux 6.1.192-2';
const WATCHDOG = 'kernel/watchdog.c, Debian linux 6.1.192-2';

/** By sysctl; what is not here may start with anything. */
const DEFAULTS: Readonly<Record<FactId, Default>> = {
  'sysctl.kernel.hung_task_panic': { config: 'CONFIG_BOOTPARAM_HUNG_TASK_PANIC' },
  'sysctl.kernel.hung_task_timeout_secs': { config: 'CONFIG_DEFAULT_HUNG_TASK_TIMEOUT' },
  'sysctl.kernel.hung_task_check_interval_secs': { value: '0', source: HUNG_TASK, read: [6, 1] },
  'sysctl.kernel.hung_task_check_count': {
    value: '4194304',
    source: 'PID_MAX_LIMIT in include/linux/threads.h, Debian linux 6.1.192-2',
    read: [6, 1],
    machines: WIDE,
  },
  'sysctl.kernel.hung_task_warnings': { value: '10', source: HUNG_TASK, read: [6, 1] },
  'sysctl.kernel.hung_task_all_cpu_backtrace': { value: '0', source: HUNG_TASK, read: [6, 1] },
  'sysctl.kernel.soft_watchdog': { value: '1', source: WATCHDOG, read: [6, 1] },
  'sysctl.kernel.softlockup_all_cpu_backtrace': { value: '0', source: WATCHDOG, read: [6, 1] },
  'sysctl.kernel.hardlockup_all_cpu_backtrace': { value: '0', source: WATCHDOG, read: [6, 1] },
  'sysctl.kernel.softlockup_panic': { config: 'CONFIG_BOOTPARAM_SOFTLOCKUP_PANIC' },
  'sysctl.kernel.hardlockup_panic': { config: 'CONFIG_BOOTPARAM_HARDLOCKUP_PANIC' },
  'sysctl.kernel.watchdog_thresh': { value: '10', source: WATCHDOG, read: [6, 1] },
  'sysctl.kernel.panic': { config: 'CONFIG_PANIC_TIMEOUT' },
  'sysctl.kernel.panic_on_oops': { config: 'CONFIG_PANIC_ON_OOPS' },
  'sysctl.kernel.panic_on_warn': { value: '0', source: PANIC, read: [6, 1] },
  'sysctl.kernel.oops_limit': { value: '10000', source: 'kernel/exit.c, Debian linux 6.1.192-2', read: [6, 1] },
  'sysctl.kernel.warn_limit': { value: '0', source: PANIC, read: [6, 1] },
  'sysctl.kernel.panic_on_rcu_stall': { value: '0', source: TREE_STALL, read: [6, 1] },
  'sysctl.kernel.max_rcu_stall_to_panic': { value: '0', source: TREE_STALL, read: [6, 1] },
  'sysctl.debug.panic_on_rcu_stall': { value: '0', source: 'kernel/rcutree.c, RHEL 3.10.0-1062', read: [3, 10] },
  'sysctl.kernel.unknown_nmi_panic': {
    value: '0',
    source: 'arch/x86/kernel/nmi.c, Debian linux 6.1.192-2',
    read: [6, 1],
  },
  'sysctl.kernel.panic_print': { value: '0', source: PANIC, read: [6, 1] },
  'sysctl.kernel.panic_sys_info': { value: '', source: 'kernel/panic.c, mainline d747755917bf', read: undefined },
  'sysctl.kernel.kernel_sys_info': { value: '', source: 'lib/sys_info.c, mainline after 6.18', read: undefined },
  'sysctl.kernel.hung_task_sys_info': {
    value: '',
    source: 'kernel/hung_task.c, mainline 00b5cdeb9fe7',
    read: undefined,
  },
  'sysctl.kernel.kexec_load_disabled': {
    value: '0',
    source: 'kernel/kexec_core.c, Debian linux 6.1.192-2',
    read: [6, 1],
  },
  'sysctl.kernel.kexec_load_limit_panic': { value: '-1', source: 'kernel/kexec.c, Debian linux 6.12', read: [6, 12] },
  'sysctl.kernel.kexec_load_limit_reboot': { value: '-1', source: 'kernel/kexec.c, Debian linux 6.12', read: [6, 12] },
  'sysctl.kernel.sysrq': { config: 'CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE', radix: 16 },
  'sysctl.vm.panic_on_oom': { value: '0', source: OOM_KILL, read: [6, 1] },
  'sysctl.vm.oom_kill_allocating_task': { value: '0', source: OOM_KILL, read: [6, 1] },
  'sysctl.vm.oom_dump_tasks': { value: '1', source: OOM_KILL, read: [6, 1] },
  'sysctl.vm.overcommit_memory': { value: '0', source: 'mm/util.c, Debian linux 6.1.192-2', read: [6, 1] },
  'thp.enabled': { config: 'CONFIG_TRANSPARENT_HUGEPAGE' },
  'thp.defrag': {
    byBase: defragOf,
    source: 'transparent_hugepage_flags in mm/huge_memory.c, RHEL 3.10.0-514, 4.4.230, 4.9.319, Debian linux 6.1.192-2',
  },
  'khugepaged.defrag': { value: 'true', source: HUGE_MEMORY, read: [6, 1] },
  'khugepaged.max_ptes_none': { value: '511', source: HUGE_MEMORY, read: [6, 1], machines: X86_64 },
};

/** What nobody sets: counts, and what the kernel says of itself. */
const NO_SETTINGS: ReadonlySet<FactId> = new Set([
  'sysctl.kernel.tainted',
  'sysctl.kernel.hung_task_detect_count',
  'thp.hpage_pmd_size',
  'khugepaged.pages_collapsed',
  'khugepaged.full_scans',
]);

/** What the kernel changes by itself: that it is another after a boot is no change that anybody made. */
const MOVES_BY_ITSELF: ReadonlySet<FactId> = new Set([
  'sysctl.kernel.hung_task_warnings',
  'sysctl.kernel.watchdog',
  'sysctl.vm.min_free_kbytes',
]);

/**
 * Files below /sys that no rule of udev sets: parameters of modules and what belongs to the kernel as a whole. A device has its
 * files under several names, and what rules do with them is not read.
 */
const OF_KERNEL =
  /^\/sys\/(?:module\/\w+\/parameters|kernel\/(?:mm|reboot|cgroup)|kernel(?=\/(?:profiling|rcu_expedited|rcu_normal)$))\/[\w/-]+$/;

function settingOf(fact: SettableFact): readonly BootSetting[] {
  const { id, origin } = fact;
  const [path] = origin.via === 'file' ? origin.paths : [];
  if (path === undefined || NO_SETTINGS.has(id)) return [];
  const isSysctl = path.startsWith('/proc/sys/') && id.startsWith('sysctl.');
  const isOfKernel =
    path.startsWith('/sys/kernel/mm/transparent_hugepage/') || (fact.declaredAs !== undefined && OF_KERNEL.test(path));
  if (!isSysctl && !isOfKernel) return [];
  return [
    {
      fact,
      sysctl: isSysctl ? path.slice('/proc/sys/'.length).replaceAll('/', '.') : undefined,
      path,
      startsWith: fact.declaredAs === undefined ? DEFAULTS[id] : undefined,
    },
  ];
}

const ALL: readonly BootSetting[] = FACTS.flatMap(settingOf);

/** Everything whose value after the next boot is asked for. */
export const SETTINGS: readonly BootSetting[] = ALL.filter(({ fact }) => !MOVES_BY_ITSELF.has(fact.id));

/** Settings that are not what they started with without anybody having set them: what they start with is known all the same. */
export const MOVING_SETTINGS: readonly BootSetting[] = ALL.filter(({ fact }) => MOVES_BY_ITSELF.has(fact.id));

/** Of facts that policies declare those that files and parameters set, and that the probe asks such files for. */
export const declaredSettings = memoize((declared: readonly SettableFact[]): readonly BootSetting[] =>
  declared.flatMap(settingOf),
);

/** `refused`: the kernel answers EINVAL, and what was set before stays. `unclear`: that depends on the kernel. */
export type Accepted = { readonly value: string } | 'refused' | 'unclear';

const NUMBER = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(?:[ \t]|$)/;

/** What the kernel makes of a text that is written to the setting. */
export function accept({ fact, sysctl, path }: BootSetting, text: string): Accepted {
  const { type } = fact;
  if (type.kind === 'enum') return type.values.includes(text) ? { value: text } : 'unclear';
  // A parameter of a module takes letters too: kstrtobool() in lib/kstrtox.c.
  if (type.kind === 'bool' && path.startsWith('/sys/module/') && /^[yYnN]$/.test(text))
    return { value: String(/[yY]/.test(text)) };
  if (type.kind === 'bool') return /^[01]$/.test(text) ? { value: String(text === '1') } : 'unclear';
  if (type.kind !== 'int') return 'unclear';
  // A sysctl takes any base, and leaves what stands behind a space; a file of sysfs takes digits alone.
  const found = (sysctl === undefined ? /^()([0-9]+)$/ : NUMBER).exec(text.trim());
  // What others than those of huge pages make of another base was not read.
  if (found === null && sysctl === undefined && !path.includes('/transparent_hugepage/')) return 'unclear';
  if (found === null) return 'refused';
  const digits = found[2] ?? '';
  const magnitude = /^0[0-7]+$/.test(digits) && sysctl !== undefined ? Number.parseInt(digits, 8) : Number(digits);
  const value = found[1] === '-' ? -magnitude : magnitude;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = type;
  return Number.isSafeInteger(value) && value >= min && value <= max ? { value: String(value) } : 'unclear';
}
