import { RC_LOCALS, UNIT_DIRECTORY } from '../../facts/boot-files.js';
import type { BootFiles } from './boot-files.js';
import { nextCommandLine, type NextCommandLine } from './command-line.js';
import { accept, type BootSetting } from './settings.js';
import { historyOfSysctl, planSysctls, type SysctlPlan, type Write } from './sysctl-d.js';
import { historyOfTmpfiles } from './tmpfiles-d.js';
import { historyOfTuned, planTuned, type TunedPlan } from './tuned.js';

type Tool = 'the kernel' | 'the kernel command line' | 'sysctl.d' | 'tmpfiles.d' | 'tuned';

/** One thing that sets a setting at boot, or that would. */
export interface BootStep {
  readonly tool: Tool;
  readonly value: string;
  /** `/etc/sysctl.d/99-local.conf:3`. */
  readonly place: string;
  /** The kernel does not take it, and what was set before stays. */
  readonly isRefused?: true;
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
  /** In bytes; undefined: not known. */
  readonly memory: number | undefined;
  /** Facts that somebody sets while the machine runs, and who. */
  readonly later: ReadonlyMap<string, string>;
}

const KUBELET = 'the kubelet sets it when it starts (setupKernelTunables)';
const KUBELET_SETS = [
  'sysctl.vm.overcommit_memory',
  'sysctl.vm.panic_on_oom',
  'sysctl.kernel.panic',
  'sysctl.kernel.panic_on_oops',
];

/** @param hasKdumpTools Debian's kdump service starts at boot */
export function planBoot(
  files: BootFiles,
  now: ReadonlyMap<string, string> | undefined,
  hasKdumpTools: boolean,
  memory: number | undefined,
): BootPlan {
  const later = new Map<string, string>();
  for (const { path, lines } of files.files.values()) {
    if (!path.startsWith(`${UNIT_DIRECTORY}/`) && !RC_LOCALS.some((each) => each === path)) continue;
    for (const { line, text } of lines) {
      const name = /^writes (\S+)$/.exec(text)?.[1];
      if (name !== undefined && !later.has(name))
        later.set(name, `${path}:${line} writes it, and is not executed to see what`);
    }
  }
  if (files.enabled.has('kubelet')) for (const id of KUBELET_SETS) later.set(id, KUBELET);
  if (hasKdumpTools)
    later.set('sysctl.kernel.panic_on_oops', 'kdump-config sets it to 1 when it loads the crash kernel');
  return {
    files,
    sysctls: files.program === undefined ? undefined : planSysctls(files.program, files.sysctls),
    tuned: planTuned(files),
    commandLine: nextCommandLine(files, now),
    now,
    memory,
    later,
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

/** So little that the kernel starts without transparent huge pages. */
const SMALL_MACHINE = 512 * 1024 ** 2;
const SMALL = 'hugepage_init() in mm/huge_memory.c, Debian linux 6.1.192-2: less than 512 MiB of memory';

function fromKernel(state: State, { startsWith, fact }: BootSetting, { files, memory }: BootPlan): void {
  if (startsWith === undefined) return doubtful(state, 'what the kernel starts with is not known');
  if ('value' in startsWith) {
    const step: BootStep = { tool: 'the kernel', value: startsWith.value, place: startsWith.source };
    state.steps.push(step);
    state.winner = step;
    return undefined;
  }
  const config = [...files.files.values()].find(({ path }) => path.startsWith('/boot/config-'));
  if (config === undefined || config.unread !== undefined)
    return doubtful(state, `${startsWith.config} of the kernel's build is not known`);
  const mode = fact.id === 'thp.enabled';
  if (mode && memory === undefined)
    return doubtful(
      state,
      'how much memory the machine has is not known, and with less than 512 MiB it starts with never',
    );
  if (mode && memory !== undefined && memory < SMALL_MACHINE) {
    const step: BootStep = { tool: 'the kernel', value: 'never', place: SMALL };
    state.steps.push(step);
    state.winner = step;
    return undefined;
  }
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
        : said;
  const step: BootStep = { tool: 'the kernel', value, place: `${config.path}:${found.line}` };
  state.steps.push(step);
  state.winner = step;
  return undefined;
}

function fromCommandLine(state: State, setting: BootSetting, { commandLine, memory }: BootPlan): void {
  const means: Readonly<Record<string, Means>> = {
    ...PARAMETERS[setting.fact.id],
    ...(setting.sysctl === undefined ? {} : { [`sysctl.${setting.sysctl}`]: ITSELF }),
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
  if (setting.fact.id === 'thp.enabled' && given.length > 0 && memory !== undefined && memory < SMALL_MACHINE)
    return doubtful(state, `on a machine of less than 512 MiB the kernel may overrule ${given.at(-1)?.place ?? ''}`);
  if (new Set(given.map(({ value }) => value)).size > 1)
    doubtful(state, `the kernel command line sets it twice: ${given.map(({ place }) => place).join(' and ')}`);
  return undefined;
}

/** The value of a setting after the next boot: what the kernel starts with, and then everything that sets it, in its order. */
export function predict(setting: BootSetting, plan: BootPlan): Prediction {
  const { files, sysctls, tuned, commandLine, later } = plan;
  const { fact, sysctl, path } = setting;
  const state: State = { steps: [], winner: undefined, doubt: undefined };
  fromKernel(state, setting, plan);
  fromCommandLine(state, setting, plan);
  const fixed = state.steps.length;
  if (sysctl !== undefined) {
    if (sysctls === undefined) doubtful(state, 'who applies sysctl.d at boot is not known');
    else {
      const { writes, doubt } = historyOfSysctl(sysctls, sysctl);
      for (const write of writes) take(state, setting, 'sysctl.d', write.value, placeOf(write));
      if (doubt !== undefined) doubtful(state, doubt);
    }
  }
  const bySysctls = state.steps.slice(fixed).at(-1);
  const tmpfiles = historyOfTmpfiles(files, path);
  for (const write of tmpfiles.writes) take(state, setting, 'tmpfiles.d', write.value, placeOf(write));
  if (tmpfiles.doubt !== undefined) doubtful(state, tmpfiles.doubt);
  else if (bySysctls !== undefined && tmpfiles.writes.some(({ value }) => value !== bySysctls.value))
    doubtful(
      state,
      `systemd orders neither sysctl.d (${bySysctls.place}) nor tmpfiles.d (${state.steps.at(-1)?.place ?? ''}) before the other`,
    );
  if (tuned !== undefined) {
    // tuned looks for transparent_hugepage= on the command line, and leaves the file alone where it stands there.
    const thp = commandLine.ask('transparent_hugepage');
    const isOpen = thp !== undefined && 'doubt' in thp;
    const { writes, doubt } = historyOfTuned(tuned, files, sysctl, path, thp !== undefined && !isOpen);
    for (const write of writes) take(state, setting, 'tuned', write.value, placeOf(write));
    if (doubt !== undefined) doubtful(state, doubt);
    else if (isOpen && fact.id === 'thp.enabled' && writes.length > 0) doubtful(state, thp.doubt);
  }
  const name = path.replace(/^.*\/(transparent_hugepage\/)/, '$1');
  const writer =
    later.get(fact.id) ?? later.get(sysctl === undefined ? name : sysctl.slice(sysctl.lastIndexOf('.') + 1));
  if (writer !== undefined) doubtful(state, writer);
  const { steps, winner, doubt } = state;
  return {
    steps,
    winner,
    ...(doubt === undefined ? {} : { doubt }),
    isByFile: winner !== undefined && winner.tool !== 'the kernel',
  };
}
