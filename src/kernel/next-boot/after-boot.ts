import { allowedParameters } from '../../facts/catalog/cmdline.js';
import type { FactDefinition } from '../../facts/definition.js';
import { FACTS } from '../../facts/index.js';
import { intern, internMade } from '../../facts/intern.js';
import { memoizeByReadings, type ReadIfAny } from '../../facts/memoize-by-readings.js';
import { memoize } from '../../language/memoize.js';
import { memoizeLately } from '../../language/memoize-lately.js';
import { absent, known, notCollected, type FactId, type Reading } from '../../model/reading.js';
import { installedKernels } from '../fixes/installed-kernels.js';
import { kernelBase } from '../kernel-base.js';
import { TAINT } from '../outcome/taint.js';
import {
  expectationInputs,
  expectationsFor,
  placeText,
  sameIfNone,
  type Expectations,
  type Expected,
} from './expect.js';
import { valueText } from '../outcome/values.js';
import type { BootFiles } from './boot-files.js';
import type { ConfFile } from './conf-files.js';
import { MODULE_PARAMETERS, parameterAfter } from './module-parameters.js';
import type { NextKernel } from './next-kernel.js';
import type { BootPlan } from './predict.js';
import { isSameReading, readingAfter, undetermined } from './reading-after.js';
import { declaredSettings, MOVING_SETTINGS, SETTINGS } from './settings.js';

export interface AfterBoot {
  /** Facts that will be others after the next boot, or of which it is not known what they will be; all others stay. */
  readonly facts: ReadonlyMap<FactId, Reading>;
  /** Why it is not known which kernel that will be. What is known of a kernel by its identity is not known then either. */
  readonly kernelDoubt: Reading | undefined;
}

/** Counts that begin again. */
const COUNTS: readonly FactId[] = ['kernel.oops_count', 'kernel.warn_count', 'sysctl.kernel.hung_task_detect_count'];
const COUNT_STARTS = known(0, 'it counts from the boot on');

/** Flags of what happened since the boot: a page that is bad, a machine check, an oops, a warning, a lockup. */
const HAPPENED = [16, 32, TAINT.die.mask, TAINT.warn.mask, TAINT.softLockup.mask];

function withoutEvents(tainted: number): number {
  return HAPPENED.reduce((left, mask) => (Math.floor(left / mask) % 2 === 1 ? left - mask : left), tainted);
}

const PARAMETERS = allowedParameters(FACTS);

/** The command line of the next boot as the fact `cmdline` has it. */
const commandLineAfter = memoize(({ commandLine, now }: BootPlan): Reading => {
  const found = new Map<string, string>();
  for (const name of PARAMETERS) {
    const said = commandLine.ask(name);
    if (said === undefined) continue;
    if ('doubt' in said) return undetermined(said.doubt);
    found.set(name, said.value);
  }
  const isSameAsNow = now?.size === found.size && [...found].every(([name, value]) => now.get(name) === value);
  return known(
    Object.fromEntries(isSameAsNow ? now : found),
    'the command line that the boot loader, or what configures it, has',
  );
});

/** What was there and set up stays; what is there and nothing sets up, or the other way round, nobody can tell. */
function crashKernelAfter(read: (id: FactId) => Reading, { commandLine, now }: BootPlan): Reading {
  const loaded = read('kexec.crash_loaded');
  if (loaded.state !== 'known') return loaded;
  const enabled = read('kdump.enabled');
  if (enabled.state !== 'known')
    return undetermined(
      `whether kdump starts at boot is not known${enabled.state === 'unreadable' ? `: ${enabled.detail}` : ''}`,
    );
  if (loaded.value !== enabled.value)
    return undetermined(
      loaded.value === true
        ? 'a crash kernel is loaded, and no kdump service starts at boot that would load it again'
        : 'a kdump service starts at boot, and has loaded no crash kernel this time',
    );
  if (loaded.value === false) return loaded;
  const said = commandLine.ask('crashkernel');
  if (said !== undefined && 'doubt' in said) return undetermined(said.doubt);
  return said?.value === now?.get('crashkernel')
    ? loaded
    : undetermined(`crashkernel= will be another: ${said?.place ?? 'it is not on the next command line'}`);
}

function crashSizeAfter(now: Reading, { commandLine, now: line }: BootPlan): Reading {
  const said = commandLine.ask('crashkernel');
  if (said !== undefined && 'doubt' in said) return undetermined(said.doubt);
  return said?.value === line?.get('crashkernel') ? now : undetermined('crashkernel= will be another');
}

function sizesOf(reading: Reading): readonly string[] {
  return reading.state === 'known' && typeof reading.value === 'object' && !Array.isArray(reading.value)
    ? Object.values(reading.value)
    : [];
}

/** Modes of single sizes: that of the largest page inherits and the others are off, unless somebody sets them. */
const SIZES_START: ReadonlySet<string> = new Set(['inherit', 'never']);

/** The file that sets them; undefined: none does. */
const setterOfSizes = memoize(({ files }: BootFiles): ConfFile | undefined =>
  [...files.values()].find(({ lines }) => lines.some(({ text }) => text.includes('/hugepages'))),
);

function sizesAfter(now: Reading, { files }: BootPlan): Reading {
  if (now.state !== 'known') return now;
  const setter = setterOfSizes(files);
  if (setter !== undefined) return undetermined(`${setter.path} sets modes of single sizes, which is not followed`);
  return sizesOf(now).every((mode) => SIZES_START.has(mode))
    ? now
    : undetermined('somebody set modes of single sizes, and no file that was read keeps them');
}

/** It runs where huge pages are on. */
function khugepagedAfter(read: (id: FactId) => Reading, enabled: Reading | undefined, sizes: Reading): Reading {
  const running = read('khugepaged.running');
  if (running.state !== 'known' || enabled === undefined) return running;
  if (enabled.state === 'unreadable') return undetermined(`it runs where huge pages are on, and ${enabled.detail}`);
  if (enabled.state === 'known' && enabled.value !== 'never')
    return known(true, `huge pages will be ${valueText(enabled.value)}`);
  return sizes.state !== 'unreadable' && sizesOf(sizes).every((mode) => SIZES_START.has(mode))
    ? known(false, 'huge pages will be off')
    : undetermined('huge pages will be off but for single sizes');
}

function isOn(reading: Reading): boolean {
  return reading.state === 'known' && reading.value !== 0;
}
function isOpen(reading: Reading): reading is Reading & { readonly state: 'unreadable' } {
  return reading.state === 'unreadable';
}
function isOff(reading: Reading): boolean {
  return reading.state === 'absent' || (reading.state === 'known' && reading.value === 0);
}

/** kernel.watchdog is a switch for the two others, and shows whether either is on. */
function watchdogsAfter(
  after: Map<FactId, Reading>,
  read: (id: FactId) => Reading,
  { settings, moving }: Exclude<Expectations, { reading: Reading }>,
): void {
  const [BOTH, SOFT, HARD] = ['sysctl.kernel.watchdog', 'sysctl.kernel.soft_watchdog', 'sysctl.kernel.nmi_watchdog'];
  const of = (id: FactId): Expected | undefined =>
    [...settings, ...moving].find(({ setting }) => setting.fact.id === id);
  const both = of(BOTH ?? '');
  if (both === undefined || BOTH === undefined || SOFT === undefined || HARD === undefined) return;
  const { winner, doubt, doubtBy } = both.prediction;
  // Nobody sets it, and so it shows what the two are.
  const isLeftAlone = winner === undefined && doubtBy === 'the kernel';
  if (!isLeftAlone) {
    const isSetAlone = [of(SOFT), of(HARD)].some(
      (each) => (each?.prediction.winner?.tool ?? each?.prediction.doubtBy ?? 'the kernel') !== 'the kernel',
    );
    const reading =
      winner === undefined
        ? undetermined(doubt ?? 'what sets kernel.watchdog is not known')
        : winner.value === '0' && !isSetAlone
          ? known(0, placeText(winner))
          : undetermined(`kernel.watchdog, which switches both detectors, is set as well: ${placeText(winner)}`);
    for (const id of [BOTH, SOFT, HARD])
      if (read(id).state !== 'absent' && of(id)?.prediction.winner?.isFixed !== true) after.set(id, reading);
    return;
  }
  const next = (id: FactId): Reading => after.get(id) ?? read(id);
  const [soft, hard] = [next(SOFT), next(HARD)];
  after.set(
    BOTH,
    isOn(soft) || isOn(hard)
      ? known(1, 'one of the two detectors is on')
      : isOff(soft) && isOff(hard)
        ? known(0, 'both detectors are off')
        : undetermined([soft, hard].find(isOpen)?.detail ?? 'whether one of the two detectors is on is not known'),
  );
}

/** By what a kernel is identified, beside its release. */
const IDENTITY: readonly FactId[] = [
  'uname.version',
  'proc.version',
  'proc.version_signature',
  'kernel.package',
  'kernel.changelog',
  'kernel.installed',
  'kernel.livepatches',
  'kernel.kpatches',
  'kernel.livepatches_in_transition',
];

/** Facts by which a derived fact is known to be about the kernel itself: what it fixes, how long it is maintained. */
export const IDENTIFIES_KERNEL: FactId = 'proc.version';

const NO_PATCHES = known([], 'live patches are loaded anew, and which is not known here');

/** The version that it is built on: as far as an outcome depends on the kernel. */
function kindOf(release: string): string {
  const base = kernelBase(release);
  return base === undefined ? release : JSON.stringify([base.version, base.el6, base.el7]);
}

/** Do all kernels that may be next behave alike? */
function isOneKind(running: string, { installed }: NextKernel): boolean {
  return installed !== undefined && installed.every((release) => kindOf(release) === kindOf(running));
}

/** What the machine says of its kernel, when that is another one. */
function kernelAfter(
  after: Map<FactId, Reading>,
  read: (id: FactId) => Reading,
  next: NextKernel,
): Reading | undefined {
  const running = read('uname.release');
  if (running.state !== 'known' || typeof running.value !== 'string') return undefined;
  if (next.release === undefined) {
    const doubt = undetermined(`which kernel boots next is not known: ${next.doubt ?? ''}`);
    if (!isOneKind(running.value, next)) after.set('uname.release', doubt);
    return doubt;
  }
  const rows = read('kernel.installed');
  const packages = rows.state === 'known' && Array.isArray(rows.value) ? installedKernels(rows.value.map(String)) : [];
  const ofNext = packages.filter(({ kernel }) => kernel.release === next.release);
  const [only] = ofNext.length === 1 ? ofNext : [];
  const version = read('uname.version');
  const isSameBuild =
    only === undefined ||
    only.words === '' ||
    (version.state === 'known' && valueText(version.value).includes(only.words.replace('#1 SMP', '').trim()));
  if (next.release === running.value && isSameBuild) return undefined;
  const words = only?.words ?? (/\.(?:el|fc|amzn|uek)\d|-default$/.test(next.release) ? '#1 SMP' : '');
  after.set('uname.release', known(next.release, `the default of the boot loader: ${next.place}`));
  after.set(
    'uname.version',
    words === ''
      ? undetermined(`which build of ${next.release} is installed was not asked for`)
      : known(words, `the package that is installed: ${only?.package ?? ''} ${only?.version ?? ''}`.trim()),
  );
  const notSaid = undetermined(`what ${next.release} says of itself is not known before it runs`);
  if (read('proc.version').state === 'known') after.set('proc.version', notSaid);
  // Ubuntu's says again who built it, which the package has said already.
  const signature = only?.kernel.vendor.id === 'ubuntu' ? absent('the package says who built it') : notSaid;
  if (read('proc.version_signature').state === 'known') after.set('proc.version_signature', signature);
  for (const id of ['kernel.package', 'kernel.changelog'])
    if (read(id).state === 'known') after.set(id, notCollected(id));
  for (const id of ['kernel.livepatches', 'kernel.kpatches', 'kernel.livepatches_in_transition'])
    if (read(id).state === 'known') after.set(id, NO_PATCHES);
  return undefined;
}

/** What the kernel shows of itself, beside settings and what identifies it. */
const OF_KERNEL: readonly FactId[] = [
  'uname.release',
  ...COUNTS,
  'sysctl.kernel.tainted',
  'kexec.crash_loaded',
  'kexec.crash_size',
  'thp.sizes',
  'khugepaged.running',
  ...MODULE_PARAMETERS.map(({ id }) => id),
];
const FURTHER_INPUTS: readonly FactId[] = [...IDENTITY, ...OF_KERNEL];

/** Declared facts that a boot makes anew, and of which nothing that is read says how. */
function notPredicted(
  declared: readonly FactDefinition[],
): readonly { readonly id: FactId; readonly isOfDevice: boolean }[] {
  const predicted = new Set(declaredSettings(declared).map(({ fact }) => fact.id));
  return declared.flatMap(({ id, origin }) => {
    const paths = origin.via === 'command' ? [] : origin.via === 'glob' ? origin.directories : origin.paths;
    const isOfKernel = paths.some((path) => path.startsWith('/proc/') || path.startsWith('/sys/'));
    const isParameter = origin.via === 'command' && origin.sections.includes('parameters');
    const isOfDevice = paths.some((path) => /^\/sys\/(?:block|class|devices)\//.test(path));
    return !predicted.has(id) && (isOfKernel || isParameter) ? [{ id, isOfDevice }] : [];
  });
}

const NO_PREDICTION = undetermined('what a boot makes of it is not read');
const OF_DEVICE = undetermined('rules of udev may set it as a device appears, and are not read');

/** Facts of which it is asked what the next boot makes of them: a rule that reads none of these is not asked twice. */
export const predictedFacts = memoize(
  (declared: readonly FactDefinition[]): ReadonlySet<FactId> =>
    new Set([
      'cmdline',
      'kexec.crash_loaded',
      ...[...SETTINGS, ...declaredSettings(declared)].map(({ fact }) => fact.id),
    ]),
);

/** Facts that what will be is made from. */
export const afterBootInputs = memoize((declared: readonly FactDefinition[]): readonly FactId[] => [
  ...new Set([...expectationInputs(declared), ...FURTHER_INPUTS, ...notPredicted(declared).map(({ id }) => id)]),
]);

/** In a container everything that a boot makes anew is the host's, and so is the kernel. */
function withoutKernel(declared: readonly FactDefinition[], readIfAny: ReadIfAny, doubt: Reading): AfterBoot {
  const ids = [
    ...predictedFacts(declared),
    ...MOVING_SETTINGS.map(({ fact }) => fact.id),
    ...OF_KERNEL,
    ...notPredicted(declared).map(({ id }) => id),
  ];
  const facts = new Map(ids.flatMap((id) => (readIfAny(id)?.state === 'known' ? [[id, doubt] as const] : [])));
  return sameChanges(declared)(facts, doubt);
}

/** Of a setting that is the same object on many machines: computed once for all of them. */
const settingAfter = memoize(readingAfter);
/** So that what was computed once is looked for by its text once. */
const internedOnce = memoize(internMade);

/** How many doubts about the kernel are kept of machines of which the same changes. */
const MOST_DOUBTS = 4;

const changesWith = memoize((facts: AfterBoot['facts']) =>
  memoizeLately(MOST_DOUBTS, (kernelDoubt: Reading | undefined): AfterBoot => ({ facts, kernelDoubt })),
);

/** The same object for all machines of which the same changes, however much else they differ in: much is kept by it. */
const sameChanges = memoize((declared: readonly FactDefinition[]) => {
  // A list of its own: by the other one machines are told apart as they are now, and both would share what is kept of it.
  const inputs = [...afterBootInputs(declared)];
  const sameFacts = memoizeByReadings(
    inputs,
    (changed: ReadIfAny): AfterBoot['facts'] =>
      new Map(
        inputs.flatMap((id) => {
          const reading = changed(id);
          return reading === undefined ? [] : [[id, reading] as const];
        }),
      ),
  );
  return (facts: AfterBoot['facts'], kernelDoubt: Reading | undefined): AfterBoot =>
    changesWith(sameFacts((id) => facts.get(id)))(kernelDoubt && intern(kernelDoubt));
}, sameIfNone);

function compute(declared: readonly FactDefinition[], readIfAny: ReadIfAny): { readonly after: AfterBoot | undefined } {
  const expectations = expectationsFor(declared)(readIfAny);
  if ('reading' in expectations) return { after: undefined };
  const { settings, moving, plan, kernel } = expectations;
  if (plan.host.noKernel !== undefined)
    return { after: withoutKernel(declared, readIfAny, intern(undetermined(plan.host.noKernel))) };
  const read = (id: FactId): Reading => readIfAny(id) ?? notCollected(id);
  const after = new Map<FactId, Reading>();
  for (const expected of [...settings, ...moving]) {
    // What the kernel sizes by the memory stays where nothing sets it.
    if (expected.setting.fact.id === 'sysctl.vm.min_free_kbytes' && expected.prediction.steps.length === 0) continue;
    after.set(expected.setting.fact.id, settingAfter(expected));
  }
  watchdogsAfter(after, read, expectations);
  for (const id of COUNTS) if (read(id).state === 'known') after.set(id, COUNT_STARTS);
  const tainted = read('sysctl.kernel.tainted');
  if (tainted.state === 'known' && typeof tainted.value === 'number')
    after.set('sysctl.kernel.tainted', known(withoutEvents(tainted.value), 'flags of what happened go with a boot'));
  after.set('cmdline', commandLineAfter(plan));
  after.set('kexec.crash_loaded', crashKernelAfter(read, plan));
  after.set('kexec.crash_size', crashSizeAfter(read('kexec.crash_size'), plan));
  const sizes = sizesAfter(read('thp.sizes'), plan);
  after.set('thp.sizes', sizes);
  after.set('khugepaged.running', khugepagedAfter(read, after.get('thp.enabled'), sizes));
  for (const each of MODULE_PARAMETERS) {
    const now = read(each.id);
    if (now.state !== 'absent') after.set(each.id, parameterAfter(plan)(each)(now));
  }
  for (const { id, isOfDevice } of notPredicted(declared)) after.set(id, isOfDevice ? OF_DEVICE : NO_PREDICTION);
  const kernelDoubt = kernelAfter(after, read, kernel);
  const changed = new Map<FactId, Reading>();
  for (const [id, reading] of after) {
    const now = read(id);
    // An absence, and what nobody can read now or then, stays.
    if (
      now !== reading &&
      now.state !== 'absent' &&
      !isSameReading(now, reading) &&
      (now.state !== 'unreadable' || reading.state === 'known')
    )
      changed.set(id, internedOnce(reading));
  }
  return { after: sameChanges(declared)(changed, kernelDoubt) };
}

/**
 * What will be other after the next boot than it is now: settings by whoever wins, counts begun again, and what follows
 * from either. A fact that is not in it stays; undefined: what the next boot reads was not read.
 */
export const afterBoot = memoize((declared: readonly FactDefinition[]) => {
  const computed = memoizeByReadings(afterBootInputs(declared), (read: ReadIfAny) => compute(declared, read));
  return (read: ReadIfAny): AfterBoot | undefined => computed(read).after;
}, sameIfNone);
