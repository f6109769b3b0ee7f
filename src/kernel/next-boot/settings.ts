import type { FactDefinition } from '../../facts/definition.js';
import { FACTS } from '../../facts/index.js';
import type { FactId } from '../../model/reading.js';

/** What a kernel starts with: a number in its source, or an option of its build. */
type Default = { readonly value: string; readonly source: string } | { readonly config: string; readonly radix?: 16 };

/** Something that files and parameters set. */
export interface BootSetting {
  readonly fact: FactDefinition;
  /** `kernel.panic`; undefined: a file below /sys. */
  readonly sysctl: string | undefined;
  readonly path: string;
  readonly startsWith: Default | undefined;
}

const HUNG_TASK = 'kernel/hung_task.c, Debian linux 6.1.192-2';
const OOM_KILL = 'mm/oom_kill.c, Debian linux 6.1.192-2';
const PANIC = 'kernel/panic.c, Debian linux 6.1.192-2';
const WATCHDOG = 'kernel/watchdog.c, Debian linux 6.1.192-2';

/** By sysctl; what is not here may start with anything. */
const DEFAULTS: Readonly<Record<FactId, Default>> = {
  'sysctl.kernel.hung_task_panic': { config: 'CONFIG_BOOTPARAM_HUNG_TASK_PANIC' },
  'sysctl.kernel.hung_task_timeout_secs': { config: 'CONFIG_DEFAULT_HUNG_TASK_TIMEOUT' },
  'sysctl.kernel.hung_task_check_interval_secs': { value: '0', source: HUNG_TASK },
  'sysctl.kernel.softlockup_panic': { config: 'CONFIG_BOOTPARAM_SOFTLOCKUP_PANIC' },
  'sysctl.kernel.hardlockup_panic': { config: 'CONFIG_BOOTPARAM_HARDLOCKUP_PANIC' },
  'sysctl.kernel.watchdog_thresh': { value: '10', source: WATCHDOG },
  'sysctl.kernel.panic': { config: 'CONFIG_PANIC_TIMEOUT' },
  'sysctl.kernel.panic_on_oops': { config: 'CONFIG_PANIC_ON_OOPS' },
  'sysctl.kernel.panic_on_warn': { value: '0', source: PANIC },
  'sysctl.kernel.oops_limit': { value: '10000', source: 'kernel/exit.c, Debian linux 6.1.192-2' },
  'sysctl.kernel.warn_limit': { value: '0', source: PANIC },
  'sysctl.kernel.panic_on_rcu_stall': { value: '0', source: 'kernel/rcu/tree_stall.h, Debian linux 6.1.192-2' },
  'sysctl.vm.panic_on_oom': { value: '0', source: OOM_KILL },
  'sysctl.vm.oom_kill_allocating_task': { value: '0', source: OOM_KILL },
  'sysctl.vm.oom_dump_tasks': { value: '1', source: OOM_KILL },
  'sysctl.vm.overcommit_memory': { value: '0', source: 'mm/util.c, Debian linux 6.1.192-2' },
  'thp.enabled': { config: 'CONFIG_TRANSPARENT_HUGEPAGE' },
};

/** What counts, and what the kernel changes by itself: no boot sets it as anybody wanted it. */
const NO_SETTINGS: ReadonlySet<FactId> = new Set([
  'sysctl.kernel.tainted',
  'sysctl.kernel.hung_task_detect_count',
  'sysctl.kernel.hung_task_warnings',
  'sysctl.kernel.watchdog',
  'sysctl.vm.min_free_kbytes',
]);

function settingOf(fact: FactDefinition): readonly BootSetting[] {
  const { id, origin } = fact;
  const [path] = origin.via === 'file' ? origin.paths : [];
  if (path === undefined || NO_SETTINGS.has(id)) return [];
  const isSysctl = path.startsWith('/proc/sys/') && id.startsWith('sysctl.');
  if (!isSysctl && !path.startsWith('/sys/kernel/mm/transparent_hugepage/')) return [];
  return [{ fact, sysctl: isSysctl ? id.slice('sysctl.'.length) : undefined, path, startsWith: DEFAULTS[id] }];
}

/** Everything whose value after the next boot is asked for. */
export const SETTINGS: readonly BootSetting[] = FACTS.flatMap(settingOf);

/** `refused`: the kernel answers EINVAL, and what was set before stays. `unclear`: that depends on the kernel. */
export type Accepted = { readonly value: string } | 'refused' | 'unclear';

const NUMBER = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(?:[ \t]|$)/;

/** What the kernel makes of a text that is written to the setting. */
export function accept({ fact, sysctl }: BootSetting, text: string): Accepted {
  const { type } = fact;
  if (type.kind === 'enum') return type.values.includes(text) ? { value: text } : 'unclear';
  if (type.kind !== 'int') return 'unclear';
  // A sysctl takes any base, and leaves what stands behind a space; a file of sysfs takes digits alone.
  const found = (sysctl === undefined ? /^()([0-9]+)$/ : NUMBER).exec(text.trim());
  if (found === null) return 'refused';
  const digits = found[2] ?? '';
  const magnitude = /^0[0-7]+$/.test(digits) && sysctl !== undefined ? Number.parseInt(digits, 8) : Number(digits);
  const value = found[1] === '-' ? -magnitude : magnitude;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = type;
  return Number.isSafeInteger(value) && value >= min && value <= max ? { value: String(value) } : 'unclear';
}
