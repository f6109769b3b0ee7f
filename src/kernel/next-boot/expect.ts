import { FACTS } from '../../facts/index.js';
import { memoizeByReadings, type ReadIfAny } from '../../facts/memoize-by-readings.js';
import { memoize } from '../../language/memoize.js';
import { known, notCollected, type FactId, type Reading } from '../../model/reading.js';
import { valueText } from '../outcome/values.js';
import { readBootFiles, type BootFiles } from './boot-files.js';
import { nextKernel, type NextKernel } from './next-kernel.js';
import { planBoot, predict, SMALL_MACHINE, type BootPlan, type BootStep, type Prediction } from './predict.js';
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

const MEMORY: FactId = 'memory.total';

/** Facts by which it is known what sets settings; what they are now is not among them. */
const PLAN_INPUTS: readonly FactId[] = [
  NEXT_BOOT_FILES,
  'cmdline',
  'kdump.enabled',
  'os.id',
  MEMORY,
  'uname.machine',
  'uname.release',
  'uname.version',
];

/** Facts that the expectations are made from. */
export function expectationInputs(declared: readonly SettableFact[]): readonly FactId[] {
  return [
    ...PLAN_INPUTS,
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

/** Whether the service of kdump-tools, which Debian and Ubuntu have, starts at boot. */
function kdumpToolsOf(of: (id: FactId) => Reading): boolean | { readonly doubt: string } {
  const [kdump, os] = [of('kdump.enabled'), of('os.id')];
  const isTheirs = os.state === 'known' ? os.value === 'debian' || os.value === 'ubuntu' : os.state === 'unreadable';
  if (!isTheirs || kdump.state === 'absent' || (kdump.state === 'known' && kdump.value !== true)) return false;
  if (kdump.state === 'unreadable') return { doubt: `whether it starts at boot is not known: ${kdump.detail}` };
  return os.state === 'unreadable' ? { doubt: `which distribution this is is not known: ${os.detail}` } : true;
}

interface Planned {
  readonly plan: BootPlan;
  readonly kernel: NextKernel;
  readonly predicted: (setting: BootSetting) => Prediction;
}

function planned(read: ReadIfAny, files: BootFiles): Planned {
  const of = (id: FactId): Reading => read(id) ?? notCollected(id);
  const kernel = nextKernel(files);
  const plan = planBoot(files, mapOf(of('cmdline')), kdumpToolsOf(of), {
    machine: textOf(of('uname.machine')),
    // Where it is not known which kernel is next, the one that runs stands for its kin.
    release: kernel.release ?? textOf(of('uname.release')),
    running: textOf(of('uname.release')),
    version: textOf(of('uname.version')),
    memory: numberOf(of(MEMORY)),
  });
  const predicted = memoize((setting: BootSetting): Prediction => {
    const { path, fact } = setting;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const isAsked =
      fact.declaredAs === undefined ||
      path.includes('/transparent_hugepage/') ||
      ALWAYS_ASKED.has(name) ||
      files.asked.has(name);
    return isAsked ? predict(setting, plan) : NOT_ASKED;
  });
  return { plan, kernel, predicted };
}

/** Machines of which the same is read differ in what is set now, and hardly in what sets it. */
const planFor = memoizeByReadings(PLAN_INPUTS, (read: ReadIfAny): Planned | { readonly reading: Reading } => {
  const told = read(NEXT_BOOT_FILES);
  return told?.state === 'known' && Array.isArray(told.value)
    ? planned(read, readBootFiles(told.value.map(String)))
    : { reading: told ?? notCollected(NEXT_BOOT_FILES) };
});

const ENOUGH = known(SMALL_MACHINE, '');

/** Nothing is made of how much memory there is where it is not little, and hardly two machines have the same. */
const withRoughMemory = memoize((read: ReadIfAny): ReadIfAny => {
  const memory = read(MEMORY);
  return (numberOf(memory ?? notCollected(MEMORY)) ?? 0) < SMALL_MACHINE
    ? read
    : (id) => (id === MEMORY ? ENOUGH : read(id));
});

/** Pure; `expectationsFor` keeps what comes of it. */
export function expectationsOf(declared: readonly SettableFact[], read: ReadIfAny): Expectations {
  const found = planFor(withRoughMemory(read));
  if ('reading' in found) return found;
  const expected = (setting: BootSetting): readonly Expected[] => {
    const now = read(setting.fact.id) ?? notCollected(setting.fact.id);
    return now.state === 'absent' ? [] : [{ setting, now, prediction: found.predicted(setting) }];
  };
  return {
    settings: [...SETTINGS, ...declaredSettings(declared)].flatMap(expected),
    moving: MOVING_SETTINGS.flatMap(expected),
    plan: found.plan,
    kernel: found.kernel,
  };
}

/** Computed once for machines of which the same is read. */
export const expectationsFor = memoize((declared: readonly SettableFact[]) => {
  const found = memoizeByReadings(expectationInputs(declared), (read: ReadIfAny): Expectations =>
    expectationsOf(declared, read),
  );
  return (read: ReadIfAny): Expectations => found(withRoughMemory(read));
}, sameIfNone);

/** By whom, and where that stands: `sysctl.d: /etc/sysctl.d/99-local.conf:3`. */
export function placeText({ tool, place }: Pick<BootStep, 'tool' | 'place'>): string {
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
