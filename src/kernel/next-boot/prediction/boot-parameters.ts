import { baseAtLeast, kernelBase, type KernelBase } from '../../kernel-base.js';
import { moduleParameterOf } from '../modprobe-d.js';
import type { BootPlan } from '../predict.js';
import type { BootSetting } from '../settings.js';
import type { Tool } from './prediction.js';
import { doubtful, isOpen, take, type State } from './state.js';

/** What a boot parameter makes of the setting: a value, nothing, or something that depends on the kernel. */
type Means = (value: string, base: KernelBase | undefined) => string | undefined | { readonly doubt: string };

const ON: Means = () => '1';
const OFF: Means = () => '0';
const ITSELF: Means = (value) => value;

/** strcmp() of oops_setup() in kernel/panic.c, Debian linux 6.1.176-1 and RHEL 3.10.0-1062, each time that it is given. */
const OOPS: Means = (value) => (value.split(' ').includes('panic') ? '1' : undefined);

const NMI_WORDS = ['panic', 'nopanic', '0', '1'];

/**
 * hardlockup_panic_setup() in kernel/watchdog.c: it is called each time that the parameter is given, and compares beginnings. Of words between
 * commas it looks at the first alone (Debian linux 6.1.176-1, RHEL 3.10.0-1062), from 6.10 on at all (mainline 602ba7736116).
 */
function nmiWatchdog(words: Readonly<Record<string, string>>): Means {
  return (value, base) => {
    const said = (isFirstAlone: boolean): string | undefined =>
      value
        .split(' ')
        .flatMap((given) => given.split(',').slice(0, isFirstAlone ? 1 : undefined))
        .map((each) => words[NMI_WORDS.find((one) => each.startsWith(one)) ?? ''])
        .findLast((each) => each !== undefined);
    const [first, all] = [said(true), said(false)];
    if (first === all || (base !== undefined && baseAtLeast(base, 6, 10))) return all;
    return base?.el7 !== undefined || (base?.version[0] === 6 && base.version[1] === 1)
      ? first
      : { doubt: `whether the kernel reads more than the first word of nmi_watchdog=${value} is not known` };
  };
}

/** Parameters by setting, in the kernel's documentation of them (kernel-parameters.txt). */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, Means>>>> = {
  'sysctl.kernel.hung_task_panic': { hung_task_panic: ITSELF },
  'sysctl.kernel.softlockup_panic': { softlockup_panic: ITSELF },
  'sysctl.kernel.hardlockup_panic': { nmi_watchdog: nmiWatchdog({ panic: '1', nopanic: '0' }) },
  'sysctl.kernel.nmi_watchdog': { nmi_watchdog: nmiWatchdog({ 0: '0', 1: '1' }), nowatchdog: OFF },
  'sysctl.kernel.soft_watchdog': { nosoftlockup: OFF, nowatchdog: OFF },
  'sysctl.kernel.watchdog_thresh': { watchdog_thresh: ITSELF },
  'sysctl.kernel.softlockup_all_cpu_backtrace': { softlockup_all_cpu_backtrace: ITSELF },
  'sysctl.kernel.hardlockup_all_cpu_backtrace': { hardlockup_all_cpu_backtrace: ITSELF },
  'sysctl.kernel.panic': { panic: ITSELF },
  'sysctl.kernel.panic_on_oops': { oops: OOPS },
  'sysctl.kernel.panic_on_warn': { panic_on_warn: ITSELF },
  'sysctl.kernel.panic_print': { panic_print: ITSELF },
  'sysctl.kernel.panic_sys_info': { panic_sys_info: ITSELF },
  'sysctl.kernel.unknown_nmi_panic': { unknown_nmi_panic: ON },
  'thp.enabled': { transparent_hugepage: ITSELF },
};

/** do_sysctl_args() in fs/proc/proc_sysctl.c, mainline 3db978d480e2 (5.8). */
function knowsSysctls(release: string | undefined): boolean {
  const base = release === undefined ? undefined : kernelBase(release);
  return base !== undefined && baseAtLeast(base, 5, 8);
}

/** init/main.c and fs/proc/proc_sysctl.c, RHEL 3.10.0-1062 (dcui/RHEL77). */
function isReadWithoutSysctls(release: string | undefined): boolean {
  return release !== undefined && kernelBase(release)?.el7 !== undefined;
}

/** A switch without a value is on. */
const switchOn: Means = (value) => (value === '' ? '1' : value);

export function fromCommandLine(state: State, setting: BootSetting, { commandLine, host }: BootPlan): void {
  const module = moduleParameterOf(setting.path);
  const means: Readonly<Record<string, Means>> = {
    ...PARAMETERS[setting.fact.id],
    ...(setting.sysctl === undefined ? {} : { [`sysctl.${setting.sysctl}`]: ITSELF }),
    ...(module === undefined ? {} : { [`${module.module}.${module.name}`]: switchOn }),
  };
  const before = state.steps.length;
  const base = host.release === undefined ? undefined : kernelBase(host.release);
  for (const [name, mean] of Object.entries(means)) {
    const said = commandLine.ask(name);
    if (said === undefined) continue;
    if ('doubt' in said) return doubtful(state, 'the kernel command line', said.doubt);
    if (name === `sysctl.${setting.sysctl ?? ''}` && !knowsSysctls(host.release)) {
      if (isReadWithoutSysctls(host.release))
        state.steps.push({ tool: 'the kernel command line', value: said.value, place: said.place, isRefused: true });
      else
        doubtful(
          state,
          'the kernel command line',
          `kernels take ${name}= on their command line from 5.8 on, and whether ${host.release ?? 'the next one'} has that from there is not known (${said.place})`,
        );
      continue;
    }
    const text = said.value
      .split(' ')
      .map((given) => (given === '' ? name : `${name}=${given}`))
      .join(' ');
    const value = mean(said.value, base);
    if (value === undefined) continue;
    if (typeof value === 'object') {
      doubtful(state, 'the kernel command line', `${value.doubt} (${said.place})`);
      continue;
    }
    take(state, setting, 'the kernel command line', value, `${said.place}, ${text}`);
    // Handlers differ in what they make of it, and one that was given before may stand.
    if (value !== '' && state.steps.at(-1)?.isRefused === true)
      doubtful(state, 'the kernel command line', `it depends on the kernel what it makes of ${text} (${said.place})`);
  }
  const given = state.steps.slice(before);
  // Seen on 6.1, where hugepage_init() comes after the parameter.
  if (setting.fact.id === 'thp.enabled' && given.length > 0 && host.isSmall === true)
    return doubtful(
      state,
      'the kernel command line',
      `on a machine of less than 512 MiB the kernel may overrule ${given.at(-1)?.place ?? ''}`,
    );
  if (new Set(given.map(({ value }) => value)).size > 1)
    doubtful(
      state,
      'the kernel command line',
      `the kernel command line sets it twice: ${given.map(({ place }) => place).join(' and ')}`,
    );
  return undefined;
}

/**
 * A kernel that is told so allows every key, and shows 1 whatever is written: sysrq_mask() in drivers/tty/sysrq.c and sysrq_sysctl_handler() in
 * kernel/sysctl.c, Debian linux 6.1.176-1. RHEL 3.10.0-1062 shows what was written.
 */
export function fromSysrqAlwaysEnabled(state: State, { commandLine, host }: BootPlan): void {
  const name = 'sysrq_always_enabled';
  const said = commandLine.ask(name);
  const base = host.release === undefined ? undefined : kernelBase(host.release);
  if (said === undefined || base?.el7 !== undefined) return;
  const tool: Tool = 'the kernel command line';
  if ('place' in said && base !== undefined && baseAtLeast(base, 6, 1)) {
    state.doubts.clear();
    state.winner = { tool, value: '1', place: `${said.place}, ${name}` };
    state.steps.push(state.winner);
  } else if (isOpen(state) || state.winner?.value !== '1')
    doubtful(
      state,
      tool,
      'doubt' in said ? said.doubt : `whether this kernel shows 1 for ${name} is not known (${said.place})`,
    );
}
