import { baseAtLeast, kernelBase } from '../kernel-base.js';
import type { BootDoubt } from './boot-doubt.js';
import type { BootFiles } from './boot-files.js';
import type { BootHost } from './boot-host.js';
import { nextCommandLine, type NextCommandLine } from './command-line.js';
import { doubtOfMemory, isInMemory, withoutMemory } from './doubts/kept-in-memory.js';
import { laterWriters, type KdumpService, type LaterWriters } from './later-writers.js';
import { historyOfModprobe, isBuiltIn, moduleParameterOf } from './modprobe-d.js';
import { fromCommandLine, fromSysrqAlwaysEnabled } from './prediction/boot-parameters.js';
import { configOf, fromKernel } from './prediction/kernel-start.js';
import type { Prediction, Tool } from './prediction/prediction.js';
import { doubtful, isOpen, placeOf, take, type State } from './prediction/state.js';
import { SETTINGS, type BootSetting } from './settings.js';
import { historyOfSysctl, planSysctls, planSysctlsOfKernel, type KeyHistory, type SysctlPlan } from './sysctl-d.js';
import { historyOfSysfsConf } from './sysfs-conf.js';
import { historyOfTmpfiles } from './tmpfiles-d.js';
import { planTuned, type TunedPlan } from './tuned.js';
import { historyOfTuned } from './tuned-writes.js';

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
