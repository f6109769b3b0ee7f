import { PACKAGED_UNITS, RC_LOCALS, UNIT_DIRECTORY } from '../../facts/boot-files.js';
import type { FactId } from '../../model/reading.js';
import { kernelBase, type KernelBase } from '../kernel-base.js';
import type { BootFiles } from './boot-files.js';
import type { BootHost } from './boot-host.js';
import type { ConfFile } from './conf-files.js';
import { nextCommandLine, type NextCommandLine } from './command-line.js';
import { historyOfModprobe, isBuiltIn, moduleParameterOf } from './modprobe-d.js';
import { accept, type BootSetting } from './settings.js';
import { historyOfSysctl, planSysctls, type SysctlPlan, type Write } from './sysctl-d.js';
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
  | 'the kubelet'
  | 'kdump-tools'
  | 'another';

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
}

/** Somebody who writes it while the machine runs, after everything that a boot applies. */
interface LaterWriter {
  readonly tool: Tool;
  /** undefined: it is not known what. */
  readonly value?: string;
  readonly place: string;
  /** Why it is not known what is there in the end. */
  readonly doubt: string;
  /** It may not be there at all. */
  readonly isPerhaps?: true;
}

/** What a setting will be after the next boot. */
export interface Prediction {
  /** In the order in which they come. */
  readonly steps: readonly BootStep[];
  /** undefined: not known, by `doubt`. */
  readonly winner: BootStep | undefined;
  readonly doubt?: string;
  /** Files set it, and nothing that was read says anything else. */
  readonly isByFile: boolean;
}

/** What is read once for all settings of a host. */
export interface BootPlan {
  readonly files: BootFiles;
  readonly sysctls: SysctlPlan | undefined;
  readonly tuned: TunedPlan | undefined;
  readonly commandLine: NextCommandLine;
  readonly now: ReadonlyMap<string, string> | undefined;
  /** By fact, or by the last part of what is written. */
  readonly later: ReadonlyMap<string, readonly LaterWriter[]>;
  readonly host: BootHost;
}

/** setupKernelTunables in pkg/kubelet/cm/container_manager_linux.go; with protectKernelDefaults it refuses to start instead. */
const KUBELET_SETS: Readonly<Record<FactId, string>> = {
  'sysctl.vm.overcommit_memory': '1',
  'sysctl.vm.panic_on_oom': '0',
  'sysctl.kernel.panic': '10',
  'sysctl.kernel.panic_on_oops': '1',
};

function kubelet(value: string): LaterWriter {
  return {
    tool: 'the kubelet',
    value,
    place: 'setupKernelTunables, as kubelet.service starts',
    doubt: `the kubelet sets it to ${value} when it starts (setupKernelTunables), or does not start where it is told to protect kernel defaults`,
  };
}

const KDUMP_TOOLS: LaterWriter = {
  tool: 'kdump-tools',
  value: '1',
  place: 'kdump-config load',
  doubt: 'kdump-config sets it to 1 when it loads the crash kernel',
};

const UNITS = [UNIT_DIRECTORY, ...PACKAGED_UNITS];

/**
 * @param kdumpTools whether Debian's kdump service starts at boot, or why that is not known
 */
export function planBoot(
  files: BootFiles,
  now: ReadonlyMap<string, string> | undefined,
  kdumpTools: boolean | { readonly doubt: string },
  host: BootHost = {},
): BootPlan {
  const later = new Map<string, LaterWriter[]>();
  const writes = (name: string, writer: LaterWriter): void => {
    const before = later.get(name);
    if (before === undefined) later.set(name, [writer]);
    else before.push(writer);
  };
  for (const { path, lines } of files.files.values()) {
    const isUnit = UNITS.some((directory) => path.startsWith(`${directory}/`));
    if (!isUnit && !RC_LOCALS.some((each) => each === path)) continue;
    for (const { line, text } of lines) {
      const name = /^writes (\S+)$/.exec(text)?.[1];
      if (name !== undefined)
        writes(name, {
          tool: 'another',
          place: `${path}:${line}`,
          doubt: `${path}:${line} writes it, and is not executed to see what`,
        });
    }
  }
  if (kdumpTools === true) writes('sysctl.kernel.panic_on_oops', KDUMP_TOOLS);
  else if (kdumpTools !== false)
    writes('sysctl.kernel.panic_on_oops', {
      ...KDUMP_TOOLS,
      isPerhaps: true,
      doubt: `kdump-config of Debian and Ubuntu sets it to 1, and ${kdumpTools.doubt}`,
    });
  if (files.enabled.has('kubelet')) for (const [id, value] of Object.entries(KUBELET_SETS)) writes(id, kubelet(value));
  return {
    files,
    sysctls: files.program === undefined ? undefined : planSysctls(files.program, files.sysctls),
    tuned: planTuned(files, host),
    commandLine: nextCommandLine(files, now),
    now,
    later,
    host,
  };
}

/** What a boot parameter makes of the setting: a value, nothing, or something that is not told here. */
type Means = (value: string) => string | undefined;

const ON: Means = () => '1';
const OFF: Means = () => '0';
const ITSELF: Means = (value) => value;
function word(words: Readonly<Record<string, string>>): Means {
  return (value) =>
    value
      .split(',')
      .map((each) => words[each])
      .findLast((each) => each !== undefined);
}

/** Parameters by setting, in the kernel's documentation of them (kernel-parameters.txt). */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, Means>>>> = {
  'sysctl.kernel.hung_task_panic': { hung_task_panic: ITSELF },
  'sysctl.kernel.softlockup_panic': { softlockup_panic: ITSELF },
  'sysctl.kernel.hardlockup_panic': { nmi_watchdog: word({ panic: '1', nopanic: '0' }) },
  'sysctl.kernel.nmi_watchdog': { nmi_watchdog: word({ 0: '0', 1: '1' }), nowatchdog: OFF },
  'sysctl.kernel.soft_watchdog': { nosoftlockup: OFF, nowatchdog: OFF },
  'sysctl.kernel.watchdog_thresh': { watchdog_thresh: ITSELF },
  'sysctl.kernel.softlockup_all_cpu_backtrace': { softlockup_all_cpu_backtrace: ITSELF },
  'sysctl.kernel.hardlockup_all_cpu_backtrace': { hardlockup_all_cpu_backtrace: ITSELF },
  'sysctl.kernel.panic': { panic: ITSELF },
  'sysctl.kernel.panic_on_oops': { oops: word({ panic: '1' }) },
  'sysctl.kernel.panic_on_warn': { panic_on_warn: ITSELF },
  'sysctl.kernel.panic_print': { panic_print: ITSELF },
  'sysctl.kernel.unknown_nmi_panic': { unknown_nmi_panic: ON },
  'thp.enabled': { transparent_hugepage: ITSELF },
};

interface State {
  readonly steps: BootStep[];
  winner: BootStep | undefined;
  doubt: string | undefined;
}

function take(state: State, setting: BootSetting, tool: Tool, value: string, place: string): void {
  const accepted = accept(setting, value);
  if (accepted === 'refused') {
    state.steps.push({ tool, value, place, isRefused: true });
    return;
  }
  const step: BootStep = { tool, value: accepted === 'unclear' ? value : accepted.value, place };
  state.steps.push(step);
  state.winner = accepted === 'unclear' ? undefined : step;
  state.doubt =
    accepted === 'unclear'
      ? `it depends on the kernel whether it takes ${JSON.stringify(value)} (${place})`
      : undefined;
}

function doubtful(state: State, doubt: string): void {
  state.winner = undefined;
  state.doubt = doubt;
}

function placeOf({ file, line, pattern }: Write): string {
  return `${file}:${line}${pattern === undefined ? '' : `, by the pattern ${pattern}`}`;
}

/** Less is so little that the kernel starts without transparent huge pages, in bytes. Nothing else is made of how much there is. */
export const SMALL_MACHINE = 512 * 1024 ** 2;
/** By fact: with all its flags off. Seen on 6.1, docs/truth.md. */
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

function fromKernel(state: State, { startsWith, fact }: BootSetting, { files, host }: BootPlan): void {
  const notKnown = `what the kernel starts with is not known (${fact.id})`;
  const base = host.release === undefined ? undefined : kernelBase(host.release);
  const small = SMALL_STARTS.get(fact.id);
  if (small !== undefined && host.memory === undefined)
    return doubtful(
      state,
      `how much memory the machine has is not known, and with less than 512 MiB it starts with ${small}`,
    );
  if (small !== undefined && host.memory !== undefined && host.memory < SMALL_MACHINE) {
    const step: BootStep = { tool: 'the kernel', value: small, place: sourcePlace(SMALL, SMALL_READ, base) };
    state.steps.push(step);
    state.winner = step;
    return undefined;
  }
  if (startsWith === undefined) return doubtful(state, notKnown);
  if ('source' in startsWith) {
    const machines = 'machines' in startsWith ? startsWith.machines : undefined;
    const isOther = machines !== undefined && !machines.has(host.machine ?? '');
    const value = 'value' in startsWith ? startsWith.value : base === undefined ? undefined : startsWith.byBase(base);
    if (value === undefined || isOther) return doubtful(state, notKnown);
    const place = 'value' in startsWith ? sourcePlace(startsWith.source, startsWith.read, base) : startsWith.source;
    const step: BootStep = { tool: 'the kernel', value, place };
    state.steps.push(step);
    state.winner = step;
    return undefined;
  }
  const config = configOf(files, host);
  if (config === undefined || config.unread !== undefined)
    return doubtful(state, `${startsWith.config} of the kernel's build is not known`);
  const mode = fact.id === 'thp.enabled';
  const found = config.lines.find(({ text }) =>
    mode
      ? text.startsWith(`${startsWith.config}_`) && text.endsWith('=y')
      : text.startsWith(`${startsWith.config}=`) || text === `# ${startsWith.config} is not set`,
  );
  if (found === undefined) return doubtful(state, `${config.path} does not say ${startsWith.config}`);
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
  const step: BootStep = { tool: 'the kernel', value, place: `${config.path}:${found.line}` };
  state.steps.push(step);
  state.winner = step;
  return undefined;
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
  for (const [name, mean] of Object.entries(means)) {
    const said = commandLine.ask(name);
    if (said === undefined) continue;
    if ('doubt' in said) return doubtful(state, said.doubt);
    const value = mean(said.value);
    if (value !== undefined)
      take(
        state,
        setting,
        'the kernel command line',
        value,
        `${said.place}, ${name}${said.value === '' ? '' : `=${said.value}`}`,
      );
  }
  const given = state.steps.slice(before);
  // Seen on 6.1, where hugepage_init() comes after the parameter.
  if (setting.fact.id === 'thp.enabled' && given.length > 0 && host.memory !== undefined && host.memory < SMALL_MACHINE)
    return doubtful(state, `on a machine of less than 512 MiB the kernel may overrule ${given.at(-1)?.place ?? ''}`);
  if (new Set(given.map(({ value }) => value)).size > 1)
    doubtful(state, `the kernel command line sets it twice: ${given.map(({ place }) => place).join(' and ')}`);
  return undefined;
}

/** Why it is not known what modprobe gives a parameter of a module; undefined: it is known, or modprobe has no say. */
export function doubtOfModprobe({ files, host }: BootPlan, path: string): string | undefined {
  const module = moduleParameterOf(path);
  return module === undefined || isBuiltIn(files, module.module, host.release) === true
    ? undefined
    : historyOfModprobe(files, module).doubt;
}

/** What modprobe gives it, before the kernel looks for it on its command line. */
function fromModprobe(state: State, setting: BootSetting, { files, host }: BootPlan): void {
  const module = moduleParameterOf(setting.path);
  if (module === undefined) return;
  const builtIn = isBuiltIn(files, module.module, host.release);
  if (builtIn === true) return;
  const { writes, doubt } = historyOfModprobe(files, module);
  for (const write of writes) take(state, setting, 'modprobe.d', write.value, placeOf(write));
  if (doubt !== undefined) doubtful(state, doubt);
  else if (builtIn === undefined && writes.length > 0)
    doubtful(
      state,
      `whether ${module.module} is a module of the next kernel, to which modprobe.d applies, was not read`,
    );
}

/** The value of a setting after the next boot: what the kernel starts with, and then everything that sets it, in its order. */
export function predict(setting: BootSetting, plan: BootPlan): Prediction {
  const { files, sysctls, tuned, commandLine, later } = plan;
  const { fact, sysctl, path } = setting;
  const state: State = { steps: [], winner: undefined, doubt: undefined };
  fromKernel(state, setting, plan);
  fromModprobe(state, setting, plan);
  fromCommandLine(state, setting, plan);
  const loaded = moduleParameterOf(path) === undefined ? undefined : state.steps.at(-1);
  const fixed = state.steps.length;
  if (sysctl !== undefined) {
    if (sysctls === undefined) doubtful(state, 'who applies sysctl.d at boot is not known');
    else {
      const { writes, overruled = [], doubt } = historyOfSysctl(sysctls, sysctl);
      for (const write of overruled)
        state.steps.push({ tool: 'sysctl.d', value: write.value, place: placeOf(write), isOverruled: true });
      for (const write of writes) take(state, setting, 'sysctl.d', write.value, placeOf(write));
      if (doubt !== undefined) doubtful(state, doubt);
    }
  } else if (!files.hasSystemd)
    doubtful(state, 'who sets files below /sys at boot is not known: the machine does not start with systemd');
  const bySysctls = state.steps.slice(fixed).at(-1);
  const tmpfiles = historyOfTmpfiles(files, path);
  for (const write of tmpfiles.writes) take(state, setting, 'tmpfiles.d', write.value, placeOf(write));
  if (tmpfiles.doubt !== undefined) doubtful(state, tmpfiles.doubt);
  else if (bySysctls !== undefined && tmpfiles.writes.some(({ value }) => value !== bySysctls.value))
    doubtful(
      state,
      `systemd orders neither sysctl.d (${bySysctls.place}) nor tmpfiles.d (${state.steps.at(-1)?.place ?? ''}) before the other`,
    );
  const sysfs = files.hasSystemd && sysctl === undefined ? historyOfSysfsConf(files, path) : { writes: [] };
  for (const write of sysfs.writes) take(state, setting, 'sysfsutils', write.value, placeOf(write));
  if (sysfs.doubt !== undefined) doubtful(state, sysfs.doubt);
  if (tuned !== undefined) {
    // tuned looks for transparent_hugepage= on the command line, and leaves the file alone where it stands there.
    const thp = commandLine.ask('transparent_hugepage');
    const isOpen = thp !== undefined && 'doubt' in thp;
    const { writes, doubt } = historyOfTuned(tuned, files, sysctl, path, thp !== undefined && !isOpen);
    for (const write of writes) take(state, setting, 'tuned', write.value, placeOf(write));
    if (doubt !== undefined) doubtful(state, doubt);
    else if (isOpen && fact.id === 'thp.enabled' && writes.length > 0) doubtful(state, thp.doubt);
    const [own, other] = [sysfs.writes.at(-1), writes.at(-1)];
    if (own !== undefined && other !== undefined && (sysfs.doubt !== undefined || own.value !== other.value))
      doubtful(state, `nothing orders sysfsutils (${placeOf(own)}) and tuned (${placeOf(other)})`);
  }
  // What stands in a unit or script is told by its last part; of the folders of single sizes, by that there are such.
  const name = path.includes('/transparent_hugepage/')
    ? path.replace(/^.*\/(transparent_hugepage\/)/, '$1').replace(/\/hugepages-.*$/, '/hugepages')
    : path.slice(path.lastIndexOf('/') + 1);
  const writers = [
    ...(later.get(sysctl === undefined ? name : sysctl.slice(sysctl.lastIndexOf('.') + 1)) ?? []),
    ...(later.get(fact.id) ?? []),
  ];
  for (const { tool, value, place, doubt, isPerhaps } of writers) {
    if (value !== undefined && isPerhaps !== true) state.steps.push({ tool, value, place });
    // Who writes what is there already changes nothing; who is there at all says so in the steps.
    if (state.winner === undefined || state.winner.value !== value) doubtful(state, doubt);
  }
  const last = state.steps.at(-1);
  if (moduleParameterOf(path) !== undefined && last !== undefined && last !== loaded && last.value !== loaded?.value)
    if (isBuiltIn(files, moduleParameterOf(path)?.module ?? '', plan.host.release) !== true)
      doubtful(state, `nothing orders the loading of the module and ${last.tool} (${last.place})`);
  const { steps, winner, doubt } = state;
  return {
    steps,
    winner,
    ...(doubt === undefined ? {} : { doubt }),
    isByFile: winner !== undefined && winner.tool !== 'the kernel',
  };
}
