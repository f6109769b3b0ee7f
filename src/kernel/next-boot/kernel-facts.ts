import { memoizeByReadings } from '../../facts/memoize-by-readings.js';
import { memoize } from '../../language/memoize.js';
import type { DerivedFact } from '../../model/fact.js';
import { known, notCollected, unreadable, type FactId, type Reading, type ReadFact } from '../../model/reading.js';
import { fixFactId, fixFacts } from '../fixes/facts.js';
import type { KnownFix } from '../fixes/schema.js';
import { memoizePerHost } from '../../facts/memoize-per-host.js';
import { afterBoot, afterBootInputs } from './after-boot.js';
import { damagedOf, expectationsFor, NEXT_BOOT_FILES, NONE_DECLARED, PLAN_INPUTS } from './expect.js';
import { compareReleases, newestOf, type NextKernel } from './next-kernel.js';

const SOURCES = [
  'https://uapi-group.org/specifications/specs/boot_loader_specification/',
  'grub-mkconfig(8) and grub-editenv(1), Debian grub-common 2.06-13',
];
const INPUTS: readonly FactId[] = afterBootInputs(NONE_DECLARED);

const STATES = ['same', 'newer', 'older', 'not-known', 'not-read'] as const;

function textOf(reading: Reading): string | undefined {
  return reading.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined;
}

interface Found {
  readonly next: NextKernel;
  readonly noKernel: string | undefined;
}

const kernelOf = memoizePerHost((read: ReadFact): Found | { readonly reading: Reading } => {
  const expectations = expectationsFor(NONE_DECLARED)(read);
  return 'reading' in expectations
    ? expectations
    : { next: expectations.kernel, noKernel: expectations.plan.host.noKernel };
});

function deriveKernel(read: ReadFact): Reading {
  const found = kernelOf(read);
  if ('reading' in found) return found.reading;
  const { release, place, doubt = '' } = found.next;
  return release === undefined ? unreadable('undetermined', doubt) : known(release, place);
}

function deriveNewest(read: ReadFact): Reading {
  const found = kernelOf(read);
  if ('reading' in found) return found.reading;
  if (found.noKernel !== undefined) return unreadable('undetermined', found.noKernel);
  const { installed, release } = found.next;
  const like = release ?? textOf(read('uname.release'));
  if (installed === undefined) return unreadable('undetermined', '/boot could not be listed');
  const newest = like === undefined ? undefined : newestOf(installed, like);
  return newest === undefined
    ? unreadable('undetermined', `/boot holds no kernel of the kind of ${like ?? 'the one that runs'}`)
    : known(newest, `the newest of ${installed.length} in /boot`);
}

/** Not known is an answer here: what reads it asks whether there is anything to judge. */
function deriveState(read: ReadFact): Reading {
  const found = kernelOf(read);
  if ('reading' in found) {
    const { reading } = found;
    // What was asked for and came damaged is no word that there is nothing to judge.
    if (reading.state === 'unreadable' && reading.cause !== 'not-collected') return reading;
    return known(
      'not-read',
      reading.state === 'unreadable' ? reading.detail : `${NEXT_BOOT_FILES} is ${reading.state}`,
    );
  }
  const { release, place, doubt = '' } = found.next;
  const runs = read('uname.release');
  const running = textOf(runs);
  if (running === undefined && runs.state === 'unreadable') return runs;
  if (release === undefined || running === undefined) return damagedOf(read) ?? known('not-known', doubt);
  if (release === running) return known('same', place);
  return known(
    compareReleases(release, running) === 1 ? 'newer' : 'older',
    `${release} by ${place}, and ${running} runs`,
  );
}

/** A known fix with the answer for the kernel that runs and for the one that is next. */
interface Pair {
  readonly id: FactId;
  readonly now: Reading;
  readonly after: Reading;
}

const NO_PAIRS: readonly Pair[] = [];

/** Of each known fix the answer for the kernel that runs and for the one that is next: the same list for machines that have the same answers. */
function compared(fixes: readonly KnownFix[]) {
  const facts = fixFacts(fixes).map((fact) => ({ ...fact, derive: memoizeByReadings(fact.inputs, fact.derive) }));
  const ofAll = memoizeByReadings(
    [...new Set(facts.flatMap(({ inputs }) => inputs))],
    (read: ReadFact): readonly Reading[] => facts.map((fact) => fact.derive(read)),
  );
  const pairsOf = memoize((now: readonly Reading[]) =>
    memoize((after: readonly Reading[]): readonly Pair[] =>
      facts.flatMap(({ id }, at) => {
        const [one, other] = [now[at], after[at]];
        return one === undefined || other === undefined ? [] : [{ id, now: one, after: other }];
      }),
    ),
  );
  return memoizePerHost((read: ReadFact) => {
    const after = afterBoot(NONE_DECLARED)(read);
    if (after === undefined) return { reading: read(NEXT_BOOT_FILES) };
    if (after.kernelDoubt !== undefined) return { reading: after.kernelDoubt };
    if (!after.facts.has('uname.release') && !after.facts.has('uname.version')) return { pairs: NO_PAIRS };
    const next: ReadFact = (id) => after.facts.get(id) ?? read(id) ?? notCollected(id);
    return { pairs: pairsOf(ofAll(read))(ofAll(next)) };
  });
}

type Compare = ReturnType<typeof compared>;

function lacks(reading: Reading): boolean {
  return reading.state === 'known' && (reading.value === 'missing' || reading.value === 'fixed-not-booted');
}
function has(reading: Reading): boolean {
  return reading.state === 'known' && reading.value === 'fixed';
}

/** Ids of fixes of which both answers are as asked; not known where none is and one may be. */
function fixesThat(
  compare: Compare,
  fixes: readonly KnownFix[],
  isNow: (reading: Reading) => boolean,
  isThen: (reading: Reading) => boolean,
): (read: ReadFact) => Reading {
  const names = new Map(fixes.map((fix) => [fixFactId(fix), fix.fix]));
  const ofPairs = memoize((pairs: readonly Pair[]): Reading => {
    const relevant = pairs.filter(({ now }) => isNow(now));
    const sure = relevant.filter(({ after }) => isThen(after));
    const open = relevant.find(({ after }) => after.state === 'unreadable');
    if (sure.length === 0 && open?.after.state === 'unreadable')
      return unreadable('undetermined', `${names.get(open.id) ?? open.id}: ${open.after.detail}`);
    return known(
      sure.map(({ id }) => names.get(id) ?? id),
      'the kernel that runs and the default of the boot loader, each judged by its release and package',
    );
  });
  return (read) => {
    const found = compare(read);
    return 'reading' in found ? found.reading : ofPairs(found.pairs);
  };
}

/** Computed once for machines that boot the same: what is set on them now has no part in it. */
function perBoot(derive: (read: ReadFact) => Reading): (read: ReadFact) => Reading {
  return memoizeByReadings(PLAN_INPUTS, derive);
}

/** Which kernel is next, and what becomes of known fixes with it. */
export function nextKernelFacts(fixes: readonly KnownFix[]): readonly DerivedFact[] {
  const compare = compared(fixes);
  const inputs = [...new Set([...INPUTS, ...fixFacts(fixes).flatMap((fact) => fact.inputs)])];
  const fact = (
    name: string,
    title: string,
    type: DerivedFact['type'],
    derive: DerivedFact['derive'],
    of: readonly FactId[] = INPUTS,
  ): DerivedFact => ({ id: `next_boot.${name}`, title, type, sources: SOURCES, inputs: of, derive });
  return [
    fact(
      'kernel',
      'The release of the kernel that the boot loader starts next',
      { kind: 'string' },
      perBoot(deriveKernel),
    ),
    fact(
      'newest_kernel',
      'The newest kernel in /boot of the same builder and flavour',
      { kind: 'string' },
      perBoot(deriveNewest),
    ),
    fact(
      'kernel_state',
      'Whether the kernel that is next is the one that runs, a newer or an older one',
      { kind: 'enum', values: STATES },
      perBoot(deriveState),
    ),
    fact(
      'fixes_lost',
      'Known fixes that the running kernel has and the next one lacks',
      { kind: 'list' },
      fixesThat(compare, fixes, has, lacks),
      inputs,
    ),
    fact(
      'fixes_gained',
      'Known fixes that the running kernel lacks and the next one has',
      { kind: 'list' },
      fixesThat(compare, fixes, lacks, has),
      inputs,
    ),
  ];
}
