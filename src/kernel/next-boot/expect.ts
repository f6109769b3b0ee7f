import { FACTS } from '../../facts/index.js';
import { memoizeByReadings, type ReadIfAny } from '../../facts/memoize-by-readings.js';
import { memoize } from '../../language/memoize.js';
import { memoizeLately } from '../../language/memoize-lately.js';
import { notCollected, type FactId, type Reading, type ReadFact } from '../../model/reading.js';
import { identifyKernel } from '../release.js';
import { valueText } from '../outcome/values.js';
import { readBootFiles, type BootFiles } from './boot-files.js';
import { IN_CONTAINER, SMALL_MACHINE } from './boot-host.js';
import { asTaken } from './doubts/hard-detector.js';
import { throughInitramfs } from './doubts/initramfs.js';
import { KUBELET_SETS, type KdumpService } from './later-writers.js';
import { nextKernel, type NextKernel } from './next-kernel.js';
import { planBoot, predict, type BootPlan } from './predict.js';
import type { BootStep, Prediction } from './prediction/prediction.js';
import { declaredSettings, MOVING_SETTINGS, SETTINGS, type BootSetting, type SettableFact } from './settings.js';

/** Where no policy declares facts. */
export const NONE_DECLARED: readonly never[] = [];

/** All lists without a fact are one, so that what is computed for one is found for the other. */
export function sameIfNone<Fact>(declared: readonly Fact[]): readonly Fact[] {
  return declared.length === 0 ? NONE_DECLARED : declared;
}

export const NEXT_BOOT_FILES: FactId = 'next_boot.files';

/** One setting that is there on the host, and what becomes of it. */
export interface Predicted {
  readonly setting: BootSetting;
  readonly prediction: Prediction;
}

/** With what it is now: the same object for machines that boot the same and on which it is the same. */
export interface Expected extends Predicted {
  readonly now: Reading;
}

/** All that is made of what a boot reads, or why nothing is. */
export type Expectations =
  | {
      readonly settings: readonly Expected[];
      /** Of all `settings`: the same list for machines that boot the same, as long as what is set on them now changes none of it. */
      readonly predicted: readonly Predicted[];
      /** Those that move by themselves: no change of theirs is anybody's. */
      readonly moving: readonly Expected[];
      readonly plan: BootPlan;
      readonly kernel: NextKernel;
    }
  | { readonly reading: Reading };

const MEMORY: FactId = 'memory.total';
const VIRTUALIZATION: FactId = 'virtualization.type';

/** Facts that a boot is planned from, beside whether the machine is small. */
export const PLAN_INPUTS: readonly FactId[] = [
  NEXT_BOOT_FILES,
  'cmdline',
  'kdump.enabled',
  'os.id',
  'os.id_like',
  'uname.machine',
  'uname.release',
  'uname.version',
  VIRTUALIZATION,
];

const DAMAGED: ReadonlySet<string> = new Set(['malformed', 'truncated', 'timed-out']);

/**
 * What came damaged leaves open what would have been known: that is another thing than files that may not be read. So does what says
 * whether it is a container, whatever keeps it from being read: all the rest hangs on it.
 */
export function damagedOf(read: ReadFact): Reading | undefined {
  const virtualization = read(VIRTUALIZATION);
  if (virtualization.state === 'unreadable' && noKernelOf(virtualization) !== undefined) return virtualization;
  return PLAN_INPUTS.filter((id) => id !== NEXT_BOOT_FILES)
    .map(read)
    .find((reading) => reading.state === 'unreadable' && DAMAGED.has(reading.cause));
}

/** Facts that the expectations are made from. */
export function expectationInputs(declared: readonly SettableFact[]): readonly FactId[] {
  return [
    ...PLAN_INPUTS,
    MEMORY,
    ...[...SETTINGS, ...MOVING_SETTINGS, ...declaredSettings(declared)].map(({ fact }) => fact.id),
  ];
}

function mapOf(reading: Reading): ReadonlyMap<string, string> | undefined {
  return reading.state === 'known' && typeof reading.value === 'object' && !Array.isArray(reading.value)
    ? new Map(Object.entries(reading.value))
    : undefined;
}

function textOf(reading: Reading): string | undefined {
  return reading.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined;
}

function numberOf(reading: Reading): number | undefined {
  return reading.state === 'known' && typeof reading.value === 'number' ? reading.value : undefined;
}

/** The last part of a name: what the probe looks for. */
function lastPart(sysctl: string): string {
  return sysctl.slice(sysctl.lastIndexOf('.') + 1);
}

const ALWAYS_ASKED: ReadonlySet<string> = new Set(
  FACTS.flatMap(({ id }) => (id.startsWith('sysctl.') ? [lastPart(id)] : [])),
);

const NOT_ASKED: Prediction = {
  steps: [],
  winner: undefined,
  doubt: 'the files were not searched for it: what read them did not know that it is asked for',
  isByFile: false,
};

/** Why it is not the machine's own kernel that a boot starts; undefined: it is. */
function noKernelOf(virtualization: Reading): string | undefined {
  if (virtualization.state === 'known') return virtualization.value === 'container' ? IN_CONTAINER : undefined;
  // Undetermined: nothing says that it is one. What was not asked for leaves all as it was before this was.
  return virtualization.state === 'unreadable' && !['undetermined', 'not-collected'].includes(virtualization.cause)
    ? `whether this is a container, whose kernel is the host's, is not known: ${virtualization.detail}`
    : undefined;
}

/** `ID` and `ID_LIKE` of os-release; undefined: not known. */
function distributionsOf(of: (id: FactId) => Reading): readonly string[] | undefined {
  const [id, like] = [of('os.id'), of('os.id_like')];
  if (id.state === 'unreadable') return undefined;
  return [textOf(id) ?? '', ...(like.state === 'known' && Array.isArray(like.value) ? like.value.map(String) : [])];
}

const OF_SUSE = /^(?:suse|opensuse|sle[ds]|sle_hpc|sle?-micro)(?:$|[-_])/;

/** Is the system one of SUSE's? Where os-release does not say, its kernel does. */
function isOfSuse(of: (id: FactId) => Reading): boolean {
  const release = textOf(of('uname.release'));
  return (
    distributionsOf(of)?.some((name) => OF_SUSE.test(name)) ??
    (release !== undefined && identifyKernel({ release }).vendor.id === 'suse')
  );
}

/** The service that loads the crash kernel at boot, of the systems on which it sets more. */
function kdumpOf(of: (id: FactId) => Reading): KdumpService | undefined {
  const [kdump, os] = [of('kdump.enabled'), of('os.id')];
  if (kdump.state === 'absent' || (kdump.state === 'known' && kdump.value !== true)) return undefined;
  const names = distributionsOf(of);
  const isOfDebian = names?.some((name) => name === 'debian' || name === 'ubuntu') === true;
  if (names !== undefined && !isOfDebian && !isOfSuse(of)) return undefined;
  const tool = isOfDebian || !isOfSuse(of) ? 'kdump-tools' : 'kdump';
  if (kdump.state === 'unreadable') return { tool, doubt: `whether it starts at boot is not known: ${kdump.detail}` };
  return os.state === 'unreadable'
    ? { tool, doubt: `which distribution this is is not known: ${os.detail}` }
    : { tool };
}

/** A boot of which nothing is asked but settings: what is set now does not matter to it. */
interface Planned {
  readonly kernel: NextKernel;
  readonly plan: BootPlan;
  /** What becomes of a setting that reads this now; nothing where it is not there. */
  readonly expected: (setting: BootSetting) => (now: Reading) => readonly Expected[];
  /** The first list in which the same was predicted of the same settings. */
  readonly firstAlike: (predicted: readonly Predicted[]) => readonly Predicted[];
}

/** How many lists of predictions are kept for machines that boot the same. */
const MOST_ALIKE = 16;
/** How many readings of a setting are kept with each of hundreds of boots: there are a hundred settings. */
const MOST_READINGS = 4;

function isAlike(some: readonly Predicted[], others: readonly Predicted[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ setting, prediction }, at) => {
      const other = others[at];
      return setting === other?.setting && prediction === other.prediction;
    })
  );
}

function firstAlike(): Planned['firstAlike'] {
  const kept: (readonly Predicted[])[] = [];
  let met = 0;
  return (predicted) => {
    const before = kept.find((one) => isAlike(one, predicted));
    if (before !== undefined) return before;
    kept[met % MOST_ALIKE] = predicted;
    met += 1;
    return predicted;
  };
}

/** Was it looked for where settings are set? What a policy declares is asked for by who knows that policy. */
function isAsked({ fact, path }: BootSetting, { asked }: BootFiles): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    fact.declaredAs === undefined ||
    path.includes('/transparent_hugepage/') ||
    ALWAYS_ASKED.has(name) ||
    asked.has(name)
  );
}

type Plans = { readonly bySize: (isSmall: boolean | undefined) => Planned } | { readonly reading: Reading };

function plansOf(read: ReadIfAny): Plans {
  const told = read(NEXT_BOOT_FILES);
  if (told?.state !== 'known' || !Array.isArray(told.value)) return { reading: told ?? notCollected(NEXT_BOOT_FILES) };
  const of = (id: FactId): Reading => read(id) ?? notCollected(id);
  const files = readBootFiles(told.value.map(String));
  const noKernel = noKernelOf(of(VIRTUALIZATION));
  const kernel =
    noKernel === undefined
      ? nextKernel(files)
      : { release: undefined, place: '', doubt: noKernel, installed: undefined };
  const now = mapOf(of('cmdline'));
  const kdump = kdumpOf(of);
  const host = {
    machine: textOf(of('uname.machine')),
    // Where it is not known which kernel is next, the one that runs stands for its kin.
    release: kernel.release ?? textOf(of('uname.release')),
    running: textOf(of('uname.release')),
    version: textOf(of('uname.version')),
    isSuse: isOfSuse(of),
    noKernel,
  };
  const osId = textOf(of('os.id'));
  return {
    bySize: memoize((isSmall: boolean | undefined) => {
      const plan = planBoot(files, now, kdump, { ...host, isSmall });
      const predicted = memoize((setting: BootSetting): Prediction =>
        noKernel === undefined
          ? predict(setting, plan)
          : { steps: [], winner: undefined, doubt: noKernel, isByFile: false },
      );
      const predictedOf = (setting: BootSetting, reading: Reading): Prediction =>
        isAsked(setting, files)
          ? asTaken(setting, reading, throughInitramfs(predicted(setting), reading), plan.host, osId)
          : NOT_ASKED;
      return {
        kernel,
        plan,
        expected: memoize((setting: BootSetting) =>
          memoizeLately(MOST_READINGS, (reading: Reading): readonly Expected[] =>
            reading.state === 'absent' ? [] : [{ setting, now: reading, prediction: predictedOf(setting, reading) }],
          ),
        ),
        firstAlike: firstAlike(),
      };
    }),
  };
}

const LIKE_KUBELET =
  'it is what a kubelet sets, as are the others of its sysctls, and no file sets it: who started one was not seen';

/** Computed once, so that what comes of it is the same object again. */
const likeKubelet = memoize((expected: Expected): Expected => {
  const { setting, prediction } = expected;
  const value = KUBELET_SETS[setting.fact.id];
  const { winner, steps } = prediction;
  if (value === undefined || winner === undefined || winner.tool !== 'the kernel' || winner.value === value)
    return expected;
  return { ...expected, prediction: { steps, winner: undefined, doubt: LIKE_KUBELET, isByFile: false } };
});

/** Where everything is as a kubelet sets it, one is started by what is not known here: a boot then sets it again. */
function besideKubelet(settings: readonly Expected[]): readonly Expected[] {
  const isLike = Object.entries(KUBELET_SETS).every(([id, value]) => {
    const now = settings.find(({ setting }) => setting.fact.id === id)?.now;
    return now?.state === 'known' && valueText(now.value) === value;
  });
  return isLike ? settings.map(likeKubelet) : settings;
}

/** Computed once for machines that boot the same, whatever is set on them now. */
const plansFor = memoizeByReadings(PLAN_INPUTS, plansOf);

/** undefined: it is not known how much memory there is. */
function isSmallMachine(read: ReadIfAny): boolean | undefined {
  const memory = numberOf(read(MEMORY) ?? notCollected(MEMORY));
  return memory === undefined ? undefined : memory < SMALL_MACHINE;
}

/**
 * Pure; `expectationsFor` keeps what comes of it.
 *
 * @param plans those of machines that boot like this one
 */
export function expectationsOf(
  declared: readonly SettableFact[],
  read: ReadIfAny,
  isSmall: boolean | undefined = isSmallMachine(read),
  plans: Plans = plansOf(read),
): Expectations {
  if ('reading' in plans) return plans;
  const of = (id: FactId): Reading => read(id) ?? notCollected(id);
  const { kernel, plan, expected, firstAlike } = plans.bySize(isSmall);
  const ofHost = (setting: BootSetting): readonly Expected[] => expected(setting)(of(setting.fact.id));
  const settings = besideKubelet([...SETTINGS, ...declaredSettings(declared)].flatMap(ofHost));
  return {
    settings,
    predicted: firstAlike(settings),
    moving: MOVING_SETTINGS.flatMap(ofHost),
    plan,
    kernel,
  };
}

/** Computed once for machines of which the same is read, but for their memory: of that nothing counts but whether it is little. */
export const expectationsFor = memoize((declared: readonly SettableFact[]) => {
  const inputs = expectationInputs(declared).filter((id) => id !== MEMORY);
  const ofSize = memoize((isSmall: boolean | undefined) =>
    memoizeByReadings(inputs, (read: ReadIfAny): Expectations =>
      expectationsOf(declared, read, isSmall, plansFor(read)),
    ),
  );
  return (read: ReadIfAny): Expectations => ofSize(isSmallMachine(read))(read);
}, sameIfNone);

/** By whom, and where that stands: `sysctl.d: /etc/sysctl.d/99-local.conf:3`. */
export function placeText({ tool, place, isFixed }: Pick<BootStep, 'tool' | 'place' | 'isFixed'>): string {
  if (isFixed === true) return `nobody can set it: ${place}`;
  if (tool !== 'the kernel') return `${tool}: ${place}`;
  return place.startsWith('/')
    ? `no file sets it, so the kernel's configuration does: ${place}`
    : `no file sets it, so it stays what the kernel starts with: ${place}`;
}

/** `0 now, 10 after the next boot (sysctl.d: /etc/sysctl.d/99-local.conf:3)`. */
export function changeText(winner: BootStep, now: Reading): string {
  const before = now.state === 'known' ? `${valueText(now.value)} now` : 'not known now';
  return `${before}, ${winner.value} after the next boot (${placeText(winner)})`;
}
