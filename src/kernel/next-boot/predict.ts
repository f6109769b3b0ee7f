import type { FactId } from '../../model/reading.js';
import { baseAtLeast, kernelBase, type KernelBase } from '../kernel-base.js';
import type { BootDoubt } from './boot-doubt.js';
import type { BootFiles } from './boot-files.js';
import type { BootHost } from './boot-host.js';
import type { ConfFile } from './conf-files.js';
import { nextCommandLine, type NextCommandLine } from './command-line.js';
import { laterWriters, type KdumpService, type LaterWriter, type LaterWriters } from './later-writers.js';
import { historyOfModprobe, isBuiltIn, moduleParameterOf } from './modprobe-d.js';
import { doubtOfMemory, isInMemory, withoutMemory } from './doubts/kept-in-memory.js';
import { accept, SETTINGS, type BootSetting } from './settings.js';
import {
  historyOfSysctl,
  planSysctls,
  planSysctlsOfKernel,
  type KeyHistory,
  type SysctlPlan,
  type Write,
} from './sysctl-d.js';
import { historyOfSysfsConf } from './sysfs-conf.js';
import { historyOfTmpfiles } from './tmpfiles-d.js';
import { historyOfTuned, planTuned, type TunedPlan } from './tuned.js';

type Tool =
  | 'the kernel'
  | 'the kernel command line'
  | 'modprobe.d'
  | 'sysctl.d'
  | 'tmpfiles.d'
  | 'sysfsutils'
  | 'tuned'
  | LaterWriter['tool'];

/** One thing that sets a setting at boot, or that would. */
export interface BootStep {
  readonly tool: Tool;
  readonly value: string;
  /** `/etc/sysctl.d/99-local.conf:3`. */
  readonly place: string;
  /** The kernel does not take it, and what was set before stays. */
  readonly isRefused?: true;
  /** It stands there and is never written: the same tool takes another in its place. */
  readonly isOverruled?: true;
  /** The kernel says it whatever is written. */
  readonly isFixed?: true;
}

/** What a setting will be after the next boot. */
export interface Prediction {
  /** In the order in which they come. */
  readonly steps: readonly BootStep[];
  /** undefined: not known, by `doubt`. */
  readonly winner: BootStep | undefined;
  readonly doubt?: string;
  /** Whose part of the boot that is. */
  readonly doubtBy?: Tool;
  /** Files set it, and nothing that was read says anything else. */
  readonly isByFile: boolean;
}

/** What is read once for all settings of a host. */
export interface BootPlan {
  readonly files: BootFiles;
  readonly sysctls: SysctlPlan | undefined;
  /** Before those; undefined: the kernel brings none. */
  readonly sysctlsOfKernel: SysctlPlan | BootDoubt | undefined;
  readonly tuned: TunedPlan | undefined;
  readonly commandLine: NextCommandLine;
  readonly now: ReadonlyMap<string, string> | undefined;
  readonly later: LaterWriters;
  readonly host: BootHost;
  /** The same where nothing is left of what is kept in memory, and nobody writes it again; undefined: that changes nothing. */
  readonly lasting: BootPlan | undefined;
}

/**
 * @param kdump undefined: nobody loads a crash kernel, or he sets nothing
 */
export function planBoot(
  files: BootFiles,
  now: ReadonlyMap<string, string> | undefined,
  kdump: KdumpService | undefined,
  host: BootHost = {},
): BootPlan {
  const own = configOf(files, host)?.lines.find(({ text }) => text.startsWith('CONFIG_CMDLINE='));
  const lasting = withoutMemory(files);
  return {
    files,
    sysctls: files.program === undefined ? undefined : planSysctls(files.program, files.sysctls),
    sysctlsOfKernel:
      host.isSuse === true && files.program === 'systemd-sysctl' ? planSysctlsOfKernel(files, host.release) : undefined,
    tuned: planTuned(files, host),
    commandLine:
      own === undefined
        ? nextCommandLine(files, now)
        : {
            ask: () => ({
              doubt: `${configOf(files, host)?.path ?? ''}:${own.line} has a command line of its own, which is not read`,
            }),
          },
    now,
    later: laterWriters(files, kdump),
    host,
    lasting: lasting === undefined ? undefined : planBoot(lasting, now, kdump, host),
  };
}

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

interface State {
  readonly steps: BootStep[];
  /** The last that the kernel takes. */
  winner: BootStep | undefined;
  /** What may have set something else, by whom, the last that was found at the end. */
  readonly doubts: Map<Tool, string>;
  /** The last that the kernel takes of each. */
  readonly lasts: Map<Tool, BootStep>;
}

/**
 * Who comes after whom. Those of one number stand in no order: systemd-sysctl.service and systemd-tmpfiles-setup.service are
 * both before sysinit.target and neither names the other (systemd 252); sysfsutils and tuned are both after it.
 */
const TURN: Readonly<Record<Tool, number>> = {
  'the kernel': 0,
  'modprobe.d': 1,
  'the kernel command line': 2,
  'sysctl.d': 3,
  'tmpfiles.d': 3,
  sysfsutils: 4,
  tuned: 4,
  'the kubelet': 5,
  'kdump-tools': 5,
  kdump: 5,
  another: 5,
};

function isOrdered(one: Tool, other: Tool): boolean {
  return one === other || TURN[one] !== TURN[other];
}

function doubtful(state: State, tool: Tool, doubt: string): void {
  // Deleted first, so that it is the last.
  state.doubts.delete(tool);
  state.doubts.set(tool, doubt);
}

function isOpen({ winner, doubts }: State): boolean {
  return winner === undefined || doubts.size > 0;
}

function noOrder(one: BootStep, other: BootStep): string {
  return one.tool === 'sysctl.d'
    ? `systemd orders neither ${one.tool} (${one.place}) nor ${other.tool} (${other.place}) before the other`
    : `nothing orders ${one.tool} (${one.place}) and ${other.tool} (${other.place})`;
}

/** It is the last of all before it: what is not known of these no longer matters, unless nothing orders them. */
function set(state: State, step: BootStep): void {
  const { tool } = step;
  for (const other of state.doubts.keys()) if (isOrdered(other, tool)) state.doubts.delete(other);
  state.winner = step;
  state.lasts.set(tool, step);
  for (const other of state.lasts.values())
    if (!isOrdered(other.tool, tool) && other.value !== step.value) doubtful(state, tool, noOrder(other, step));
}

function take(state: State, setting: BootSetting, tool: Tool, value: string, place: string): void {
  const accepted = accept(setting, value);
  if (accepted === 'refused') {
    state.steps.push({ tool, value, place, isRefused: true });
    return;
  }
  const step: BootStep = { tool, value: accepted === 'unclear' ? value : accepted.value, place };
  state.steps.push(step);
  set(state, step);
  if (accepted === 'unclear')
    doubtful(state, tool, `it depends on the kernel whether it takes ${JSON.stringify(value)} (${place})`);
}

function placeOf({ file, line, pattern }: Write): string {
  return `${file}:${line}${pattern === undefined ? '' : `, by the pattern ${pattern}`}`;
}

/** By fact, on a small machine: with all its flags off. Seen on 6.1, docs/truth.md. */
const SMALL_STARTS: ReadonlyMap<FactId, string> = new Map([
  ['thp.enabled', 'never'],
  ['thp.defrag', 'never'],
  ['khugepaged.defrag', 'false'],
]);
const SMALL_READ = [6, 1] as const;
const SMALL = 'hugepage_init() in mm/huge_memory.c, Debian linux 6.1.192-2: less than 512 MiB of memory';

/** Where it is known from; `read`: the version whose source says so, which another's may not. */
function sourcePlace(
  source: string,
  read: readonly [number, number] | undefined,
  base: KernelBase | undefined,
): string {
  const isRead = read !== undefined && base?.version[0] === read[0] && base.version[1] === read[1];
  return isRead ? source : `${source}; the source of this kernel was not read`;
}

/** The configuration of the next kernel's build; what the running one says of itself (/proc/config.gz) where that is next. */
function configOf({ files }: BootFiles, { release, running }: BootHost): ConfFile | undefined {
  if (release === undefined) return [...files.values()].find(({ path }) => path.startsWith('/boot/config-'));
  return (
    files.get(`/boot/config-${release}`) ??
    files.get(`/lib/modules/${release}/config`) ??
    (release === running ? files.get('/proc/config.gz') : undefined)
  );
}

/**
 * In seconds. set_arch_panic_timeout(10, ARCH_PANIC_TIMEOUT) in setup.c of arch/powerpc/platforms/pseries and powernv, ARCH_PANIC_TIMEOUT in
 * arch/powerpc/include/asm/setup.h, Debian linux 6.1.176-1 and RHEL 3.10.0-1062: it puts 10 in the place of this alone.
 */
const POWER_DEFAULT = '180';

function fromKernel(state: State, { startsWith, fact }: BootSetting, { files, host }: BootPlan): void {
  const start = (value: string, place: string): void => {
    const step: BootStep = { tool: 'the kernel', value, place };
    state.steps.push(step);
    set(state, step);
  };
  const notKnown = `what the kernel starts with is not known (${fact.id})`;
  const base = host.release === undefined ? undefined : kernelBase(host.release);
  const small = SMALL_STARTS.get(fact.id);
  if (small !== undefined && host.isSmall === undefined)
    return doubtful(
      state,
      'the kernel',
      `how much memory the machine has is not known, and with less than 512 MiB it starts with ${small}`,
    );
  if (small !== undefined && host.isSmall === true) return start(small, sourcePlace(SMALL, SMALL_READ, base));
  if (startsWith === undefined) return doubtful(state, 'the kernel', notKnown);
  if ('source' in startsWith) {
    const machines = 'machines' in startsWith ? startsWith.machines : undefined;
    const isOther = machines !== undefined && !machines.has(host.machine ?? '');
    const value = 'value' in startsWith ? startsWith.value : base === undefined ? undefined : startsWith.byBase(base);
    if (value === undefined || isOther) return doubtful(state, 'the kernel', notKnown);
    return start(
      value,
      'value' in startsWith ? sourcePlace(startsWith.source, startsWith.read, base) : startsWith.source,
    );
  }
  const config = configOf(files, host);
  if (config === undefined || config.unread !== undefined)
    return doubtful(state, 'the kernel', `${startsWith.config} of the kernel's build is not known`);
  const mode = fact.id === 'thp.enabled';
  const found = config.lines.find(({ text }) =>
    mode
      ? text.startsWith(`${startsWith.config}_`) && text.endsWith('=y')
      : text.startsWith(`${startsWith.config}=`) || text === `# ${startsWith.config} is not set`,
  );
  if (found === undefined) return doubtful(state, 'the kernel', `${config.path} does not say ${startsWith.config}`);
  const said = found.text.startsWith('#') ? 'n' : found.text.slice(found.text.indexOf('=') + 1);
  const value = mode
    ? found.text.slice(startsWith.config.length + 1, -2).toLowerCase()
    : said === 'y'
      ? '1'
      : said === 'n'
        ? '0'
        : startsWith.radix === undefined
          ? said
          : String(Number.parseInt(said, startsWith.radix));
  if (fact.id === 'sysctl.kernel.panic' && value === POWER_DEFAULT && (host.machine ?? 'ppc').startsWith('ppc'))
    return doubtful(
      state,
      'the kernel',
      `${config.path}:${found.line} says ${value}, which the kernel makes 10 on pseries and powernv`,
    );
  return start(value, `${config.path}:${found.line}`);
}

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

function fromCommandLine(state: State, setting: BootSetting, { commandLine, host }: BootPlan): void {
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
function fromSysrqAlwaysEnabled(state: State, { commandLine, host }: BootPlan): void {
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

/** Why it is not known what modprobe gives a parameter of a module; undefined: it is known, or modprobe has no say. */
export function doubtOfModprobe({ files, host }: BootPlan, path: string): string | undefined {
  const module = moduleParameterOf(path);
  return module === undefined || isBuiltIn(files, module.module, host) === true
    ? undefined
    : historyOfModprobe(files, module).doubt;
}

/** What modprobe gives it, before the kernel looks for it on its command line. */
function fromModprobe(state: State, setting: BootSetting, { files, host }: BootPlan): void {
  const module = moduleParameterOf(setting.path);
  if (module === undefined) return;
  const builtIn = isBuiltIn(files, module.module, host);
  if (builtIn === true) return;
  const { writes, doubt } = historyOfModprobe(files, module);
  for (const write of writes) take(state, setting, 'modprobe.d', write.value, placeOf(write));
  if (doubt !== undefined) doubtful(state, 'modprobe.d', doubt);
  else if (builtIn === undefined && writes.length > 0)
    doubtful(
      state,
      'modprobe.d',
      `whether ${module.module} is a module of the next kernel, to which modprobe.d applies, was not read`,
    );
}

function predictFrom(setting: BootSetting, plan: BootPlan): Prediction {
  const { files, sysctls, sysctlsOfKernel, tuned, commandLine, later } = plan;
  const { fact, sysctl, path } = setting;
  const state: State = { steps: [], winner: undefined, doubts: new Map(), lasts: new Map() };
  const takeAll = (tool: Tool, { writes, doubt }: KeyHistory): void => {
    for (const write of writes) take(state, setting, tool, write.value, placeOf(write));
    if (doubt !== undefined) doubtful(state, tool, doubt);
  };
  fromKernel(state, setting, plan);
  fromModprobe(state, setting, plan);
  fromCommandLine(state, setting, plan);
  const module = moduleParameterOf(path);
  const loaded = module === undefined || isOpen(state) ? undefined : state.winner;
  const fixed = state.lasts.size;
  if (sysctl !== undefined) {
    // Applied as sysctl.d is, and before it.
    if (sysctlsOfKernel !== undefined)
      if ('doubt' in sysctlsOfKernel) doubtful(state, 'sysctl.d', sysctlsOfKernel.doubt);
      else takeAll('sysctl.d', historyOfSysctl(sysctlsOfKernel, sysctl));
    if (sysctls === undefined) doubtful(state, 'sysctl.d', 'who applies sysctl.d at boot is not known');
    else {
      const history = historyOfSysctl(sysctls, sysctl);
      for (const write of history.overruled ?? [])
        state.steps.push({ tool: 'sysctl.d', value: write.value, place: placeOf(write), isOverruled: true });
      takeAll('sysctl.d', history);
    }
  } else if (!files.hasSystemd)
    doubtful(
      state,
      'tmpfiles.d',
      'who sets files below /sys at boot is not known: the machine does not start with systemd',
    );
  takeAll('tmpfiles.d', historyOfTmpfiles(files, path));
  if (files.hasSystemd && sysctl === undefined) takeAll('sysfsutils', historyOfSysfsConf(files, path));
  if (tuned !== undefined) {
    // tuned looks for transparent_hugepage= on the command line, and leaves the file alone where it stands there.
    const thp = commandLine.ask('transparent_hugepage');
    const doubt = thp !== undefined && 'doubt' in thp ? thp.doubt : undefined;
    const history = historyOfTuned(tuned, files, sysctl, path, thp !== undefined && doubt === undefined);
    takeAll('tuned', history);
    if (doubt !== undefined && history.doubt === undefined && fact.id === 'thp.enabled' && history.writes.length > 0)
      doubtful(state, 'tuned', doubt);
  }
  // What stands in a unit or script is told by its last part; of the folders of single sizes, by that there are such.
  const name = path.includes('/transparent_hugepage/')
    ? path.replace(/^.*\/(transparent_hugepage\/)/, '$1').replace(/\/hugepages-.*$/, '/hugepages')
    : path.slice(path.lastIndexOf('/') + 1);
  const writers = [
    ...(later.byName.get(sysctl === undefined ? name : sysctl.slice(sysctl.lastIndexOf('.') + 1)) ?? []),
    ...(later.byName.get(fact.id) ?? []),
  ];
  for (const { tool, value, place, doubt, isPerhaps } of writers) {
    if (value !== undefined && isPerhaps !== true) state.steps.push({ tool, value, place });
    // Who writes what is there already changes nothing; who is there at all says so in the steps.
    if (isOpen(state) || state.winner?.value !== value) doubtful(state, tool, doubt);
  }
  if (fact.id === 'sysctl.kernel.sysrq') fromSysrqAlwaysEnabled(state, plan);
  const { winner } = state;
  if (later.doubt !== undefined && !isOpen(state)) doubtful(state, 'another', later.doubt);
  if (module !== undefined && winner !== undefined && state.lasts.size > fixed && winner.value !== loaded?.value)
    if (isBuiltIn(files, module.module, plan.host) !== true)
      doubtful(state, winner.tool, `nothing orders the loading of the module and ${winner.tool} (${winner.place})`);
  if (files.staged !== undefined) doubtful(state, 'another', files.staged);
  const doubt = [...state.doubts].at(-1);
  return {
    steps: state.steps,
    winner: doubt === undefined ? winner : undefined,
    ...(doubt === undefined ? {} : { doubt: doubt[1], doubtBy: doubt[0] }),
    isByFile: doubt === undefined && winner !== undefined && winner.tool !== 'the kernel',
  };
}

/** They are one variable from mainline d747755917bf (6.17) on: panic_print in kernel/panic.c. */
const ONE_VARIABLE = ['sysctl.kernel.panic_print', 'sysctl.kernel.panic_sys_info'] as const;

/** The setting as it is where the other name of its variable is not set. */
function withOtherName(setting: BootSetting, plan: BootPlan): Prediction {
  const own = predictFrom(setting, plan);
  const base = plan.host.release === undefined ? undefined : kernelBase(plan.host.release);
  const other = ONE_VARIABLE.some((id) => id === setting.fact.id)
    ? SETTINGS.find(({ fact }) => fact.id !== setting.fact.id && ONE_VARIABLE.some((id) => id === fact.id))
    : undefined;
  if (other === undefined || (base !== undefined && !baseAtLeast(base, 6, 17))) return own;
  const { winner, steps, doubtBy } = predictFrom(other, plan);
  const setter = winner?.tool ?? doubtBy ?? 'the kernel';
  const last = steps.findLast(
    ({ tool, isRefused, isOverruled }) => tool !== 'the kernel' && isRefused !== true && isOverruled !== true,
  );
  if (setter === 'the kernel' || (own.winner === undefined && own.doubtBy !== 'the kernel')) return own;
  return {
    steps: own.steps,
    winner: undefined,
    doubt: `${other.sysctl ?? ''}, which is the same variable, is set as well: ${last === undefined ? 'by what was not read' : `${last.tool}: ${last.place}`}`,
    doubtBy: setter,
    isByFile: false,
  };
}

/** The value of a setting after the next boot: what the kernel starts with, and then everything that sets it, in its order. */
export function predict(setting: BootSetting, plan: BootPlan): Prediction {
  const now = withOtherName(setting, plan);
  if (plan.lasting === undefined) return now;
  const then = withOtherName(setting, plan.lasting);
  const isOpenAnyway = now.winner === undefined && (now.doubtBy !== 'the kernel' || then.winner === undefined);
  if (isOpenAnyway) return now;
  // Of what comes after that, some may be written again, and some not.
  const passing = now.steps
    .slice(now.steps.findLastIndex(({ place }) => place === then.winner?.place) + 1)
    .filter(({ place, isRefused }) => isRefused !== true && isInMemory(plan.files, place));
  const isSame = now.winner?.value === then.winner?.value && passing.every(({ value }) => value === then.winner?.value);
  if (isSame) return then;
  const setter = now.winner === undefined || now.winner.tool === 'the kernel' ? then.winner : now.winner;
  return {
    steps: now.steps,
    winner: undefined,
    doubt: doubtOfMemory(plan.files, passing.at(-1)?.place ?? now.winner?.place, then.winner?.place),
    doubtBy: setter?.tool ?? 'another',
    isByFile: false,
  };
}
