import { FACTS } from '../../facts/index.js';
import { memoizeByReadings, type ReadIfAny } from '../../facts/memoize-by-readings.js';
import { memoize } from '../../language/memoize.js';
import { notCollected, type FactId, type Reading } from '../../model/reading.js';
import { valueText } from '../outcome/values.js';
import { readBootFiles, type BootFiles } from './boot-files.js';
import { IN_CONTAINER, SMALL_MACHINE } from './boot-host.js';
import { asTaken } from './doubts/hard-detector.js';
import { nextKernel, type NextKernel } from './next-kernel.js';
import { planBoot, predict, type BootPlan, type BootStep, type Prediction } from './predict.js';
import { declaredSettings, MOVING_SETTINGS, SETTINGS, type BootSetting, type SettableFact } from './settings.js';

/** Where no policy declares facts. */
export const NONE_DECLARED: readonly never[] = [];

/** All lists without a fact are one, so that what is computed for one is found for the other. */
export function sameIfNone<Fact>(declared: readonly Fact[]): readonly Fact[] {
  return declared.length === 0 ? NONE_DECLARED : declared;
}

export const NEXT_BOOT_FILES: FactId = 'next_boot.files';

/** One setting that is there on the host, and what becomes of it. */
export interface Expected {
  readonly setting: BootSetting;
  readonly now: Reading;
  readonly prediction: Prediction;
}

/** All that is made of what a boot reads, or why nothing is. */
export type Expectations =
  | {
      readonly settings: readonly Expected[];
      /** Those that move by themselves: no change of theirs is anybody's. */
      readonly moving: readonly Expected[];
      readonly plan: BootPlan;
      readonly kernel: NextKernel;
    }
  | { readonly reading: Reading };

/** Facts that a boot is planned from, beside whether the machine is small. */
const PLAN_INPUTS: readonly FactId[] = [
  NEXT_BOOT_FILES,
  'cmdline',
  'kdump.enabled',
  'os.id',
  'uname.machine',
  'uname.release',
  'uname.version',
  'virtualization.type',
];

/** Facts that the expectations are made from. */
export function expectationInputs(declared: readonly SettableFact[]): readonly FactId[] {
  return [
    ...PLAN_INPUTS,
    'memory.total',
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

/** Whether the service of kdump-tools, which Debian and Ubuntu have, starts at boot. */
function kdumpToolsOf(of: (id: FactId) => Reading): boolean | { readonly doubt: string } {
  const [kdump, os] = [of('kdump.enabled'), of('os.id')];
  const isTheirs = os.state === 'known' ? os.value === 'debian' || os.value === 'ubuntu' : os.state === 'unreadable';
  if (!isTheirs || kdump.state === 'absent' || (kdump.state === 'known' && kdump.value !== true)) return false;
  if (kdump.state === 'unreadable') return { doubt: `whether it starts at boot is not known: ${kdump.detail}` };
  return os.state === 'unreadable' ? { doubt: `which distribution this is is not known: ${os.detail}` } : true;
}

/** A boot of which nothing is asked but settings: what is set now does not matter to it. */
interface Planned {
  readonly files: BootFiles;
  readonly kernel: NextKernel;
  readonly plan: BootPlan;
  readonly predicted: (setting: BootSetting) => Prediction;
}

type Plans = { readonly bySize: (isSmall: boolean | undefined) => Planned } | { readonly reading: Reading };

function plansOf(read: ReadIfAny): Plans {
  const told = read(NEXT_BOOT_FILES);
  if (told?.state !== 'known' || !Array.isArray(told.value)) return { reading: told ?? notCollected(NEXT_BOOT_FILES) };
  const of = (id: FactId): Reading => read(id) ?? notCollected(id);
  const files = readBootFiles(told.value.map(String));
  const noKernel = noKernelOf(of('virtualization.type'));
  const kernel =
    noKernel === undefined
      ? nextKernel(files)
      : { release: undefined, place: '', doubt: noKernel, installed: undefined };
  const now = mapOf(of('cmdline'));
  const kdumpTools = kdumpToolsOf(of);
  const host = {
    machine: textOf(of('uname.machine')),
    // Where it is not known which kernel is next, the one that runs stands for its kin.
    release: kernel.release ?? textOf(of('uname.release')),
    running: textOf(of('uname.release')),
    version: textOf(of('uname.version')),
    noKernel,
  };
  return {
    bySize: memoize((isSmall: boolean | undefined) => {
      const plan = planBoot(files, now, kdumpTools, { ...host, isSmall });
      const predicted = (setting: BootSetting): Prediction =>
        noKernel === undefined
          ? predict(setting, plan)
          : { steps: [], winner: undefined, doubt: noKernel, isByFile: false };
      return { files, kernel, plan, predicted: memoize(predicted) };
    }),
  };
}

/** Computed once for machines that boot the same, whatever is set on them now. */
const plansFor = memoizeByReadings(PLAN_INPUTS, plansOf);

/**
 * Pure; `expectationsFor` keeps what comes of it.
 *
 * @param plans those of machines that boot like this one
 */
export function expectationsOf(
  declared: readonly SettableFact[],
  read: ReadIfAny,
  plans: Plans = plansOf(read),
): Expectations {
  if ('reading' in plans) return plans;
  const of = (id: FactId): Reading => read(id) ?? notCollected(id);
  const memory = numberOf(of('memory.total'));
  const { files, kernel, plan, predicted } = plans.bySize(memory === undefined ? undefined : memory < SMALL_MACHINE);
  const expected = (setting: BootSetting): readonly Expected[] => {
    const now = of(setting.fact.id);
    if (now.state === 'absent') return [];
    const { path, fact } = setting;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const isAsked =
      fact.declaredAs === undefined ||
      path.includes('/transparent_hugepage/') ||
      ALWAYS_ASKED.has(name) ||
      files.asked.has(name);
    if (!isAsked) return [{ setting, now, prediction: NOT_ASKED }];
    return [{ setting, now, prediction: asTaken(setting, now, predicted(setting), plan.host, textOf(of('os.id'))) }];
  };
  return {
    settings: [...SETTINGS, ...declaredSettings(declared)].flatMap(expected),
    moving: MOVING_SETTINGS.flatMap(expected),
    plan,
    kernel,
  };
}

/** Computed once for machines of which the same is read. */
export const expectationsFor = memoize(
  (declared: readonly SettableFact[]) =>
    memoizeByReadings(expectationInputs(declared), (read: ReadIfAny): Expectations =>
      expectationsOf(declared, read, plansFor(read)),
    ),
  sameIfNone,
);

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
